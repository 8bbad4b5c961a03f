// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_TLS_OPTIONS_H_
#define STREAMS_TLS_TLS_OPTIONS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "streams/tls/ssl_context.h"
#include "streams/tls/ssl_session.h"

namespace streams {

// How one connection uses TLS.
//
//   TlsOptions().set_context(context).set_server_hostname("example.org")
//
// asyncio: the parameters ssl, server_hostname, ssl_handshake_timeout,
// ssl_shutdown_timeout, and server_side of loop.start_tls.
class TlsOptions {
 public:
  static constexpr absl::Duration kDefaultHandshakeTimeout = absl::Seconds(60);
  static constexpr absl::Duration kDefaultShutdownTimeout = absl::Seconds(30);

  TlsOptions() = default;
  // With a context and nothing else: ssl=context.
  TlsOptions(std::shared_ptr<SslContext> context)  // NOLINT(runtime/explicit)
      : context_(std::move(context)) {}

  // Null, for a client, is the default one: ssl=True.
  TlsOptions& set_context(std::shared_ptr<SslContext> context) {
    context_ = std::move(context);
    return *this;
  }

  // Answers the handshake instead of beginning it.
  TlsOptions& set_server_side(bool server_side) {
    server_side_ = server_side;
    return *this;
  }

  // The name (or address) that the peer's certificate must have, and that a
  // server of several names is told. Of no meaning on the server's side.
  TlsOptions& set_server_hostname(std::string server_hostname) {
    server_hostname_ = std::move(server_hostname);
    return *this;
  }

  // How long the handshake, and the exchange of close_notify with all that is
  // to be sent before it, may take; positive. Once the peer has sent its own,
  // the latter is how long the peer may take nothing of what is left to send.
  TlsOptions& set_handshake_timeout(absl::Duration timeout) {
    handshake_timeout_ = timeout;
    return *this;
  }
  TlsOptions& set_shutdown_timeout(absl::Duration timeout) {
    shutdown_timeout_ = timeout;
    return *this;
  }

  // A client's session of an earlier connection, to be resumed if the server
  // likes to: of the same context (else kValue), and for the same server name,
  // as certificates aren't looked at again. asyncio has no parameter for it.
  // [SSLSocket.session]
  TlsOptions& set_session(std::shared_ptr<const SslSession> session) {
    session_ = std::move(session);
    return *this;
  }

  const std::shared_ptr<SslContext>& context() const { return context_; }
  bool server_side() const { return server_side_; }
  const std::optional<std::string>& server_hostname() const {
    return server_hostname_;
  }
  absl::Duration handshake_timeout() const {
    return handshake_timeout_.value_or(kDefaultHandshakeTimeout);
  }
  absl::Duration shutdown_timeout() const {
    return shutdown_timeout_.value_or(kDefaultShutdownTimeout);
  }
  bool has_handshake_timeout() const { return handshake_timeout_.has_value(); }
  bool has_shutdown_timeout() const { return shutdown_timeout_.has_value(); }
  const std::shared_ptr<const SslSession>& session() const { return session_; }

  // kValue if a time-out is not positive, or a server has no context.
  absl::Status Validate() const;

 private:
  std::shared_ptr<SslContext> context_;
  std::optional<std::string> server_hostname_;
  std::optional<absl::Duration> handshake_timeout_;
  std::optional<absl::Duration> shutdown_timeout_;
  std::shared_ptr<const SslSession> session_;
  bool server_side_ = false;
};

namespace internal {

// A number of seconds as Python shows it: "5", "0.5", "-1".
std::string FormatSeconds(absl::Duration duration);

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_TLS_TLS_OPTIONS_H_
