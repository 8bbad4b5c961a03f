// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_SERVER_LISTENER_H_
#define STREAMS_SERVER_LISTENER_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/io_handler.h"
#include "streams/loop/timer.h"
#include "streams/os/address.h"
#include "streams/os/path_status.h"
#include "streams/os/socket.h"
#include "streams/os/socket_users.h"
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

// One listening socket of a server. The program may hold it, too, and close it
// at any time: then this is off the loop before the descriptor goes, and what
// the program puts there next isn't the server's.
class Server::Listener final : public IoHandler, public SocketUser {
 public:
  Listener(Server& server, std::shared_ptr<StreamSocket> socket);

  // Fails with EBADF when the socket was closed.
  absl::Status Start(int backlog);

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

  // Closes the socket, unless it was, and removes its path, if that is still
  // its own.
  void Close();

 private:
  void OnReadable() override { server_.OnReady(*this); }
  void OnWritable() override {}
  void OnSocketClosing() override;
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
