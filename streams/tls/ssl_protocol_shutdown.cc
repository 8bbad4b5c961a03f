// SPDX-License-Identifier: Apache-2.0

// Closing: sslproto's shutdown flow.

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "streams/os/error.h"
#include "streams/tls/ssl_protocol.h"

namespace streams::internal {

bool SslProtocol::EofReceived() {
  const auto self = shared_from_this();
  eof_received_ = true;
  switch (state_) {
    case State::kUnwrapped:
      break;
    case State::kDoHandshake:
      OnHandshakeFailed(MakeError(ErrorKind::kConnectionReset, ""));
      break;
    case State::kWrapped:
      state_ = State::kFlushing;
      // The rest is for when it reads again.
      if (is_app_reading_paused_) return true;
      DoFlush();
      break;
    case State::kFlushing:
      DoWrite();
      state_ = State::kShutdown;
      DoShutdown();
      break;
    case State::kShutdown:
      DoShutdown();
      break;
  }
  return false;
}

void SslProtocol::StartShutdown() {
  // An EOF may wait for the application to read, which it now never will; in
  // asyncio, that is for ever.
  const bool waits_for_reader =
      state_ == State::kFlushing && eof_received_ && is_app_reading_paused_;
  if (state_ != State::kDoHandshake && state_ != State::kWrapped &&
      !waits_for_reader) {
    return;
  }
  const auto self = shared_from_this();
  app_transport_.is_closed_ = true;
  if (state_ == State::kDoHandshake) {
    Abort(absl::OkStatus());
    return;
  }
  state_ = State::kFlushing;
  loop_->CallLater(shutdown_timer_, shutdown_timeout_);
  DoFlush();
}

void SslProtocol::DoFlush() {
  DoRead();
  // The application may have aborted.
  if (state_ != State::kFlushing) return;
  state_ = State::kShutdown;
  DoShutdown();
}

void SslProtocol::DoShutdown() {
  // After an EOF there is nobody to say goodbye to.
  if (!eof_received_) {
    switch (engine_->Shutdown()) {
      case SslEngine::Outcome::kDone:
        break;
      case SslEngine::Outcome::kWantRead:
        ProcessOutgoing();
        return;
      case SslEngine::Outcome::kClosed:
      case SslEngine::Outcome::kFailed:
        OnShutdownFailed(engine_->error());
        return;
    }
  }
  ProcessOutgoing();
  CallEofReceived();
  OnShutdownDone();
}

void SslProtocol::OnShutdownFailed(absl::Status error) {
  shutdown_timer_.Cancel();
  FatalError(std::move(error), "Fatal error on transport");
}

void SslProtocol::OnShutdownDone() {
  // The lower transport sends what is pending first, and a peer that does not
  // read could delay that for ever. One that reads slowly gets all.
  if (!is_shutdown_done_) {
    is_shutdown_done_ = true;
    unsent_ = UnsentBytes();
    loop_->CallLater(shutdown_timer_, shutdown_timeout_);
  }
  if (!close_lower_callback_.linked()) loop_->CallSoon(close_lower_callback_);
}

void SslProtocol::OnShutdownTimeout() {
  if (state_ != State::kFlushing && state_ != State::kShutdown) return;
  if (is_shutdown_done_ && UnsentBytes() < unsent_) {
    unsent_ = UnsentBytes();
    loop_->CallLater(shutdown_timer_, shutdown_timeout_);
    return;
  }
  lower_->ForceClose(MakeError(ErrorKind::kTimeout, "SSL shutdown timed out"));
}

void SslProtocol::CallEofReceived() {
  if (app_state_ != AppState::kConnectionMade) return;
  app_state_ = AppState::kEof;
  if (app_protocol_ != nullptr && app_protocol_->EofReceived() &&
      loop_ != nullptr) {
    loop_->ReportWarning(
        kLoggerName,
        "returning true from eof_received() has no effect when using ssl");
  }
}

void SslProtocol::CloseLower() {
  if (lower_ != nullptr) lower_->Close();
}

void SslProtocol::Abort(absl::Status error) {
  if (held_back_ > 0) SendOutgoing();
  state_ = State::kUnwrapped;
  if (lower_ != nullptr) lower_->ForceClose(std::move(error));
}

}  // namespace streams::internal
