// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/frame_pool.h"

#include <cstddef>
#include <new>

#include "streams/coro/free_lists.h"

namespace streams {
namespace internal {

thread_local constinit FreeLists<FrameClasses> free_frames;

void* NewFrame(std::size_t index) {
  thread_local const FreeLists<FrameClasses>::Opening opening(free_frames);
  return ::operator new(FrameClasses::BytesOf(index));
}

std::size_t FreeFrameBytes() { return free_frames.free_bytes(); }

}  // namespace internal
}  // namespace streams
