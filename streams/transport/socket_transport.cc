// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/socket_transport.h"

#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "streams/coro/frame_pool.h"
#include "streams/coro/prefetch.h"
#include "streams/loop/exception_context.h"
#include "streams/os/address.h"
#include "streams/os/error.h"
#include "streams/os/socket.h"
#include "streams/transport/socket_receive.h"
#include "streams/transport/string_pool.h"

namespace streams {
namespace {

// From so many on, what each of them keeps is too much for the processor's
// cache (and the loop's selector fetches ahead what they need).
constexpr int64_t kManyConnections = 128;

void CountOpen(EventLoop& loop, int change) {
  loop.CountOpenTransport(change);
  internal::StringPool::SetManyConnections(loop.open_transports() >
                                           kManyConnections);
}

std::shared_ptr<const SocketAddress> ShareSockName(const StreamSocket& socket) {
  const std::optional<SocketAddress> name = socket.GetSockName();
  if (!name.has_value()) return nullptr;
  return std::make_shared<const SocketAddress>(*name);
}

}  // namespace

std::shared_ptr<SocketTransport> SocketTransport::Start(
    EventLoop& loop, StreamSocket socket, std::shared_ptr<Protocol> protocol,
    Options options) {
  return Start(std::allocate_shared<SocketTransport>(
      internal::PoolAllocator<SocketTransport>(), Key(), loop,
      std::move(socket), nullptr, std::move(protocol), std::move(options)));
}

std::shared_ptr<SocketTransport> SocketTransport::Start(
    EventLoop& loop, std::shared_ptr<StreamSocket> socket,
    std::shared_ptr<Protocol> protocol, Options options) {
  return Start(std::allocate_shared<SocketTransport>(
      internal::PoolAllocator<SocketTransport>(), Key(), loop, StreamSocket(),
      std::move(socket), std::move(protocol), std::move(options)));
}

std::shared_ptr<SocketTransport> SocketTransport::Start(
    std::shared_ptr<SocketTransport> transport) {
  transport->self_ = transport;
  transport->loop_->AddObserver(*transport);
  transport->JoinOwner();
  transport->CallSoon(*transport->loop_);  // To open.
  return transport;
}

SocketTransport::SocketTransport(Key /*key*/, EventLoop& loop,
                                 StreamSocket&& own_socket,
                                 std::shared_ptr<StreamSocket>&& shared_socket,
                                 std::shared_ptr<Protocol>&& protocol,
                                 Options&& options)
    : IoHandler(shared_socket != nullptr ? shared_socket->fd()
                                         : own_socket.fd()),
      protocol_(std::move(protocol)),
      loop_(&loop),
      owner_(options.owner_),
      own_socket_(std::move(own_socket)),
      peer_name_(options.peer_name_),
      sock_name_(std::move(options.sock_name_)) {
  set_may_be_closing(false);
  if (shared_socket != nullptr) {
    shared_socket->AddUser(extras().user);
    extras_->shared_socket = std::move(shared_socket);
  }
  if (options.opened_ != nullptr) extras().opened = options.opened_;
  if (sock_name_ == nullptr) sock_name_ = ShareSockName(socket());
  if (peer_name_.family() == AddressFamily::kUnspecified) {
    peer_name_ = socket().GetPeerName().value_or(SocketAddress());
  }
  if (!options.is_prepared_) socket().PrepareForTransport();
  CountOpen(loop, 1);
}

SocketTransport::~SocketTransport() { BeginClosing(); }

const SocketAddress* SocketTransport::GetPeerName() const {
  return peer_name_.family() == AddressFamily::kUnspecified ? nullptr
                                                            : &peer_name_;
}

const SocketAddress* SocketTransport::GetSockName() const {
  return sock_name_.get();
}

void SocketTransport::OnCalled() {
  switch (next_step_) {
    case Step::kOpen:
      return Open();
    case Step::kLoseConnection:
      LoseConnection();
      return self_.reset();  // Perhaps the last reference.
    case Step::kLetGo:
      return self_.reset();
  }
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
  protocol_->ConnectionMade(self_);
  // Only now: the protocol must not get data before it knows its transport.
  const absl::Status status = StartReading();
  if (!status.ok()) {
    loop_->CallExceptionHandler(
        {"Exception in callback SocketTransport::StartReading", status, "", "",
         ""});
  }
  if (extras_ == nullptr) return;
  if (Completion* const opened = std::exchange(extras_->opened, nullptr)) {
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
  if (IsClosing() || !is_paused_) return absl::OkStatus();
  is_paused_ = false;
  return StartReading();
}

void SocketTransport::Prefetch(int step) const {
  if (protocol_ == nullptr) return;
  if (step == 0) {
    internal::PrefetchBytes(protocol_.get(), Protocol::kPrefetchedBytes);
  } else {
    protocol_->Prefetch(step - 1);
  }
}

ABSL_ATTRIBUTE_HOT void SocketTransport::OnReadable() {
  if (is_lost_) return;
  ssize_t count;
  const size_t most = loop_->has_single_handler() ? internal::kMaxReceivedAlone
                                                  : internal::kMaxReceived;
  absl::Status status =
      internal::ReceiveFor(*protocol_, fd(), expected_bytes(), most, &count);
  if (ABSL_PREDICT_FALSE(count <= 0)) return OnNothingReceived(count);
  set_expected_bytes(static_cast<uint32_t>(count));  // As much as this time.
  if (ABSL_PREDICT_FALSE(!status.ok())) {
    FatalError(std::move(status),
               "Fatal error: protocol.data_received() call failed.");
  }
}

void SocketTransport::OnNothingReceived(ssize_t count) {
  const int error = errno;
  if (count == 0) {
    OnEof();
  } else if (!os::WouldBlock(error)) {
    FatalError(OsError(error), "Fatal read error on socket transport");
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

// --- Closing ---

void SocketTransport::BeginClosing() {
  if (IsClosing()) return;
  set_may_be_closing(true);
  CountOpen(*loop_, -1);
  if (extras_ != nullptr) extras_->user.AllowOthers();
  if (write_buffer_.empty()) {
    loop_->SilenceForClose(*this);  // It is lost in the next turn.
  } else {
    loop_->RemoveReader(*this);
  }
}

void SocketTransport::Close() {
  if (IsClosing()) return;
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
  if (!error.ok()) extras().lost_error = std::move(error);
  if (is_called_soon()) {  // It is yet to be opened, before that.
    loop_->CallSoon([this] {
      LoseConnection();
      self_.reset();
    });
    return;
  }
  next_step_ = Step::kLoseConnection;
  CallSoon(*loop_);
}

void SocketTransport::LoseConnection() {
  protocol_->ConnectionLost(extras_ == nullptr ? absl::OkStatus()
                                               : extras_->lost_error);
  // A socket that others hold may have been duplicated, and so outlive it.
  if (shared_socket() != nullptr) {
    loop_->Unregister(*this);
  } else {
    loop_->UnregisterForClose(*this);
  }
  CloseSocket();
  protocol_ = nullptr;
  LeaveOwner();
}

void SocketTransport::CloseSocket() {
  if (shared_socket() == nullptr) return own_socket_.Close();
  shared_socket()->CloseFor(extras_->user);
}

void SocketTransport::OnSocketClosing() {
  // That takes the node off the queue, too.
  const bool was_called_soon = is_called_soon();
  loop_->Unregister(*this);
  set_fd(-1);  // The number may be another's soon: what is sent fails.
  if (was_called_soon) CallSoon(*loop_);
  // Nobody would ever say that it can be sent, nor that it can't.
  if (!write_buffer_.empty()) ForceClose(OsError(EBADF));
}

void SocketTransport::JoinOwner() {
  if (owner_ == nullptr) return;
  owned_link_ = &owner_->first_transport_;
  next_owned_ = std::exchange(*owned_link_, this);
  if (next_owned_ != nullptr) next_owned_->owned_link_ = &next_owned_;
}

void SocketTransport::LeaveOwner() {
  if (owner_ == nullptr) return;
  *owned_link_ = next_owned_;
  if (next_owned_ != nullptr) next_owned_->owned_link_ = owned_link_;
  std::exchange(owner_, nullptr)->OnDetached();
}

void SocketTransport::OnLoopDestroyed() {
  BeginClosing();
  is_lost_ = true;
  loop_->Unregister(*this);
  loop_ = nullptr;
  CloseSocket();
  write_buffer_.Clear();
  // Locals: letting go of them may destroy this object.
  const auto self = std::exchange(self_, nullptr);
  const auto protocol = std::exchange(protocol_, nullptr);
  LeaveOwner();
}

}  // namespace streams
