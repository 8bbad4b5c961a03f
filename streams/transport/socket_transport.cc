// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/socket_transport.h"

#include <sys/types.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/coro/status_macros.h"
#include "streams/loop/exception_context.h"
#include "streams/os/error.h"
#include "streams/transport/send_pieces.h"
#include "streams/transport/socket_receive.h"
#include "streams/transport/write_buffer_limits.h"

namespace streams {
namespace {

constexpr size_t kDefaultHighWater = 64 * 1024;

// A program that doesn't look at what Drain() says writes on for ever; it is
// told from the fifth time on. [constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES]
constexpr uint8_t kQuietWritesInVain = 4;

thread_local int64_t open_count = 0;

// The shared sockets of the transports of this thread that are open: there are
// few, if any.
std::vector<const StreamSocket*>& SocketsInUse() {
  thread_local std::vector<const StreamSocket*> sockets;
  return sockets;
}

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

std::shared_ptr<SocketTransport> SocketTransport::Start(
    EventLoop& loop, StreamSocket socket, std::shared_ptr<Protocol> protocol,
    Options options) {
  return Start(std::make_shared<SocketTransport>(Key(), loop, std::move(socket),
                                                 nullptr, std::move(protocol),
                                                 std::move(options)));
}

std::shared_ptr<SocketTransport> SocketTransport::Start(
    EventLoop& loop, std::shared_ptr<StreamSocket> socket,
    std::shared_ptr<Protocol> protocol, Options options) {
  return Start(std::make_shared<SocketTransport>(
      Key(), loop, StreamSocket(), std::move(socket), std::move(protocol),
      std::move(options)));
}

std::shared_ptr<SocketTransport> SocketTransport::Start(
    std::shared_ptr<SocketTransport> transport) {
  transport->self_ = transport;
  transport->loop_->AddObserver(*transport);
  transport->loop_->CallSoon(transport->step_callback_);
  return transport;
}

SocketTransport::SocketTransport(Key /*key*/, EventLoop& loop,
                                 StreamSocket own_socket,
                                 std::shared_ptr<StreamSocket> shared_socket,
                                 std::shared_ptr<Protocol> protocol,
                                 Options options)
    : IoHandler(shared_socket != nullptr ? shared_socket->fd()
                                         : own_socket.fd()),
      loop_(&loop),
      own_socket_(std::move(own_socket)),
      shared_socket_(std::move(shared_socket)),
      protocol_(std::move(protocol)),
      owner_(std::move(options.owner_)),
      opened_(options.opened_),
      limits_{kDefaultHighWater / 4, kDefaultHighWater},
      peer_name_(std::move(options.peer_name_)),
      sock_name_(socket().GetSockName()) {
  if (!peer_name_.has_value()) peer_name_ = socket().GetPeerName();
  socket().PrepareForTransport();
  if (shared_socket_ != nullptr) SocketsInUse().push_back(shared_socket_.get());
  ++open_count;
}

SocketTransport::~SocketTransport() { BeginClosing(); }

int64_t SocketTransport::OpenCount() { return open_count; }

bool SocketTransport::IsInUse(const StreamSocket& socket) {
  return absl::c_linear_search(SocketsInUse(), &socket);
}

const SocketAddress* SocketTransport::GetPeerName() const {
  return peer_name_.has_value() ? &*peer_name_ : nullptr;
}

const SocketAddress* SocketTransport::GetSockName() const {
  return sock_name_.has_value() ? &*sock_name_ : nullptr;
}

void SocketTransport::SetProtocol(std::shared_ptr<Protocol> protocol) {
  // The old one may be the caller, with no other owner: it lasts this turn.
  if (loop_ != nullptr && protocol_ != nullptr) {
    loop_->CallSoon([old = std::move(protocol_)] {});
  }
  protocol_ = std::move(protocol);
}

// --- Opening and reading ---

void SocketTransport::Open() {
  protocol_->ConnectionMade(shared_from_this());
  // Only now: the protocol must not get data before it knows its transport.
  const absl::Status status = StartReading();
  if (!status.ok()) {
    loop_->CallExceptionHandler(
        {"Exception in callback SocketTransport::StartReading", status, "", "",
         ""});
  }
  if (Completion* const opened = std::exchange(opened_, nullptr)) {
    opened->SetResult();
  }
}

absl::Status SocketTransport::StartReading() {
  if (!IsReading()) return absl::OkStatus();
  return loop_->AddReader(*this);
}

absl::Status SocketTransport::PauseReading() {
  if (!IsReading()) return absl::OkStatus();
  is_paused_ = true;
  loop_->RemoveReader(*this);
  return absl::OkStatus();
}

absl::Status SocketTransport::ResumeReading() {
  if (is_closing_ || !is_paused_) return absl::OkStatus();
  is_paused_ = false;
  return StartReading();
}

void SocketTransport::OnReadable() {
  if (is_lost_) return;
  absl::Status status;
  const ssize_t count =
      internal::ReceiveFor(*protocol_, fd(), expected_bytes(), &status);
  if (count < 0) {
    const int error = errno;
    if (WouldBlock(error)) return;
    FatalError(OsError(error), "Fatal read error on socket transport");
    return;
  }
  if (count == 0) {
    OnEof();
    return;
  }
  set_expected_bytes(static_cast<size_t>(count));  // As much as this time.
  if (!status.ok()) {
    FatalError(std::move(status),
               "Fatal error: protocol.data_received() call failed.");
  }
}

void SocketTransport::OnEof() {
  if (protocol_->EofReceived()) {
    // The descriptor stays readable for ever: not to be told again and again.
    loop_->RemoveReader(*this);
  } else {
    Close();
  }
}

// --- Writing ---

absl::Status SocketTransport::Write(absl::string_view bytes) {
  if (has_written_eof_) {
    return MakeError(ErrorKind::kRuntime,
                     "Cannot call write() after write_eof()");
  }
  if (bytes.empty() || is_lost_) {
    if (!bytes.empty()) WriteInVain();
    return absl::OkStatus();
  }
  if (write_buffer_.empty()) {
    const ssize_t sent = os::Send(fd(), bytes.data(), bytes.size());
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
      if (bytes.empty()) return absl::OkStatus();
    } else if (const int error = errno; !WouldBlock(error)) {
      FatalError(OsError(error), "Fatal write error on socket transport");
      return absl::OkStatus();
    }
    STREAMS_RETURN_IF_ERROR(loop_->AddWriter(*this));
  }
  write_buffer_.Append(bytes);
  MaybePauseProtocol();
  return absl::OkStatus();
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
    } else if (const int error = errno; !WouldBlock(error)) {
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
  if (!is_first) STREAMS_RETURN_IF_ERROR(Flush());
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
    if (WouldBlock(error)) return absl::OkStatus();
    loop_->RemoveWriter(*this);
    write_buffer_.Clear();
    FatalError(OsError(error), "Fatal write error on socket transport");
    return absl::OkStatus();
  }
  write_buffer_.Consume(static_cast<size_t>(sent));
  MaybeResumeProtocol();  // Which may write more.
  if (!write_buffer_.empty()) return absl::OkStatus();
  loop_->RemoveWriter(*this);
  if (is_closing_ && !is_lost_) {
    is_lost_ = true;
    LoseConnection();
  } else if (has_written_eof_) {
    return socket().ShutdownWrite();
  }
  return absl::OkStatus();
}

