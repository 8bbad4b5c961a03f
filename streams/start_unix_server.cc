// SPDX-License-Identifier: Apache-2.0

#include "streams/start_unix_server.h"

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "streams/coro/status_macros.h"
#include "streams/os/address.h"
#include "streams/os/error.h"
#include "streams/os/path_status.h"
#include "streams/server_builder.h"
#include "streams/ssl_arguments.h"

namespace streams {
namespace {

absl::StatusOr<std::shared_ptr<StreamSocket>> BindTo(const std::string& path) {
  if (path.empty()) {
    return MakeError(ErrorKind::kIndex, "string index out of range");
  }
  STREAMS_ASSIGN_OR_RETURN(const SocketAddress address,
                           SocketAddress::FromUnixPath(path));
  STREAMS_ASSIGN_OR_RETURN(StreamSocket socket,
                           StreamSocket::Create(AddressFamily::kUnix));
  if (!address.is_abstract()) {
    const absl::StatusOr<PathStatus> status = GetPathStatus(path);
    // If that fails, bind() will say why.
    if (status.ok() && status->is_socket) RemovePath(path).IgnoreError();
  }
  const absl::Status bound = socket.Bind(address);
  if (GetErrno(bound) == EADDRINUSE) {
    return OsError(EADDRINUSE,
                   absl::StrCat("Address '", path, "' is already in use"));
  }
  STREAMS_RETURN_IF_ERROR(bound);
  return std::make_shared<StreamSocket>(std::move(socket));
}

}  // namespace

Task<absl::StatusOr<std::shared_ptr<Server>>> StartUnixServer(
    EventLoop& loop, ClientConnectedCallback callback,
    StartUnixServerOptions options) {
  STREAMS_CO_RETURN_IF_ERROR(internal::CheckSslArguments(options.ssl()));
  std::shared_ptr<StreamSocket> socket = options.socket();
  bool is_own = false;
  if (options.path().has_value()) {
    if (socket != nullptr) {
      co_return MakeError(
          ErrorKind::kValue,
          "path and sock can not be specified at the same time");
    }
    STREAMS_CO_ASSIGN_OR_RETURN(socket, BindTo(*options.path()));
    is_own = true;
  } else if (socket == nullptr) {
    co_return MakeError(ErrorKind::kValue,
                        "path was not specified, and no sock specified");
  } else if (!socket->valid()) {
    co_return OsError(EBADF);
  } else if (socket->family() != AddressFamily::kUnix) {
    co_return MakeError(ErrorKind::kValue,
                        "A UNIX Domain Stream Socket was expected");
  }
  ServerBuilder builder(loop, std::move(callback), options.limit(),
                        options.backlog(), options.ssl());
  const std::optional<SocketAddress> bound = socket->GetSockName();
  if (is_own) {
    builder.AddOwnSocket(std::move(socket));
  } else {
    builder.AddSocket(std::move(socket));
  }
  if (options.cleanup_socket() && bound.has_value() && !bound->is_abstract() &&
      !bound->path().empty()) {
    builder.RemoveAtClose(bound->path());
  }
  co_return co_await ServerBuilder::Finish(std::move(builder),
                                           options.start_serving());
}

Task<absl::StatusOr<std::shared_ptr<Server>>> StartUnixServer(
    EventLoop& loop, ClientConnectedCallback callback, std::string path) {
  return StartUnixServer(loop, std::move(callback), std::move(path),
                         StartUnixServerOptions());
}

Task<absl::StatusOr<std::shared_ptr<Server>>> StartUnixServer(
    EventLoop& loop, ClientConnectedCallback callback, std::string path,
    StartUnixServerOptions options) {
  options.set_path(std::move(path));
  return StartUnixServer(loop, std::move(callback), std::move(options));
}

}  // namespace streams
