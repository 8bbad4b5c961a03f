// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_TLS_PEER_H_
#define STREAMS_TLS_TLS_PEER_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "streams/os/socket.h"
#include "streams/tls/ssl_engine.h"

namespace streams::internal {

// The other end of a connection, for tests: a socket and an SslEngine that do
// just what they are told, also what a decent peer would not.
class TlsPeer {
 public:
  TlsPeer(StreamSocket socket, std::unique_ptr<SslEngine> engine);

  // Takes what has arrived and sends what that leads to. Again and again, with
  // turns of the other side in between, until it returns true.
  bool Handshake();

  void SendText(absl::string_view text);
  // As it is, without TLS.
  void SendBytes(absl::string_view bytes);
  // A record with `text`, not sent.
  std::string Record(absl::string_view text);
  void SendCloseNotify();

  // All the text that has arrived. Whether close_notify, or EOF, was behind it:
  // saw_close_notify(), saw_eof().
  std::string ReceiveText();
  // All the bytes that have arrived, without TLS.
  std::string ReceiveBytes();

  bool saw_close_notify() const { return saw_close_notify_; }
  bool saw_eof() const { return saw_eof_; }

  StreamSocket& socket() { return socket_; }
  SslEngine& engine() { return *engine_; }

 private:
  void Flush();

  StreamSocket socket_;
  std::unique_ptr<SslEngine> engine_;
  bool saw_close_notify_ = false;
  bool saw_eof_ = false;
};

}  // namespace streams::internal

#endif  // STREAMS_TLS_TLS_PEER_H_
