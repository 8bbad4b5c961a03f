// SPDX-License-Identifier: Apache-2.0

#include "streams/receive_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace streams::internal {

void ReceiveBuffer::Append(absl::string_view bytes) {
  if (bytes.empty()) return;
  if (capacity_ - end_ < bytes.size()) MakeRoom(bytes.size());
  std::memcpy(storage_.get() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void ReceiveBuffer::MakeRoom(size_t count) {
  const size_t used = size();
  // Moving to the front is only worth it when at least half the storage comes
  // free: otherwise small appends to a full buffer would move it each time.
  if (begin_ >= used && capacity_ - used >= count) {
    if (used > 0) std::memcpy(storage_.get(), storage_.get() + begin_, used);
  } else {
    const size_t needed = used + count;
    const size_t capacity = std::max(needed, 2 * capacity_);
    // Not value-initialised: each byte is written before it is read.
    std::unique_ptr<char[]> storage(new char[capacity]);
    if (used > 0) std::memcpy(storage.get(), storage_.get() + begin_, used);
    storage_ = std::move(storage);
    capacity_ = capacity;
  }
  begin_ = 0;
  end_ = used;
}

void ReceiveBuffer::Consume(size_t count) {
  assert(count <= size());
  begin_ += count;
  if (begin_ != end_) return;
  begin_ = 0;
  end_ = 0;
  if (capacity_ > kKeptCapacity) {
    storage_.reset();
    capacity_ = 0;
  }
}

std::string ReceiveBuffer::Take(size_t count) {
  assert(count <= size());
  std::string taken(storage_.get() + begin_, count);
  Consume(count);
  return taken;
}

}  // namespace streams::internal