absl::Status SocketTransport::WriteEof() {
  if (is_closing_ || has_written_eof_) return absl::OkStatus();
  has_written_eof_ = true;
  if (!write_buffer_.empty()) return absl::OkStatus();
  return socket().ShutdownWrite();
}

absl::Status SocketTransport::SetWriteBufferLimits(std::optional<int64_t> high,
                                                   std::optional<int64_t> low) {
  STREAMS_ASSIGN_OR_RETURN(
      limits_, internal::MakeWriteBufferLimits(high, low, kDefaultHighWater));
  MaybePauseProtocol();
  return absl::OkStatus();
}

void SocketTransport::MaybePauseProtocol() {
  if (write_buffer_.size() <= limits_.high || is_protocol_paused_) return;
  is_protocol_paused_ = true;
  if (protocol_ != nullptr) protocol_->PauseWriting();
}

void SocketTransport::MaybeResumeProtocol() {
  if (!is_protocol_paused_ || write_buffer_.size() > limits_.low) return;
  is_protocol_paused_ = false;
  if (protocol_ != nullptr) protocol_->ResumeWriting();
}

// --- Closing ---

void SocketTransport::BeginClosing() {
  if (is_closing_) return;
  is_closing_ = true;
  --open_count;
  if (shared_socket_ != nullptr) {
    std::vector<const StreamSocket*>& in_use = SocketsInUse();
    in_use.erase(absl::c_find(in_use, shared_socket_.get()));
  }
  if (loop_ != nullptr) loop_->RemoveReader(*this);
}

void SocketTransport::Close() {
  if (is_closing_) return;
  BeginClosing();
  if (write_buffer_.empty()) ScheduleConnectionLost(absl::OkStatus());
}

void SocketTransport::FatalError(absl::Status error, const char* message) {
  // What the network does is none of the exception handler's business.
  if (GetErrno(error) == 0) {
    loop_->CallExceptionHandler(
        {message, error, "protocol", "<SocketTransport>", ""});
  }
  ForceClose(std::move(error));
}

void SocketTransport::ForceClose(absl::Status error) {
  if (is_lost_) return;
  if (!write_buffer_.empty()) {
    write_buffer_.Clear();
    loop_->RemoveWriter(*this);
  }
  BeginClosing();
  ScheduleConnectionLost(std::move(error));
}

void SocketTransport::ScheduleConnectionLost(absl::Status error) {
  is_lost_ = true;
  lost_error_ = std::move(error);
  if (step_callback_.linked()) {  // It is yet to be opened, before that.
    loop_->CallSoon([this] { LoseConnection(); });
    return;
  }
  next_step_ = Step::kLoseConnection;
  loop_->CallSoon(step_callback_);
}

void SocketTransport::LoseConnection() {
  protocol_->ConnectionLost(lost_error_);
  // A socket that others hold may have been duplicated, and so outlive it.
  if (shared_socket_ != nullptr) {
    loop_->Unregister(*this);
  } else {
    loop_->UnregisterForClose(*this);
  }
  socket().Close();
  protocol_ = nullptr;
  if (const auto owner = std::exchange(owner_, nullptr)) owner->Detach(*this);
  // Not at once: a write, or a callback, of this object may be going on.
  next_step_ = Step::kLetGo;
  loop_->CallSoon(step_callback_);
}

void SocketTransport::OnLoopDestroyed() {
  BeginClosing();
  is_lost_ = true;
  loop_->Unregister(*this);
  loop_ = nullptr;
  socket().Close();
  write_buffer_.Clear();
  // Locals: letting go of them may destroy this object.
  const auto self = std::exchange(self_, nullptr);
  const auto protocol = std::exchange(protocol_, nullptr);
  if (const auto owner = std::exchange(owner_, nullptr)) owner->Detach(*this);
}

}  // namespace streams
