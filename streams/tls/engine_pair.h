// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_ENGINE_PAIR_H_
#define STREAMS_TLS_ENGINE_PAIR_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "streams/tls/ssl_context.h"
#include "streams/tls/ssl_engine.h"
#include "streams/tls/ssl_session.h"

namespace streams::internal {

// Hands what one has written to the other.
void Deliver(SslEngine& from, SslEngine& to);

// All that can be decrypted now.
std::string ReadText(SslEngine& engine);

// A client and a server in memory, for tests.
class EnginePair {
 public:
  EnginePair(std::shared_ptr<SslContext> client_context,
             std::shared_ptr<SslContext> server_context,
             const std::optional<std::string>& server_hostname,
             const SslSession* session = nullptr);

  // Goes on until both are done or one has failed; true if both are done. An
  // alert of one reaches the other.
  bool Handshake();

  SslEngine& client() { return *client_; }
  SslEngine& server() { return *server_; }

 private:
  std::unique_ptr<SslEngine> client_;
  std::unique_ptr<SslEngine> server_;
};

}  // namespace streams::internal

#endif  // STREAMS_TLS_ENGINE_PAIR_H_
