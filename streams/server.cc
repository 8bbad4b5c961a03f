// SPDX-License-Identifier: Apache-2.0

#include "streams/server.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/coro/frame_pool.h"
#include "streams/coro/status_macros.h"
#include "streams/coro/yield.h"
#include "streams/loop/exception_context.h"
#include "streams/os/error.h"
#include "streams/reader.h"
#include "streams/server_builder.h"
#include "streams/server_listener.h"
#include "streams/stream_reader_protocol.h"
#include "streams/tls/ssl_protocol.h"
#include "streams/transport/protocol.h"
#include "streams/transport/socket_transport.h"

namespace streams {
namespace {

// For how many that are accepted in a turn there is room left.
constexpr size_t kMostKept = 64;

}  // namespace

struct Server::Accepted {
  StreamSocket socket;
  SocketAddress peer;
  Inheritance inheritance;
};

Server::Server(EventLoop& loop, ClientConnectedCallback callback, int64_t limit,
               int backlog, TlsOptions ssl)
    : loop_(loop),
      callback_(std::make_shared<ClientConnectedCallback>(std::move(callback))),
      limit_(limit),
      // Less than none means none to listen(); here it would be a loop that
      // turns and accepts nobody.
      backlog_(std::max(backlog, 0)),
      ssl_(std::move(ssl.set_server_side(true))) {}

Server::~Server() {
  if (is_closed_ || is_loop_gone_) return;
  for (const auto& listener : listeners_) {
    if (!listener->has_socket()) continue;  // The program has closed it.
    loop_.ReportWarning("ResourceWarning", "unclosed <StreamSocket>");
  }
}

std::vector<std::shared_ptr<const StreamSocket>> Server::Sockets() const {
  std::vector<std::shared_ptr<const StreamSocket>> sockets;
  for (const auto& listener : listeners_) {
    sockets.push_back(listener->socket());
  }
  return sockets;
}

// --- Serving ---

absl::Status Server::Start() {
  if (is_serving_) return absl::OkStatus();
  is_serving_ = true;
  if (is_closed_) {
    return MakeError(ErrorKind::kType, "'NoneType' object is not iterable");
  }
  for (const auto& listener : listeners_) {
    STREAMS_RETURN_IF_ERROR(listener->Start(backlog_));
  }
  self_ = shared_from_this();
  return absl::OkStatus();
}

Task<absl::Status> Server::StartServing() {
  return StartServing(shared_from_this());
}

Task<absl::Status> Server::StartServing(std::shared_ptr<Server> self) {
  STREAMS_CO_RETURN_IF_ERROR(self->Start());
  co_return co_await Yield(self->loop_);
}

Task<absl::Status> Server::ServeForever() {
  return ServeForever(shared_from_this());
}

Task<absl::Status> Server::ServeForever(std::shared_ptr<Server> self) {
  if (self->serving_forever_ != nullptr) {
    co_return MakeError(
        ErrorKind::kRuntime,
        "server <Server> is already being awaited on serve_forever()");
  }
  if (self->is_closed_) {
    co_return MakeError(ErrorKind::kRuntime, "server <Server> is closed");
  }
  STREAMS_CO_RETURN_IF_ERROR(self->Start());
  // Also when this coroutine is destroyed while it waits.
  struct Registration {
    explicit Registration(Server& serving)
        : server(serving), waiter(serving.loop_) {
      server.serving_forever_ = &waiter;
    }
    ~Registration() { server.serving_forever_ = nullptr; }
    Server& server;
    Waiter waiter;
  } registration(*self);
  absl::Status status = co_await registration.waiter;
  if (absl::IsCancelled(status)) {
    self->Close();
    self->CloseClients();
    (co_await self->WaitClosed()).IgnoreError();  // Cancelled again, perhaps.
  }
  co_return status;
}

// --- Accepting ---

void Server::OnReady(Listener& listener) {
  // Bounded, so that a flood of connections doesn't starve those that stand.
  for (int64_t i = 0; i <= backlog_; ++i) {
    // Cheaper than accepting in vain.
    if (i > 0 && !listener.socket()->HasPendingConnection()) return;
    Accepted& accepted = accepted_.emplace_back();
    const int error =
        listener.socket()->Accept(&accepted.socket, &accepted.peer);
    if (error == 0) {
      accepted.inheritance = listener.inheritance();
      loop_.CallSoon(welcome_callback_);
      continue;
    }
    accepted_.pop_back();
    if (error == ECONNABORTED) continue;
    if (!os::WouldBlock(error)) OutOfResources(listener, error);
    return;
  }
}

void Server::OutOfResources(Listener& listener, int error) {
  const bool is_temporary =
      error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
  // The socket stays ready: without a pause this would go on for ever.
  if (is_temporary) listener.Pause();
  loop_.CallExceptionHandler({is_temporary
                                  ? "socket.accept() out of system resource"
                                  : "Exception in callback Server::OnReady",
                              OsError(error), "", "", ""});
}

void Server::Welcome() {
  // What a warning is told to may drop the last reference.
  const std::shared_ptr<Server> self = shared_from_this();
  std::vector<Accepted> accepted = std::exchange(accepted_, {});
  for (Accepted& connection : accepted) {
    if (!is_closed_ && Serve(connection).ok()) continue;
    // asyncio drops the connection, and an error that only its debug mode
    // tells; what is left of it is this.
    loop_.ReportWarning("ResourceWarning", "unclosed <StreamSocket>");
  }
  // For the next ones; unless it has grown for a flood of them.
  accepted.clear();
  if (accepted_.empty() && accepted.capacity() <= kMostKept) {
    accepted_.swap(accepted);
  }
}

absl::Status Server::Serve(Accepted& accepted) {
  STREAMS_ASSIGN_OR_RETURN(std::unique_ptr<StreamReader> reader,
                           StreamReader::Create(loop_, limit_));
  std::shared_ptr<Protocol> protocol =
      std::allocate_shared<StreamReaderProtocol>(
          internal::PoolAllocator<StreamReaderProtocol>(), loop_,
          std::move(reader), callback_);
  if (ssl_.context() != nullptr) {
    STREAMS_ASSIGN_OR_RETURN(
        protocol, internal::SslProtocol::Create(loop_, std::move(protocol),
                                                ssl_, nullptr));
  }
  SocketTransport::Options options;
  options.set_peer_name(accepted.peer)
      .set_sock_name(std::move(accepted.inheritance.sock_name))
      .set_is_prepared(accepted.inheritance.is_prepared)
      .set_owner(this);
  SocketTransport::Start(loop_, std::move(accepted.socket), std::move(protocol),
                         std::move(options));
  return absl::OkStatus();
}

// --- Closing ---

void Server::Close() {
  if (is_closed_) return;
  is_closed_ = true;
  // The callback may hold the server: now they let go of each other.
  const auto self = shared_from_this();
  if (!has_clients()) self_ = nullptr;
  const auto callback = std::exchange(callback_, nullptr);
  for (const auto& listener : listeners_) listener->Close();
  listeners_.clear();
  is_serving_ = false;
  if (Waiter* const waiter = std::exchange(serving_forever_, nullptr)) {
    waiter->Cancel();
  }
  WakeIfClosed();
}

std::vector<SocketTransport*> Server::Clients() const {
  std::vector<SocketTransport*> clients;
  SocketTransport* client = first_transport();
  for (; client != nullptr; client = client->next_owned()) {
    clients.push_back(client);
  }
  return clients;
}

void Server::CloseClients() {
  for (SocketTransport* const client : Clients()) client->Close();
}

void Server::AbortClients() {
  for (SocketTransport* const client : Clients()) client->Abort();
}

void Server::OnDetached() {
  WakeIfClosed();
  if (is_closed_ && !has_clients()) {
    // A local: this may be the last reference.
    const std::shared_ptr<Server> self = std::exchange(self_, nullptr);
  }
}

void Server::WakeIfClosed() {
  if (!is_closed_ || has_clients()) return;
  close_waiters_.SetResults(absl::OkStatus());
}

Task<absl::Status> Server::WaitClosed() {
  return WaitClosed(shared_from_this());
}

Task<absl::Status> Server::WaitClosed(std::shared_ptr<Server> self) {
  if (self->is_closed_ && !self->has_clients()) co_return absl::OkStatus();
  internal::WaiterList::Node node(self->loop_);
  self->close_waiters_.Add(node);
  co_return co_await node.waiter();
}

void Server::OnLoopDestroyed() {
  is_loop_gone_ = true;
  const auto self = shared_from_this();
  self_ = nullptr;
  const auto callback = std::exchange(callback_, nullptr);
  accepted_.clear();
  for (const auto& listener : listeners_) listener->Close();
  listeners_.clear();
  is_closed_ = true;
  is_serving_ = false;
}

// --- Building ---

ServerBuilder::ServerBuilder(EventLoop& loop, ClientConnectedCallback callback,
                             int64_t limit, int backlog, TlsOptions ssl)
    : server_(new Server(loop, std::move(callback), limit, backlog,
                         std::move(ssl))) {
  loop.AddObserver(*server_);
}

void ServerBuilder::AddSocket(std::shared_ptr<StreamSocket> socket) {
  server_->listeners_.push_back(
      std::make_unique<Server::Listener>(*server_, std::move(socket)));
}

void ServerBuilder::AddOwnSocket(std::shared_ptr<StreamSocket> socket) {
  socket->PrepareForTransport();
  const std::optional<SocketAddress> name = socket->GetSockName();
  AddSocket(std::move(socket));
  server_->listeners_.back()->Bequeath(name);
}

void ServerBuilder::RemoveAtClose(std::string path) {
  const absl::StatusOr<PathStatus> status = GetPathStatus(path);
  if (!status.ok()) return;
  server_->listeners_.back()->set_path(std::move(path), *status);
}

Task<absl::StatusOr<std::shared_ptr<Server>>> ServerBuilder::Finish(
    ServerBuilder builder, bool start_serving) {
  if (start_serving) {
    STREAMS_CO_RETURN_IF_ERROR(co_await builder.server_->StartServing());
  }
  co_return std::move(builder.server_);
}

}  // namespace streams
