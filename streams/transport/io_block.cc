// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/io_block.h"

#include <cstddef>
#include <new>

namespace streams::internal {

thread_local constinit FreeLists<IoClasses> free_blocks;

namespace {

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

void IoBlock::AllocateSlowly(size_t size) {
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
  if (capacity_ == 0) return;  // Borrowed.
  if (!kKeepsFreedBlocks || capacity_ > kMaxPooledSize) {
    ::operator delete(data_);
  } else {
    free_blocks.Give(data_, IoClasses::IndexOf(capacity_));
  }
}

size_t IoBlock::FreeBytes() { return free_blocks.free_bytes(); }

}  // namespace streams::internal
