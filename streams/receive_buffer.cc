// SPDX-License-Identifier: Apache-2.0

#include "streams/receive_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>
#include <utility>

namespace streams::internal {

void ReceiveBuffer::Append(absl::string_view bytes) {
  if (bytes.empty()) return;
  if (storage_.capacity() - end_ < bytes.size()) MakeRoom(bytes.size());
  std::memcpy(storage_.data() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void ReceiveBuffer::MakeRoom(size_t count) {
  const size_t used = size();
  // Moving to the front is only worth it when at least half the storage comes
  // free: otherwise small appends to a full buffer would move it each time.
  if (begin_ >= used && storage_.capacity() - used >= count) {
    if (used > 0) std::memcpy(storage_.data(), storage_.data() + begin_, used);
  } else {
    IoBlock storage(std::max(used + count, 2 * storage_.capacity()));
    if (used > 0) std::memcpy(storage.data(), storage_.data() + begin_, used);
    storage_ = std::move(storage);
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
  storage_.Reset();
}

std::string ReceiveBuffer::Take(size_t count) {
  assert(count <= size());
  std::string taken(storage_.data() + begin_, count);
  Consume(count);
  return taken;
}

}  // namespace streams::internal
