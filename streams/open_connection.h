// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_OPEN_CONNECTION_H_
#define STREAMS_OPEN_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address.h"
#include "streams/os/address_lookup.h"
#include "streams/os/socket.h"
#include "streams/reader.h"
#include "streams/stream_pair.h"
#include "streams/tls/tls_options.h"

namespace streams {

// The keyword arguments of asyncio.open_connection().
class OpenConnectionOptions {
 public:
  // Bytes; see StreamReader. 64 KiB by default.
  OpenConnectionOptions& set_limit(int64_t limit) {
    limit_ = limit;
    return *this;
  }
  OpenConnectionOptions& set_host(std::string host) {
    query_.set_host(std::move(host));
    has_address_ = true;
    return *this;
  }
  OpenConnectionOptions& set_port(uint16_t port) {
    query_.set_port(port);
    has_address_ = true;
    return *this;
  }
  // A port by name, "http".
  OpenConnectionOptions& set_service(std::string service) {
    query_.set_service(std::move(service));
    has_address_ = true;
    return *this;
  }
  // asyncio: family, proto, flags: what getaddrinfo() is asked for.
  OpenConnectionOptions& set_family(AddressFamily family) {
    query_.set_family(family);
    return *this;
  }
  OpenConnectionOptions& set_protocol(int protocol) {
    query_.set_protocol(protocol);
    return *this;
  }
  OpenConnectionOptions& set_flags(int flags) {
    query_.set_flags(flags);
    return *this;
  }
  // A connected socket, instead of an address. It belongs to the connection
  // from then on, which closes it; who else holds it sees it closed. If the
  // call is refused, it stays open. asyncio: sock.
  // Who closes it before the connection does, or takes its descriptor, must do
  // so in the loop's thread: what is written next fails with EBADF.
  OpenConnectionOptions& set_socket(std::shared_ptr<StreamSocket> socket) {
    socket_ = std::move(socket);
    return *this;
  }
  // Races the addresses of the host, as RFC 8305 wants it: when one hasn't
  // answered for so long (a quarter of a second is a good choice), the next is
  // tried beside it, and the first that answers is taken. Zero or less: all at
  // once. asyncio: happy_eyeballs_delay.
  OpenConnectionOptions& set_happy_eyeballs_delay(absl::Duration delay) {
    happy_eyeballs_delay_ = delay;
    return *this;
  }
  // Tries the address families in turn, after so many addresses of the first.
  // Zero: in the resolver's order. One if addresses are raced, else zero.
  // asyncio: interleave.
  OpenConnectionOptions& set_interleave(int64_t first_family_count) {
    interleave_ = first_family_count;
    return *this;
  }
  // When no address can be connected to, tells all errors, as kExceptionGroup.
  // asyncio: all_errors.
  OpenConnectionOptions& set_all_errors(bool all_errors) {
    all_errors_ = all_errors;
    return *this;
  }
  // To bind the socket to, before it is connected: what fits its family, if the
  // host has several addresses. asyncio: local_addr.
  OpenConnectionOptions& set_local_address(std::string host, uint16_t port) {
    local_query_ = AddressQuery().set_host(std::move(host)).set_port(port);
    return *this;
  }

  // Speaks TLS: a context, or TlsOptions of one. The host is the name that the
  // server must prove to have, unless set_server_hostname() says otherwise.
  // asyncio: ssl, server_hostname, ssl_handshake_timeout, ssl_shutdown_timeout.
  OpenConnectionOptions& set_ssl(TlsOptions ssl) {
    ssl_ = std::move(ssl);
    return *this;
  }

  int64_t limit() const { return limit_; }
  bool has_address() const { return has_address_; }
  const AddressQuery& query() const { return query_; }
  const std::shared_ptr<StreamSocket>& socket() const { return socket_; }
  const std::optional<AddressQuery>& local_query() const {
    return local_query_;
  }
  std::optional<absl::Duration> happy_eyeballs_delay() const {
    return happy_eyeballs_delay_;
  }
  std::optional<int64_t> interleave() const { return interleave_; }
  bool all_errors() const { return all_errors_; }
  const TlsOptions& ssl() const { return ssl_; }

 private:
  int64_t limit_ = kDefaultLimit;
  bool has_address_ = false;
  AddressQuery query_;
  std::shared_ptr<StreamSocket> socket_;
  std::optional<AddressQuery> local_query_;
  std::optional<absl::Duration> happy_eyeballs_delay_;
  std::optional<int64_t> interleave_;
  bool all_errors_ = false;
  TlsOptions ssl_;
};

// Connects to a TCP server. Tries all addresses of the host, one after the
// other unless set_happy_eyeballs_delay() says otherwise.
//
// `loop` must outlive the reader and the writer that it gives.
// Errors: kAddressLookup; what connect() says (kConnectionRefused, kTimeout …),
//   or kOs with all that was said if the addresses failed for different
//   reasons (set_all_errors() tells them apart); kValue for options that
//   contradict each other.
// Cancelled, or dropped: nothing stays open. Any number may run at a time; each
//   has at most as many sockets open as the host has addresses.
// Limits: it waits for as long as the name server and the system's connect()
//   do, which may be minutes: cancel it when that is too long.
//
// asyncio: asyncio.open_connection.
Task<absl::StatusOr<StreamPair>> OpenConnection(EventLoop& loop,
                                                std::string host,
                                                uint16_t port);
Task<absl::StatusOr<StreamPair>> OpenConnection(EventLoop& loop,
                                                std::string host, uint16_t port,
                                                OpenConnectionOptions options);
// With the address, or the socket, among the options.
Task<absl::StatusOr<StreamPair>> OpenConnection(EventLoop& loop,
                                                OpenConnectionOptions options);

}  // namespace streams

#endif  // STREAMS_OPEN_CONNECTION_H_
