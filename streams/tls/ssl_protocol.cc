// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_protocol.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "streams/coro/status_macros.h"
#include "streams/loop/exception_context.h"
#include "streams/os/error.h"
#include "streams/tls/ssl_context.h"

namespace streams::internal {
namespace {

// What the network does, as Python's OSError: nobody's fault in the program.
bool IsOsError(const absl::Status& error) {
  const ErrorKind kind = GetErrorKind(error);
  return kind >= ErrorKind::kOs && kind <= ErrorKind::kSslZeroReturn;
}

// As asyncio, when ssl=True.
absl::StatusOr<std::shared_ptr<SslContext>> DefaultClientContext(
    bool has_server_hostname) {
  STREAMS_ASSIGN_OR_RETURN(std::shared_ptr<SslContext> context,
                           SslContext::CreateDefault(Purpose::kServerAuth));
  if (!has_server_hostname) context->set_check_hostname(false);
  return context;
}

}  // namespace

absl::StatusOr<std::shared_ptr<SslProtocol>> SslProtocol::Create(
    EventLoop& loop, std::shared_ptr<Protocol> app_protocol,
    const TlsOptions& options, Completion* handshake_done) {
  return Create(loop, std::move(app_protocol), options, handshake_done,
                AppState::kInit);
}

absl::StatusOr<std::shared_ptr<SslProtocol>> SslProtocol::CreateForUpgrade(
    EventLoop& loop, std::shared_ptr<Protocol> app_protocol,
    const TlsOptions& options, Completion* handshake_done) {
  return Create(loop, std::move(app_protocol), options, handshake_done,
                AppState::kConnectionMade);
}

absl::StatusOr<std::shared_ptr<SslProtocol>> SslProtocol::Create(
    EventLoop& loop, std::shared_ptr<Protocol> app_protocol,
    const TlsOptions& options, Completion* handshake_done, AppState app_state) {
  STREAMS_RETURN_IF_ERROR(options.Validate());
  // An empty name is none, and a server has none.
  std::optional<std::string> server_hostname;
  if (!options.server_side() && options.server_hostname().has_value() &&
      !options.server_hostname()->empty()) {
    server_hostname = options.server_hostname();
  }
  std::shared_ptr<SslContext> context = options.context();
  if (context == nullptr) {
    STREAMS_ASSIGN_OR_RETURN(context,
                             DefaultClientContext(server_hostname.has_value()));
  }
  STREAMS_ASSIGN_OR_RETURN(
      std::unique_ptr<SslEngine> engine,
      SslEngine::Create(std::move(context), options.server_side(),
                        server_hostname, options.session().get()));
  return std::shared_ptr<SslProtocol>(
      new SslProtocol(loop, std::move(app_protocol), options, std::move(engine),
                      handshake_done, app_state));
}

SslProtocol::SslProtocol(EventLoop& loop,
                         std::shared_ptr<Protocol> app_protocol,
                         const TlsOptions& options,
                         std::unique_ptr<SslEngine> engine,
                         Completion* handshake_done, AppState app_state)
    : app_protocol_(std::move(app_protocol)),
      engine_(std::move(engine)),
      app_state_(app_state),
      has_default_handshake_timeout_(!options.has_handshake_timeout()),
      loop_(&loop),
      handshake_done_(handshake_done),
      handshake_timeout_(options.handshake_timeout()),
      shutdown_timeout_(options.shutdown_timeout()) {
  loop.AddObserver(*this);
}

SslProtocol::~SslProtocol() {
  if (loop_ != nullptr) loop_->RemoveObserver(*this);
}

void SslProtocol::SetAppProtocol(std::shared_ptr<Protocol> app_protocol) {
  // The old one may be the caller, with no other owner: it lasts this turn.
  if (loop_ != nullptr && app_protocol_ != nullptr) {
    loop_->CallSoon([old = std::move(app_protocol_)] {});
  }
  app_protocol_ = std::move(app_protocol);
}

// --- The handshake ---

void SslProtocol::ConnectionMade(std::shared_ptr<Transport> transport) {
  const auto self = shared_from_this();
  lower_ = std::move(transport);
  if (app_transport_.is_closed_) {
    // Nobody wants it any more.
    lower_->Abort();
    return;
  }
  state_ = State::kDoHandshake;
  loop_->CallLater(handshake_timer_, handshake_timeout_);
  DoHandshake();
}

void SslProtocol::DoHandshake() {
  switch (engine_->Handshake()) {
    case SslEngine::Outcome::kWantRead:
      ProcessOutgoing();
      break;
    case SslEngine::Outcome::kDone:
      OnHandshakeDone();
      break;
    case SslEngine::Outcome::kClosed:
    case SslEngine::Outcome::kFailed:
      OnHandshakeFailed(engine_->error());
      break;
  }
}

void SslProtocol::OnHandshakeDone() {
  handshake_timer_.Cancel();
  state_ = State::kWrapped;
  is_handshake_done_ = true;
  if (app_state_ == AppState::kInit) {
    app_state_ = AppState::kConnectionMade;
    app_protocol_->ConnectionMade(app_transport());
  }
  WakeHandshakeWaiter(absl::OkStatus());
  // What came with the handshake's end, and what the handshake has to send.
  if (!ReadForApp()) return;
  // A server's, as a rule its session tickets, can go out with the first
  // answer, which a task writes in the next turn.
  if (engine_->is_server() && !is_lower_paused_) {
    held_back_ = engine_->outgoing_size();
  }
  WriteForApp();
  if (held_back_ > 0) {
    loop_->CallSoon([self = shared_from_this()] { self->SendHeldBack(); });
  }
}

void SslProtocol::SendHeldBack() {
  if (held_back_ == 0) return;
  // It counted as sent already, unless it can't be now.
  if (SendOutgoing() && engine_->outgoing_size() > 0) ControlAppWriting();
}

void SslProtocol::OnHandshakeFailed(absl::Status error) {
  handshake_timer_.Cancel();
  state_ = State::kUnwrapped;
  const char* const message =
      GetErrorKind(error) == ErrorKind::kSslCertVerification
          ? "SSL handshake failed on verifying the certificate"
          : "SSL handshake failed";
  FatalError(error, message);
  WakeHandshakeWaiter(error);
}

void SslProtocol::OnHandshakeTimeout() {
  if (state_ != State::kDoHandshake) return;
  const auto self = shared_from_this();
  // As Python shows 60.0, and an int that it was given.
  const std::string seconds = has_default_handshake_timeout_
                                  ? "60.0"
                                  : FormatSeconds(handshake_timeout_);
  FatalError(
      MakeError(ErrorKind::kConnectionAborted,
                absl::StrCat("SSL handshake is taking longer than ", seconds,
                             " seconds: aborting the connection")),
      "Fatal error on transport");
}

void SslProtocol::WakeHandshakeWaiter(const absl::Status& error) {
  if (Completion* const done = std::exchange(handshake_done_, nullptr)) {
    done->SetResult(error);
  }
}

// --- The end ---

void SslProtocol::ConnectionLost(const absl::Status& error) {
  const auto self = shared_from_this();
  ForgetOutgoing();
  app_transport_.is_closed_ = true;
  if (writes_in_vain_ < UINT8_MAX) ++writes_in_vain_;
  state_ = State::kUnwrapped;
  lost_lower_ = std::move(lower_);
  handshake_timer_.Cancel();
  shutdown_timer_.Cancel();
  // Let go of here, if it isn't to be told.
  std::shared_ptr<Protocol> app_protocol = std::move(app_protocol_);
  // Also in the midst of an upgrade's handshake, of which asyncio says nothing:
  // who reads, or waits for the connection's end, would do so for ever.
  if (app_state_ == AppState::kConnectionMade || app_state_ == AppState::kEof) {
    app_state_ = AppState::kLost;
    lost_error_ = error;
    losing_protocol_ = std::move(app_protocol);
    self_ = self;
    loop_->CallSoon(lost_callback_);
  }
  // In asyncio, one that was closed on this side in the midst of a handshake,
  // or right before it, looks as if that had gone well.
  WakeHandshakeWaiter(
      error.ok() ? MakeError(ErrorKind::kConnectionAborted,
                             "Connection closed during the SSL handshake")
                 : error);
}

void SslProtocol::LoseConnection() {
  // Locals: letting go of them may destroy this object.
  const auto self = std::move(self_);
  const auto protocol = std::move(losing_protocol_);
  protocol->ConnectionLost(lost_error_);
}

void SslProtocol::FatalError(absl::Status error, const char* message) {
  if (lower_ != nullptr) lower_->ForceClose(error);
  if (IsOsError(error) || absl::IsCancelled(error)) return;
  loop_->CallExceptionHandler(
      {message, error, "<SslProtocol>", "<SslTransport>", ""});
}

void SslProtocol::OnLoopDestroyed() {
  loop_ = nullptr;
  handshake_done_ = nullptr;
  state_ = State::kUnwrapped;
  app_transport_.is_closed_ = true;
  ForgetOutgoing();
  // Locals: letting go of them may destroy this object.
  const auto self = std::move(self_);
  lost_lower_ = std::move(lower_);
  const auto app_protocol = std::move(app_protocol_);
  const auto losing_protocol = std::move(losing_protocol_);
}

}  // namespace streams::internal
