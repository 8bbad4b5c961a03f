// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_FREE_LISTS_H_
#define STREAMS_CORO_FREE_LISTS_H_

#include <cstddef>
#include <new>

#include "absl/base/config.h"

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
// `Classes` has, all static constexpr: kCount, how many there are;
// BytesOf(index), at least the size of a pointer; kMaxFreeBytes.
template <class Classes>
class FreeLists {
 public:
  constexpr FreeLists() = default;
  FreeLists(const FreeLists&) = delete;
  FreeLists& operator=(const FreeLists&) = delete;

  ~FreeLists() {
    // Blocks may still be freed while the thread ends, after this.
    is_closed_ = true;
    for (FreeBlock*& list : lists_) {
      while (FreeBlock* const block = list) {
        list = block->next;
        ::operator delete(block);
      }
    }
    free_bytes_ = 0;
  }

  // Null if none of the class is free.
  void* Take(std::size_t index) {
    FreeBlock* const block = lists_[index];
    if (block == nullptr) return nullptr;
    lists_[index] = block->next;
    free_bytes_ -= Classes::BytesOf(index);
    return block;
  }

  // Keeps `block`, which has the class's size, or frees it.
  void Give(void* block, std::size_t index) {
    const std::size_t bytes = Classes::BytesOf(index);
    if (is_closed_ || free_bytes_ + bytes > Classes::kMaxFreeBytes) {
      ::operator delete(block);
      return;
    }
    free_bytes_ += bytes;
    lists_[index] = new (block) FreeBlock{lists_[index]};
  }

  // How many bytes wait.
  std::size_t free_bytes() const { return free_bytes_; }

 private:
  struct FreeBlock {
    FreeBlock* next;
  };

  FreeBlock* lists_[Classes::kCount] = {};
  std::size_t free_bytes_ = 0;
  bool is_closed_ = false;
};

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_CORO_FREE_LISTS_H_
