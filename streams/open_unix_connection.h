// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_OPEN_UNIX_CONNECTION_H_
#define STREAMS_OPEN_UNIX_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/socket.h"
#include "streams/reader.h"
#include "streams/stream_pair.h"
#include "streams/tls/tls_options.h"

namespace streams {

// The keyword arguments of asyncio.open_unix_connection().
class OpenUnixConnectionOptions {
 public:
  // Bytes; see StreamReader. 64 KiB by default.
  OpenUnixConnectionOptions& set_limit(int64_t limit) {
    limit_ = limit;
    return *this;
  }
  // A name in the abstract name space begins with a zero byte.
  OpenUnixConnectionOptions& set_path(std::string path) {
    path_ = std::move(path);
    return *this;
  }
  // A connected Unix socket, instead of a path; see OpenConnectionOptions.
  OpenUnixConnectionOptions& set_socket(std::shared_ptr<StreamSocket> socket) {
    socket_ = std::move(socket);
    return *this;
  }

  // Speaks TLS; see OpenConnectionOptions. The name that the server must prove
  // to have has to be set.
  OpenUnixConnectionOptions& set_ssl(TlsOptions ssl) {
    ssl_ = std::move(ssl);
    return *this;
  }

  int64_t limit() const { return limit_; }
  const std::optional<std::string>& path() const { return path_; }
  const std::shared_ptr<StreamSocket>& socket() const { return socket_; }
  const TlsOptions& ssl() const { return ssl_; }

 private:
  int64_t limit_ = kDefaultLimit;
  std::optional<std::string> path_;
  std::shared_ptr<StreamSocket> socket_;
  TlsOptions ssl_;
};

// Connects to a Unix socket; otherwise as OpenConnection().
// Errors: what connect() says: kFileNotFound, kConnectionRefused (nobody
//   listens any more), kBlockingIo (the listener's backlog is full: try again
//   later); kOs for a path that is too long; kValue for one with a null byte.
// asyncio: asyncio.open_unix_connection.
Task<absl::StatusOr<StreamPair>> OpenUnixConnection(EventLoop& loop,
                                                    std::string path);
Task<absl::StatusOr<StreamPair>> OpenUnixConnection(
    EventLoop& loop, std::string path, OpenUnixConnectionOptions options);
Task<absl::StatusOr<StreamPair>> OpenUnixConnection(
    EventLoop& loop, OpenUnixConnectionOptions options);

}  // namespace streams

#endif  // STREAMS_OPEN_UNIX_CONNECTION_H_
