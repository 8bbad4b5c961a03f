// SPDX-License-Identifier: Apache-2.0

#include "streams/server_listener.h"

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "streams/coro/status_macros.h"
#include "streams/loop/exception_context.h"
#include "streams/os/address.h"
#include "streams/os/error.h"

namespace streams {
namespace {

constexpr absl::Duration kAcceptRetryDelay = absl::Seconds(1);

}  // namespace

Server::Listener::Listener(Server& server, std::shared_ptr<StreamSocket> socket)
    : IoHandler(socket->fd()), server_(server), socket_(std::move(socket)) {
  socket_->AddUser(*this);
  AllowOthers();  // Only a transport has its socket for itself.
}

absl::Status Server::Listener::Start(int backlog) {
  if (!has_socket()) return OsError(EBADF);
  STREAMS_RETURN_IF_ERROR(socket_->Listen(backlog));
  return server_.loop().AddReader(*this);
}

void Server::Listener::Bequeath(const std::optional<SocketAddress>& name) {
  inheritance_.is_prepared = true;
  if (!name.has_value() || name->is_wildcard()) return;
  inheritance_.sock_name = std::make_shared<const SocketAddress>(*name);
}

void Server::Listener::Pause() {
  server_.loop().RemoveReader(*this);
  server_.loop().CallLater(resume_timer_, kAcceptRetryDelay);
}

void Server::Listener::Resume() {
  const absl::Status status = server_.loop().AddReader(*this);
  if (status.ok()) return;
  server_.loop().CallExceptionHandler(
      {"Exception in callback Server::Listener::Resume", status, "", "", ""});
}

void Server::Listener::Close() {
  resume_timer_.Cancel();
  server_.loop().Unregister(*this);
  socket_->CloseFor(*this);
  if (path_.empty()) return;
  const absl::StatusOr<PathStatus> now = GetPathStatus(path_);
  if (!now.ok() || now->inode != path_status_.inode) return;
  // Whoever removed it in the meantime did what was to be done.
  RemovePath(path_).IgnoreError();
}

void Server::Listener::OnSocketClosing() {
  resume_timer_.Cancel();
  server_.loop().Unregister(*this);
  set_fd(-1);
}

}  // namespace streams
