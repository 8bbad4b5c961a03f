// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_START_SERVER_H_
#define STREAMS_START_SERVER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "streams/client_connected_callback.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address.h"
#include "streams/os/socket.h"
#include "streams/reader.h"
#include "streams/server.h"
#include "streams/tls/tls_options.h"

namespace streams {

// The keyword arguments of asyncio.start_server().
class StartServerOptions {
 public:
  // One host, or several. None, and an empty name, are all interfaces.
  StartServerOptions& set_host(std::string host) {
    hosts_ = {std::move(host)};
    has_address_ = true;
    return *this;
  }
  StartServerOptions& set_hosts(std::vector<std::string> hosts) {
    hosts_ = std::move(hosts);
    has_address_ = true;
    return *this;
  }
  // Zero lets the system choose; Server::Sockets() tells what.
  StartServerOptions& set_port(uint16_t port) {
    port_ = port;
    has_address_ = true;
    return *this;
  }
  // Bytes, for the reader of each connection; see StreamReader.
  StartServerOptions& set_limit(int64_t limit) {
    limit_ = limit;
    return *this;
  }
  // What getaddrinfo() is asked for. AI_PASSIVE is the default for the flags.
  StartServerOptions& set_family(AddressFamily family) {
    family_ = family;
    return *this;
  }
  StartServerOptions& set_flags(int flags) {
    flags_ = flags;
    return *this;
  }
  // A bound socket, instead of an address. It belongs to the server from then
  // on, which closes it. Who closes it before, or takes its descriptor, must do
  // so in the loop's thread: the server accepts nobody any more, and is to be
  // closed as ever. asyncio: sock.
  StartServerOptions& set_socket(std::shared_ptr<StreamSocket> socket) {
    socket_ = std::move(socket);
    return *this;
  }
  // How many connections the kernel holds, and are accepted in a turn. 100.
  StartServerOptions& set_backlog(int backlog) {
    backlog_ = backlog;
    return *this;
  }
  // SO_REUSEADDR, which is on unless set to false.
  StartServerOptions& set_reuse_address(bool reuse_address) {
    reuse_address_ = reuse_address;
    return *this;
  }
  StartServerOptions& set_reuse_port(bool reuse_port) {
    reuse_port_ = reuse_port;
    return *this;
  }
  StartServerOptions& set_keep_alive(bool keep_alive) {
    keep_alive_ = keep_alive;
    return *this;
  }
  // False: not before Server::StartServing(). True by default.
  StartServerOptions& set_start_serving(bool start_serving) {
    start_serving_ = start_serving;
    return *this;
  }

  // Speaks TLS: a context, or TlsOptions of one. The callback is called after
  // the handshake; a connection whose handshake fails is closed without a word.
  // asyncio: ssl, ssl_handshake_timeout, ssl_shutdown_timeout.
  StartServerOptions& set_ssl(TlsOptions ssl) {
    ssl_ = std::move(ssl);
    return *this;
  }

  bool has_address() const { return has_address_; }
  const std::vector<std::string>& hosts() const { return hosts_; }
  uint16_t port() const { return port_; }
  int64_t limit() const { return limit_; }
  AddressFamily family() const { return family_; }
  std::optional<int> flags() const { return flags_; }
  const std::shared_ptr<StreamSocket>& socket() const { return socket_; }
  int backlog() const { return backlog_; }
  bool reuse_address() const { return reuse_address_; }
  bool reuse_port() const { return reuse_port_; }
  bool keep_alive() const { return keep_alive_; }
  bool start_serving() const { return start_serving_; }
  const TlsOptions& ssl() const { return ssl_; }

 private:
  bool has_address_ = false;
  std::vector<std::string> hosts_;
  uint16_t port_ = 0;
  int64_t limit_ = kDefaultLimit;
  AddressFamily family_ = AddressFamily::kUnspecified;
  std::optional<int> flags_;
  std::shared_ptr<StreamSocket> socket_;
  int backlog_ = 100;
  bool reuse_address_ = true;
  bool reuse_port_ = false;
  bool keep_alive_ = false;
  bool start_serving_ = true;
  TlsOptions ssl_;
};

// Listens on TCP addresses, and calls `callback` for each connection. Binds to
// every address that the hosts have.
//
// `loop` must outlive the server and its streams.
// An error that the callback, or its task, returns goes to the loop's exception
// handler, and closes the connection; so does cancelling the task, without a
// word. A callback that drops its writer without Close() closes it too, with a
// ResourceWarning.
// Errors: kAddressLookup; what bind() and listen() say; kValue for options that
//   contradict each other. Nothing stays open then, nor if it is cancelled.
// Limits: the number of connections is not bounded; see Server.
//
// asyncio: asyncio.start_server.
Task<absl::StatusOr<std::shared_ptr<Server>>> StartServer(
    EventLoop& loop, ClientConnectedCallback callback, std::string host,
    uint16_t port);
Task<absl::StatusOr<std::shared_ptr<Server>>> StartServer(
    EventLoop& loop, ClientConnectedCallback callback, std::string host,
    uint16_t port, StartServerOptions options);
// With the address, or the socket, among the options.
Task<absl::StatusOr<std::shared_ptr<Server>>> StartServer(
    EventLoop& loop, ClientConnectedCallback callback,
    StartServerOptions options);

}  // namespace streams

#endif  // STREAMS_START_SERVER_H_
