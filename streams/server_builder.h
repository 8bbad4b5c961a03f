// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_SERVER_BUILDER_H_
#define STREAMS_SERVER_BUILDER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "streams/client_connected_callback.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/socket.h"
#include "streams/server.h"
#include "streams/tls/tls_options.h"

namespace streams {

// How StartServer() and StartUnixServer() make a Server of bound sockets.
class ServerBuilder {
 public:
  ServerBuilder(EventLoop& loop, ClientConnectedCallback callback,
                int64_t limit, int backlog, TlsOptions ssl);

  void AddSocket(std::shared_ptr<StreamSocket> socket);

  // As AddSocket(), with one that the caller has made and bound, and nobody has
  // changed since: what every connection would be asked or told is done once.
  void AddOwnSocket(std::shared_ptr<StreamSocket> socket);

  // When the server is closed, the path of the socket that was added last is
  // removed, if what is there is still what is there now.
  void RemoveAtClose(std::string path);

  // asyncio: the last steps of create_server().
  static Task<absl::StatusOr<std::shared_ptr<Server>>> Finish(
      ServerBuilder builder, bool start_serving);

 private:
  std::shared_ptr<Server> server_;
};

}  // namespace streams

#endif  // STREAMS_SERVER_BUILDER_H_
