// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_FRAME_POOL_H_
#define STREAMS_CORO_FRAME_POOL_H_

#include <cstddef>
#include <new>

#include "absl/base/optimization.h"
#include "streams/coro/free_lists.h"

namespace streams {
namespace internal {

// How much of the pool waits for use in a thread, at most.
inline constexpr std::size_t kMaxFreeBytes = std::size_t{1} << 20;

// Sizes that glibc's malloc has: multiples of 16, less the 8 it keeps in front
// of a block. A connection that idles has several blocks from here for as long
// as it lasts, so that what rounding up wastes counts.
struct FrameClasses {
  static constexpr std::size_t kStep = 16;
  static constexpr std::size_t kOffset = 8;
  static constexpr std::size_t kCount = 128;
  static constexpr std::size_t kMaxFreeBytes = internal::kMaxFreeBytes;

  static constexpr std::size_t BytesOf(std::size_t index) {
    return index * kStep + kOffset;
  }
  // The smallest that holds `size`; kCount or more if none does.
  static constexpr std::size_t IndexOf(std::size_t size) {
    return (size + (kStep - kOffset - 1)) / kStep;
  }
};

extern thread_local constinit FreeLists<FrameClasses> free_frames;

// When none of the class is free.
void* NewFrame(std::size_t index);

// Memory for coroutine frames, task states, and what else comes and goes with a
// connection. Blocks of a thread that were freed wait in lists by size for the
// thread's next ones, so that a server in its steady state never gets to
// malloc. At most kMaxFreeBytes wait in a thread; large blocks are never kept,
// and none is in a thread that only frees. A block may be freed by another
// thread than the one that allocated it.
//
// Inline: nearly always `size` is known to the compiler, and then little is
// left to be done.
inline void* AllocateFrame(std::size_t size) {
  const std::size_t index = FrameClasses::IndexOf(size);
  if (!kKeepsFreedBlocks || index >= FrameClasses::kCount) {
    return ::operator new(size);
  }
  void* const block = free_frames.Take(index);
  return ABSL_PREDICT_TRUE(block != nullptr) ? block : NewFrame(index);
}

inline void FreeFrame(void* block, std::size_t size) noexcept {
  const std::size_t index = FrameClasses::IndexOf(size);
  if (!kKeepsFreedBlocks || index >= FrameClasses::kCount) {
    ::operator delete(block);
    return;
  }
  free_frames.Give(block, index);
}

// How many bytes wait in this thread.
std::size_t FreeFrameBytes();

// Base that lets a class (a promise, a task's state) live in the pool.
class PoolAllocated {
 public:
  static void* operator new(std::size_t size) { return AllocateFrame(size); }
  static void operator delete(void* block, std::size_t size) noexcept {
    FreeFrame(block, size);
  }
};

// The same for what std::allocate_shared() makes.
template <class T>
class PoolAllocator {
 public:
  using value_type = T;

  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>& /*other*/) {}  // NOLINT

  T* allocate(std::size_t count) {
    return static_cast<T*>(AllocateFrame(count * sizeof(T)));
  }
  void deallocate(T* block, std::size_t count) noexcept {
    FreeFrame(block, count * sizeof(T));
  }

  template <class U>
  bool operator==(const PoolAllocator<U>& /*other*/) const {
    return true;
  }
};

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_CORO_FRAME_POOL_H_
