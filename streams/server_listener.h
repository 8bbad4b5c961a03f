// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_SERVER_LISTENER_H_
#define STREAMS_SERVER_LISTENER_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/io_handler.h"
#include "streams/loop/timer.h"
#include "streams/os/address.h"
#include "streams/os/path_status.h"
#include "streams/os/socket.h"
#include "streams/server.h"

namespace streams {

// What a socket has from the one that accepted it, so that it needn't be asked,
// or told.
struct Server::Inheritance {
  // Null, if connections may have come to several addresses.
  std::shared_ptr<const SocketAddress> sock_name;
  // See StreamSocket::PrepareForTransport().
  bool is_prepared = false;
};

// One listening socket of a server.
class Server::Listener final : public IoHandler {
 public:
  Listener(Server& server, std::shared_ptr<StreamSocket> socket)
      : IoHandler(socket->fd()), server_(server), socket_(std::move(socket)) {}

  const std::shared_ptr<StreamSocket>& socket() const { return socket_; }

  // The socket was prepared for transports, and is bound to `name`.
  void Bequeath(const std::optional<SocketAddress>& name);
  const Inheritance& inheritance() const { return inheritance_; }

  void set_path(std::string path, PathStatus status) {
    path_ = std::move(path);
    path_status_ = status;
  }

  // Stops listening for a while: asyncio: constants.ACCEPT_RETRY_DELAY.
  void Pause();

  // Closes the socket, and removes its path, if that is still its own.
  void Close();

 private:
  void OnReadable() override { server_.OnReady(*this); }
  void OnWritable() override {}
  void Resume();

  Server& server_;
  std::shared_ptr<StreamSocket> socket_;
  Inheritance inheritance_;
  std::string path_;  // Empty: not to be removed.
  PathStatus path_status_;
  MethodTimer<&Listener::Resume> resume_timer_{*this};
};

}  // namespace streams

#endif  // STREAMS_SERVER_LISTENER_H_
