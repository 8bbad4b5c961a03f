// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_IO_BLOCK_H_
#define STREAMS_TRANSPORT_IO_BLOCK_H_

#include <cassert>
#include <cstddef>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/numeric/bits.h"
#include "streams/coro/free_lists.h"

namespace streams::internal {

// The classes of its free blocks, by their size.
struct IoClasses {
  static constexpr size_t kMinSize = 4 * 1024;
  static constexpr size_t kCount = 7;
  static constexpr size_t kMaxFreeBytes = 16 * 1024 * 1024;

  static constexpr size_t BytesOf(size_t index) { return kMinSize << index; }
  // The smallest that holds `size`.
  static constexpr size_t IndexOf(size_t size) {
    if (size <= kMinSize) return 0;
    return static_cast<size_t>(absl::bit_width((size - 1) / kMinSize));
  }
};

extern thread_local constinit FreeLists<IoClasses> free_blocks;

// Memory for the bytes of a connection, uninitialised, which goes back to a
// pool of its thread.
//
// Why not malloc: a server that moves large messages allocates and frees blocks
// of some ten KiB for each. glibc gives what is free at the heap's end back to
// the kernel from 128 KiB on, and gets it again, page fault by page fault, for
// the next message: more than the copying costs.
//
// Blocks are of a power of two from 4 KiB to 256 KiB; up to 16 MiB of free ones
// are kept in a thread. Larger ones are allocated as they are asked for, and
// never kept. A block may be freed by another thread than its own.
class IoBlock {
 public:
  // The most that is kept; as much as asyncio reads at once.
  static constexpr size_t kMaxPooledSize =
      IoClasses::BytesOf(IoClasses::kCount - 1);
  static constexpr size_t kMaxFreeBytes = IoClasses::kMaxFreeBytes;

  IoBlock() = default;  // None: capacity 0.
  // Holds at least `size` bytes, which is positive.
  explicit IoBlock(size_t size) { Allocate(size); }
  IoBlock(IoBlock&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  IoBlock& operator=(IoBlock&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    other.Reset();
    return *this;
  }
  ~IoBlock() { Reset(); }

  // Memory of somebody else's, of which nothing is freed: it must have none
  // yet, and has a capacity of 0. Return() is what Reset() does then, for who
  // knows.
  void Borrow(char* data) {
    assert(data_ == nullptr);
    data_ = data;
  }
  void Return() {
    assert(capacity_ == 0);
    data_ = nullptr;
  }

  char* data() const { return data_; }
  size_t capacity() const { return capacity_; }

  // Makes it what IoBlock(size) would be; it must have no memory yet. Inline
  // for the smallest, which most messages fit in.
  void Allocate(size_t size) {
    assert(data_ == nullptr);
    if (kKeepsFreedBlocks && ABSL_PREDICT_TRUE(size <= IoClasses::kMinSize)) {
      capacity_ = IoClasses::kMinSize;
      data_ = static_cast<char*>(free_blocks.Take(0));
      if (ABSL_PREDICT_TRUE(data_ != nullptr)) return;
    }
    AllocateSlowly(size);
  }

  void Reset() {
    if (data_ == nullptr) return;
    if (kKeepsFreedBlocks &&
        ABSL_PREDICT_TRUE(capacity_ == IoClasses::kMinSize)) {
      free_blocks.Give(data_, 0);
    } else {
      Free();
    }
    data_ = nullptr;
    capacity_ = 0;
  }

  // How many bytes wait in the thread's pool.
  static size_t FreeBytes();

 private:
  void AllocateSlowly(size_t size);
  void Free();

  char* data_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace streams::internal

#endif  // STREAMS_TRANSPORT_IO_BLOCK_H_
