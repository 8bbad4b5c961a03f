// SPDX-License-Identifier: Apache-2.0

#include "streams/write_cork.h"

#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace streams::internal {

absl::Status WriteCork::Write(absl::string_view bytes, bool more_is_coming) {
  if (bytes.size() > kMaxHeld - size_) Flush();
  if (bytes.size() > kMaxHeld || (size_ == 0 && !more_is_coming)) {
    return transport_->Write(bytes);
  }
  if (bytes.empty()) return absl::OkStatus();
  if (size_ == 0) {
    // Nobody would hear of a write after WriteEof() in Flush().
    absl::Status status = transport_->Write(absl::string_view());
    if (!status.ok()) return status;
    held_ = IoBlock(kMaxHeld);
  }
  std::memcpy(held_.data() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  if (more_is_coming) {
    queue_.CallSoon(flush_callback_);
  } else {
    Flush();
  }
  return absl::OkStatus();
}

void WriteCork::Flush() {
  flush_callback_.Unlink();
  if (size_ == 0) return;
  const size_t size = std::exchange(size_, 0);
  // A local: the transport may write more, through here, before it returns.
  const IoBlock held = std::move(held_);
  // It only fails after WriteEof(), before which the writer flushes.
  transport_->Write(absl::string_view(held.data(), size)).IgnoreError();
}

}  // namespace streams::internal
