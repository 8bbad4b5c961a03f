// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_FREE_LISTS_H_
#define STREAMS_CORO_FREE_LISTS_H_

#include <cstddef>
#include <new>

#include "absl/base/config.h"
#include "absl/base/optimization.h"

namespace streams {
namespace internal {

// A sanitizer only sees the use of a freed block if it is really freed: then
// nothing is to be kept.
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_MEMORY_SANITIZER)
inline constexpr bool kKeepsFreedBlocks = false;
#else
inline constexpr bool kKeepsFreedBlocks = true;
#endif

// Blocks of ::operator new that a thread has freed, in a list for each class of
// sizes, until the thread wants another one. Bounded in bytes. For a
// thread_local constinit; a block may come from another thread.
//
// It keeps blocks while there is an Opening, which is the thread's, too. So the
// lists themselves have no destructor, and using them is a matter of a few
// instructions: nothing asks whether they were constructed.
//
// `Classes` has, all static constexpr: kCount, how many there are;
// BytesOf(index), at least the size of a pointer; kMaxFreeBytes.
template <class Classes>
class FreeLists {
 public:
  class Opening {
   public:
    explicit Opening(FreeLists& lists) : lists_(lists) {
      lists_.room_ = Classes::kMaxFreeBytes;
    }
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;
    // Blocks may still be freed while the thread ends, after this.
    ~Opening() { lists_.Close(); }

   private:
    FreeLists& lists_;
  };

  constexpr FreeLists() = default;
  FreeLists(const FreeLists&) = delete;
  FreeLists& operator=(const FreeLists&) = delete;

  // Null if none of the class is free.
  void* Take(std::size_t index) {
    FreeBlock* const block = lists_[index];
    if (ABSL_PREDICT_FALSE(block == nullptr)) return nullptr;
    lists_[index] = block->next;
    room_ += Classes::BytesOf(index);
    return block;
  }

  // Keeps `block`, which has the class's size, or frees it.
  void Give(void* block, std::size_t index) {
    if (ABSL_PREDICT_FALSE(room_ < Classes::BytesOf(index))) {
      ::operator delete(block);
      return;
    }
    room_ -= Classes::BytesOf(index);
    lists_[index] = new (block) FreeBlock{lists_[index]};
  }

  // How many bytes wait.
  std::size_t free_bytes() const {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < Classes::kCount; ++i) {
      for (FreeBlock* block = lists_[i]; block != nullptr;
           block = block->next) {
        bytes += Classes::BytesOf(i);
      }
    }
    return bytes;
  }

 private:
  struct FreeBlock {
    FreeBlock* next;
  };

  void Close() {
    room_ = 0;
    for (FreeBlock*& list : lists_) {
      while (FreeBlock* const block = list) {
        list = block->next;
        ::operator delete(block);
      }
    }
  }

  FreeBlock* lists_[Classes::kCount] = {};
  std::size_t room_ = 0;  // How many bytes more it would keep.
};

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_CORO_FREE_LISTS_H_
