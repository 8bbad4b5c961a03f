// SPDX-License-Identifier: Apache-2.0

#include "streams/receive_buffer.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace streams::internal {

void ReceiveBuffer::AppendSlowly(absl::string_view bytes) {
  if (bytes.empty()) return;
  if (empty()) {
    Release();
    return Append(bytes);
  }
  // A string isn't grown: its room is used up.
  const size_t capacity = string_ != nullptr ? end_ : storage_.capacity();
  if (capacity - end_ < bytes.size()) MakeRoom(bytes.size());
  std::memcpy(storage_.data() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void ReceiveBuffer::GrowAndCopyTo(std::string& target, size_t count) const {
  if (count >= StringPool::min_capacity()) {
    target.clear();
    StringPool::Reserve(target, count);
  }
  target.assign(data(), count);
}

void ReceiveBuffer::MakeRoom(size_t count) {
  const size_t used = size();
  // Moving to the front is only worth it when at least half the storage comes
  // free: otherwise small appends to a full buffer would move it each time.
  if (string_ == nullptr && begin_ >= used &&
      storage_.capacity() - used >= count) {
    if (used > 0) std::memcpy(storage_.data(), data(), used);
    begin_ = 0;
    end_ = used;
  } else {
    MoveTo(IoBlock(std::max(used + count, 2 * storage_.capacity())));
  }
}

void ReceiveBuffer::MoveTo(IoBlock storage) {
  const size_t used = size();
  if (used > 0) std::memcpy(storage.data(), data(), used);
  if (string_ != nullptr) ReleaseString();
  storage_ = std::move(storage);
  begin_ = 0;
  end_ = used;
}

void ReceiveBuffer::ShrinkToFit() {
  if (empty()) return Release();
  const size_t capacity =
      string_ != nullptr ? string_->bytes.capacity() : storage_.capacity();
  // A quarter, so that a buffer that fills slowly isn't moved again and again.
  if (capacity > IoClasses::kMinSize && size() < capacity / 4) {
    MoveTo(IoBlock(size()));
  }
}

// The larger part of the string is given away, the smaller copied.
void ReceiveBuffer::TakePart(std::string& target, size_t count) {
  std::string rest = StringPool::Take(end_ - count);
  rest.assign(storage_.data() + count, end_ - count);
  TakeString(target, end_);
  target.resize(count);
  AppendBlock(std::move(rest));
}

void ReceiveBuffer::ReleaseString() {
  storage_.Return();
  StringPool::Give(string_->bytes);
  string_ = nullptr;
}

}  // namespace streams::internal
