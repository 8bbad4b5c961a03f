// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/io_block.h"

#include <cstddef>
#include <new>

#include "absl/numeric/bits.h"
#include "streams/coro/free_lists.h"

namespace streams::internal {
namespace {

struct IoClasses {
  static constexpr size_t kMinSize = 4096;
  static constexpr size_t kCount = 7;
  static constexpr size_t kMaxFreeBytes = IoBlock::kMaxFreeBytes;

  static constexpr size_t BytesOf(size_t index) { return kMinSize << index; }
  // The smallest that holds `size`.
  static constexpr size_t IndexOf(size_t size) {
    if (size <= kMinSize) return 0;
    return static_cast<size_t>(absl::bit_width((size - 1) / kMinSize));
  }
};
static_assert(IoClasses::BytesOf(IoClasses::kCount - 1) ==
              IoBlock::kMaxPooledSize);

thread_local constinit FreeLists<IoClasses> free_blocks;

// The strings that a reader returns come from malloc all the same, and glibc
// treats them as it treated our blocks. It learns: once a program has freed a
// block that it had got by mmap(), blocks of that size are worth keeping to it
// (mallopt(3), M_MMAP_THRESHOLD: the threshold is dynamic), and it trims from
// twice the size on. So it is shown one. Other allocators don't care.
void TeachAllocator() {
  constexpr size_t kSize = IoBlock::kMaxFreeBytes;
  // Called as functions, which a compiler must not leave out.
  ::operator delete(::operator new(kSize));
}

// When none of the class is free.
char* NewBlock(size_t size) {
  thread_local const FreeLists<IoClasses>::Opening opening(free_blocks);
  thread_local constinit bool has_taught = false;
  if (!has_taught) TeachAllocator();
  has_taught = true;
  return static_cast<char*>(::operator new(size));
}

}  // namespace

IoBlock::IoBlock(size_t size) {
  if (!kKeepsFreedBlocks || size > kMaxPooledSize) {
    data_ = static_cast<char*>(::operator new(size));
    capacity_ = size;
    return;
  }
  const size_t index = IoClasses::IndexOf(size);
  capacity_ = IoClasses::BytesOf(index);
  data_ = static_cast<char*>(free_blocks.Take(index));
  if (data_ == nullptr) data_ = NewBlock(capacity_);
}

void IoBlock::Free() {
  if (!kKeepsFreedBlocks || capacity_ > kMaxPooledSize) {
    ::operator delete(data_);
  } else {
    free_blocks.Give(data_, IoClasses::IndexOf(capacity_));
  }
  data_ = nullptr;
  capacity_ = 0;
}

size_t IoBlock::FreeBytes() { return free_blocks.free_bytes(); }

}  // namespace streams::internal
