// SPDX-License-Identifier: Apache-2.0

#include "streams/write_cork.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/coro/status_macros.h"

namespace streams::internal {

absl::Status WriteCork::Write(absl::string_view bytes, bool more_is_coming) {
  if (!HasRoomFor(bytes)) {
    if (bytes.empty() && (more_is_coming || held_.data() != nullptr)) {
      return absl::OkStatus();
    }
    Flush();
    if (!more_is_coming || bytes.size() > kMaxHeld) {
      return transport_->Write(bytes);
    }
    STREAMS_RETURN_IF_ERROR(Begin());
  }
  Append(bytes);
  if (!more_is_coming) Flush();
  return absl::OkStatus();
}

absl::Status WriteCork::Begin() {
  // Nobody would hear of a write after WriteEof() in Flush().
  STREAMS_RETURN_IF_ERROR(transport_->Write(absl::string_view()));
  held_.Allocate(kMaxHeld);
  end_ = held_.data();
  room_ = kMaxHeld;
  queue_.CallSoon(flush_callback_);
  return absl::OkStatus();
}

void WriteCork::Flush() {
  flush_callback_.Unlink();
  if (held_.data() == nullptr) return;
  // A local: the transport may write more, through here, before it returns.
  const IoBlock held = std::move(held_);
  room_ = 0;
  // It only fails after WriteEof(), before which the writer flushes.
  const size_t size = static_cast<size_t>(end_ - held.data());
  transport_->Write(absl::string_view(held.data(), size)).IgnoreError();
}

}  // namespace streams::internal
