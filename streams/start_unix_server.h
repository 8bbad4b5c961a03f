// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_START_UNIX_SERVER_H_
#define STREAMS_START_UNIX_SERVER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "streams/client_connected_callback.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/socket.h"
#include "streams/reader.h"
#include "streams/server.h"
#include "streams/tls/tls_options.h"

namespace streams {

// The keyword arguments of asyncio.start_unix_server().
class StartUnixServerOptions {
 public:
  // A name in the abstract name space begins with a zero byte.
  StartUnixServerOptions& set_path(std::string path) {
    path_ = std::move(path);
    return *this;
  }
  // The rest is as in StartServerOptions.
  StartUnixServerOptions& set_limit(int64_t limit) {
    limit_ = limit;
    return *this;
  }
  StartUnixServerOptions& set_socket(std::shared_ptr<StreamSocket> socket) {
    socket_ = std::move(socket);
    return *this;
  }
  StartUnixServerOptions& set_backlog(int backlog) {
    backlog_ = backlog;
    return *this;
  }
  StartUnixServerOptions& set_start_serving(bool start_serving) {
    start_serving_ = start_serving;
    return *this;
  }
  // Whether the path is removed when the server is closed, unless somebody put
  // something else there. True by default.
  StartUnixServerOptions& set_cleanup_socket(bool cleanup_socket) {
    cleanup_socket_ = cleanup_socket;
    return *this;
  }

  StartUnixServerOptions& set_ssl(TlsOptions ssl) {
    ssl_ = std::move(ssl);
    return *this;
  }

  const std::optional<std::string>& path() const { return path_; }
  int64_t limit() const { return limit_; }
  const std::shared_ptr<StreamSocket>& socket() const { return socket_; }
  int backlog() const { return backlog_; }
  bool start_serving() const { return start_serving_; }
  bool cleanup_socket() const { return cleanup_socket_; }
  const TlsOptions& ssl() const { return ssl_; }

 private:
  std::optional<std::string> path_;
  int64_t limit_ = kDefaultLimit;
  std::shared_ptr<StreamSocket> socket_;
  int backlog_ = 100;
  bool start_serving_ = true;
  bool cleanup_socket_ = true;
  TlsOptions ssl_;
};

// Listens on a Unix socket; otherwise as StartServer(). A socket that a dead
// server has left at the path is removed first (a living one loses its path,
// too: nothing tells them apart).
// Errors: what bind() and listen() say; kOs for a path that is too long; kIndex
//   for an empty one.
// asyncio: asyncio.start_unix_server.
Task<absl::StatusOr<std::shared_ptr<Server>>> StartUnixServer(
    EventLoop& loop, ClientConnectedCallback callback, std::string path);
Task<absl::StatusOr<std::shared_ptr<Server>>> StartUnixServer(
    EventLoop& loop, ClientConnectedCallback callback, std::string path,
    StartUnixServerOptions options);
Task<absl::StatusOr<std::shared_ptr<Server>>> StartUnixServer(
    EventLoop& loop, ClientConnectedCallback callback,
    StartUnixServerOptions options);

}  // namespace streams

#endif  // STREAMS_START_UNIX_SERVER_H_
