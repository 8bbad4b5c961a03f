// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/frame_pool.h"

#include <cstddef>
#include <new>

#include "absl/base/config.h"

namespace streams {
namespace internal {
namespace {

// A sanitizer only sees the use of a freed frame if it is really freed.
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_MEMORY_SANITIZER)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

// Sizes that glibc's malloc has: multiples of 16, less the 8 it keeps in front
// of a block. A connection that idles has three blocks from here for as long as
// it lasts, so that what rounding up wastes counts.
constexpr std::size_t kClassBytes = 16;
constexpr std::size_t kClassOffset = 8;
constexpr std::size_t kClasses = 128;

constexpr std::size_t BytesOf(std::size_t index) {
  return index * kClassBytes + kClassOffset;
}

constexpr std::size_t ClassOf(std::size_t size) {
  return (size + (kClassBytes - kClassOffset - 1)) / kClassBytes;
}

struct FreeBlock {
  FreeBlock* next;
};

class FramePool {
 public:
  constexpr FramePool() = default;
  FramePool(const FramePool&) = delete;
  FramePool& operator=(const FramePool&) = delete;

  ~FramePool() {
    // Frames may still be freed while the thread ends, after this.
    is_closed_ = true;
    for (FreeBlock*& list : free_) {
      while (FreeBlock* const block = list) {
        list = block->next;
        ::operator delete(block);
      }
    }
  }

  void* Allocate(std::size_t index) {
    FreeBlock* const block = free_[index];
    if (block == nullptr) return ::operator new(BytesOf(index));
    free_[index] = block->next;
    free_bytes_ -= BytesOf(index);
    return block;
  }

  void Free(void* memory, std::size_t index) {
    const std::size_t bytes = BytesOf(index);
    if (is_closed_ || free_bytes_ + bytes > kMaxFreeBytes) {
      ::operator delete(memory);
      return;
    }
    free_bytes_ += bytes;
    free_[index] = new (memory) FreeBlock{free_[index]};
  }

 private:
  FreeBlock* free_[kClasses] = {};
  std::size_t free_bytes_ = 0;
  bool is_closed_ = false;
};

thread_local constinit FramePool pool;

}  // namespace

void* AllocateFrame(std::size_t size) {
  const std::size_t index = ClassOf(size);
  if (!kPooled || index >= kClasses) return ::operator new(size);
  return pool.Allocate(index);
}

void FreeFrame(void* block, std::size_t size) noexcept {
  const std::size_t index = ClassOf(size);
  if (!kPooled || index >= kClasses) {
    ::operator delete(block);
    return;
  }
  pool.Free(block, index);
}

}  // namespace internal
}  // namespace streams
