// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/record_buffer.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace streams::internal {

void RecordBuffer::Append(absl::string_view bytes) {
  if (bytes.empty()) return;
  Reserve(bytes.size());
  std::memcpy(block_.data() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void RecordBuffer::Reserve(size_t size) {
  if (size == 0 || block_.capacity() - end_ >= size) return;
  const size_t used = this->size();
  // Never grown by little: appending n times costs n.
  IoBlock larger(std::max(used + size, 2 * used));
  if (used != 0) std::memcpy(larger.data(), block_.data() + begin_, used);
  block_ = std::move(larger);
  begin_ = 0;
  end_ = used;
}

void RecordBuffer::Consume(size_t count) {
  begin_ += count;
  if (empty()) Clear();
}

void RecordBuffer::Clear() {
  block_.Reset();
  begin_ = end_ = 0;
}

}  // namespace streams::internal
