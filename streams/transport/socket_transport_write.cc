// SPDX-License-Identifier: Apache-2.0
//
// What a SocketTransport writes; the rest of it is in socket_transport.cc.

#include <sys/types.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/coro/status_macros.h"
#include "streams/loop/exception_context.h"
#include "streams/os/error.h"
#include "streams/os/socket.h"
#include "streams/transport/send_pieces.h"
#include "streams/transport/socket_transport.h"
#include "streams/transport/write_buffer_limits.h"

namespace streams {
namespace {

constexpr size_t kDefaultHighWater = 64 * 1024;
constexpr WriteBufferLimits kDefaultLimits = {kDefaultHighWater / 4,
                                              kDefaultHighWater};

// A program that doesn't look at what Drain() says writes on for ever; it is
// told from the fifth time on. [constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES]
constexpr uint8_t kQuietWritesInVain = 4;

}  // namespace

ABSL_ATTRIBUTE_HOT absl::Status SocketTransport::Write(
    absl::string_view bytes) {
  if (ABSL_PREDICT_FALSE(bytes.empty() || has_written_eof_ || is_lost_ ||
                         !write_buffer_.empty())) {
    return WriteBehind(bytes);
  }
  const ssize_t sent = os::Send(fd(), bytes.data(), bytes.size());
  if (ABSL_PREDICT_TRUE(sent == static_cast<ssize_t>(bytes.size()))) {
    return absl::OkStatus();
  }
  return KeepUnsent(bytes, sent);
}

absl::Status SocketTransport::WriteBehind(absl::string_view bytes) {
  if (has_written_eof_) {
    return MakeError(ErrorKind::kRuntime,
                     "Cannot call write() after write_eof()");
  }
  if (bytes.empty()) return absl::OkStatus();
  if (is_lost_) {
    WriteInVain();
    return absl::OkStatus();
  }
  write_buffer_.Append(bytes);
  MaybePauseProtocol();
  return absl::OkStatus();
}

absl::Status SocketTransport::KeepUnsent(absl::string_view bytes,
                                         ssize_t sent) {
  if (sent >= 0) {
    bytes.remove_prefix(static_cast<size_t>(sent));
  } else if (const int error = errno; !os::WouldBlock(error)) {
    FatalError(OsError(error), "Fatal write error on socket transport");
    return absl::OkStatus();
  }
  STREAMS_RETURN_IF_ERROR(loop_->AddWriter(*this));
  return WriteBehind(bytes);
}

absl::Status SocketTransport::WriteLines(
    absl::Span<const absl::string_view> lines) {
  if (has_written_eof_) {
    return MakeError(ErrorKind::kRuntime,
                     "Cannot call writelines() after write_eof()");
  }
  if (lines.empty()) return absl::OkStatus();
  if (is_lost_) {
    WriteInVain();
    return absl::OkStatus();
  }
  const bool is_first = write_buffer_.empty();
  size_t sent = 0;
  if (is_first) {
    const ssize_t count = internal::SendPieces(fd(), lines);
    if (count >= 0) {
      sent = static_cast<size_t>(count);
    } else if (const int error = errno; !os::WouldBlock(error)) {
      FatalError(OsError(error), "Fatal write error on socket transport");
      return absl::OkStatus();
    }
  }
  for (const absl::string_view line : lines) {
    const size_t gone = std::min(sent, line.size());
    sent -= gone;
    if (gone < line.size()) write_buffer_.Append(line.substr(gone));
  }
  if (write_buffer_.empty()) return absl::OkStatus();
  // Tried now even if the socket was not writable a moment ago, and with all
  // that is pending.
  if (!is_first) {
    // When that was all of a closing transport, the protocol is let go of,
    // which may be the caller, with no other owner: it lasts this turn.
    const std::shared_ptr<Protocol> caller = IsClosing() ? protocol_ : nullptr;
    const absl::Status status = Flush();
    if (caller != nullptr && protocol_ == nullptr) {
      loop_->CallSoon([caller] {});
    }
    STREAMS_RETURN_IF_ERROR(status);
  }
  if (write_buffer_.empty()) return absl::OkStatus();
  STREAMS_RETURN_IF_ERROR(loop_->AddWriter(*this));
  MaybePauseProtocol();
  return absl::OkStatus();
}

void SocketTransport::WriteInVain() {
  if (writes_in_vain_ < kQuietWritesInVain) {
    ++writes_in_vain_;
  } else if (loop_ != nullptr) {
    loop_->ReportWarning(kLoggerName, "socket.send() raised exception.");
  }
}

void SocketTransport::OnWritable() {
  const absl::Status status = Flush();
  if (!status.ok() && loop_ != nullptr) {
    loop_->CallExceptionHandler(
        {"Exception in callback SocketTransport::Flush", status, "", "", ""});
  }
}

absl::Status SocketTransport::Flush() {
  if (is_lost_) return absl::OkStatus();
  std::array<absl::string_view, os::kMaxPieces> pieces;
  const size_t count = write_buffer_.Front(absl::MakeSpan(pieces));
  const ssize_t sent =
      os::SendVector(fd(), absl::MakeConstSpan(pieces.data(), count));
  if (sent < 0) {
    const int error = errno;
    if (os::WouldBlock(error)) return absl::OkStatus();
    loop_->RemoveWriter(*this);
    write_buffer_.Clear();
    FatalError(OsError(error), "Fatal write error on socket transport");
    return absl::OkStatus();
  }
  write_buffer_.Consume(static_cast<size_t>(sent));
  MaybeResumeProtocol();  // Which may write more.
  if (!write_buffer_.empty()) return absl::OkStatus();
  loop_->RemoveWriter(*this);
  if (IsClosing() && !is_lost_) {
    is_lost_ = true;
    LoseConnection();
    // Not at once: this is a callback of the object.
    next_step_ = Step::kLetGo;
    CallSoon(*loop_);
  } else if (has_written_eof_) {
    return socket().ShutdownWrite();
  }
  return absl::OkStatus();
}

absl::Status SocketTransport::WriteEof() {
  if (IsClosing() || has_written_eof_) return absl::OkStatus();
  has_written_eof_ = true;
  if (!write_buffer_.empty()) return absl::OkStatus();
  return socket().ShutdownWrite();
}

absl::Status SocketTransport::SetWriteBufferLimits(std::optional<int64_t> high,
                                                   std::optional<int64_t> low) {
  STREAMS_ASSIGN_OR_RETURN(extras().limits, internal::MakeWriteBufferLimits(
                                                high, low, kDefaultHighWater));
  MaybePauseProtocol();
  return absl::OkStatus();
}

WriteBufferLimits SocketTransport::GetWriteBufferLimits() const {
  return extras_ == nullptr ? kDefaultLimits
                            : extras_->limits.value_or(kDefaultLimits);
}

void SocketTransport::MaybePauseProtocol() {
  if (is_protocol_paused_ ||
      write_buffer_.size() <= GetWriteBufferLimits().high) {
    return;
  }
  is_protocol_paused_ = true;
  if (protocol_ != nullptr) protocol_->PauseWriting();
}

void SocketTransport::MaybeResumeProtocol() {
  if (!is_protocol_paused_ ||
      write_buffer_.size() > GetWriteBufferLimits().low) {
    return;
  }
  is_protocol_paused_ = false;
  if (protocol_ != nullptr) protocol_->ResumeWriting();
}

}  // namespace streams
