// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_IO_BLOCK_H_
#define STREAMS_TRANSPORT_IO_BLOCK_H_

#include <cstddef>
#include <utility>

namespace streams::internal {

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
  static constexpr size_t kMaxPooledSize = 256 * 1024;
  static constexpr size_t kMaxFreeBytes = 16 * 1024 * 1024;

  IoBlock() = default;  // None: capacity 0.
  // Holds at least `size` bytes, which is positive.
  explicit IoBlock(size_t size);
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

  char* data() const { return data_; }
  size_t capacity() const { return capacity_; }

  void Reset() {
    if (data_ != nullptr) Free();
  }

  // How many bytes wait in the thread's pool.
  static size_t FreeBytes();

 private:
  void Free();

  char* data_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace streams::internal

#endif  // STREAMS_TRANSPORT_IO_BLOCK_H_
