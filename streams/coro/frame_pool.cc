// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/frame_pool.h"

#include <cstddef>
#include <new>

#include "streams/coro/free_lists.h"

namespace streams {
namespace internal {

// Sizes that glibc's malloc has: multiples of 16, less the 8 it keeps in front
// of a block. A connection that idles has three blocks from here for as long as
// it lasts, so that what rounding up wastes counts.
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

// g++ 12 forgets the destructor otherwise, which it calls.
template class FreeLists<FrameClasses>;

namespace {

thread_local constinit FreeLists<FrameClasses> free_frames;

}  // namespace

void* AllocateFrame(std::size_t size) {
  const std::size_t index = FrameClasses::IndexOf(size);
  if (!kKeepsFreedBlocks || index >= FrameClasses::kCount) {
    return ::operator new(size);
  }
  void* const block = free_frames.Take(index);
  return block != nullptr ? block
                          : ::operator new(FrameClasses::BytesOf(index));
}

void FreeFrame(void* block, std::size_t size) noexcept {
  const std::size_t index = FrameClasses::IndexOf(size);
  if (!kKeepsFreedBlocks || index >= FrameClasses::kCount) {
    ::operator delete(block);
    return;
  }
  free_frames.Give(block, index);
}

std::size_t FreeFrameBytes() { return free_frames.free_bytes(); }

}  // namespace internal
}  // namespace streams
