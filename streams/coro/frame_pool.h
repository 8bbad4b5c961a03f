// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_FRAME_POOL_H_
#define STREAMS_CORO_FRAME_POOL_H_

#include <cstddef>

namespace streams {
namespace internal {

// Memory for coroutine frames and task states. Blocks of a thread that were
// freed wait in lists by size for the thread's next ones, so that a server in
// its steady state never gets to malloc. At most kMaxFreeBytes wait in a
// thread; large blocks are never kept. A block may be freed by another thread
// than the one that allocated it.
void* AllocateFrame(std::size_t size);
void FreeFrame(void* block, std::size_t size) noexcept;

inline constexpr std::size_t kMaxFreeBytes = std::size_t{1} << 20;

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

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_CORO_FRAME_POOL_H_
