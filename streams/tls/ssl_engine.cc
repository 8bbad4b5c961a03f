// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_engine.h"

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "openssl/ssl.h"
#include "streams/coro/status_macros.h"
#include "streams/os/error.h"
#include "streams/tls/certificate_verification.h"
#include "streams/tls/openssl_error.h"

namespace streams::internal {
namespace {

// What a record adds to its text: header, tag, padding and the like.
constexpr size_t kRecordOverhead = 64;

// An error of the other role's context, in CPython's words.
absl::Status CheckRole(const SslContext& context, bool server_side) {
  if (context.is_server() == server_side) return absl::OkStatus();
  return MakeError(
      ErrorKind::kSsl, 0,
      server_side ? "Cannot create a server socket with a PROTOCOL_TLS_CLIENT "
                    "context"
                  : "Cannot create a client socket with a PROTOCOL_TLS_SERVER "
                    "context");
}

// Resuming, nobody looks at certificates: the session has to be one of a
// context that has looked as this one would.
absl::Status SetSession(SSL* ssl, const SslSession& session) {
  size_t own_size = 0;
  const uint8_t* const own = SSL_get0_session_id_context(ssl, &own_size);
  unsigned size = 0;
  const uint8_t* const other =
      SSL_SESSION_get0_id_context(session.native(), &size);
  if (absl::MakeConstSpan(own, own_size) != absl::MakeConstSpan(other, size)) {
    return MakeError(ErrorKind::kValue,
                     "Session refers to a different SSLContext.");
  }
  if (SSL_set_session(ssl, session.native()) != 1) {
    return LibraryError("session");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SslEngine>> SslEngine::Create(
    std::shared_ptr<SslContext> context, bool server_side,
    const std::optional<std::string>& server_hostname,
    const SslSession* session) {
  if (context->check_hostname() && !server_hostname.has_value()) {
    return MakeError(ErrorKind::kValue,
                     "check_hostname requires server_hostname");
  }
  STREAMS_RETURN_IF_ERROR(CheckRole(*context, server_side));
  bssl::UniquePtr<SSL> ssl(SSL_new(context->native()));
  if (ssl == nullptr) return LibraryError("SSL_new");
  SSL* const native = ssl.get();
  if (server_side) {
    SSL_set_accept_state(native);
  } else {
    SSL_set_connect_state(native);
    if (server_hostname.has_value()) {
      STREAMS_RETURN_IF_ERROR(
          SetServerName(native, *server_hostname, context->check_hostname()));
    }
    if (session != nullptr) {
      STREAMS_RETURN_IF_ERROR(SetSession(native, *session));
    }
  }
  // What only the handshake needs is not kept for the connection's life.
  SSL_set_shed_handshake_config(native, 1);
  std::unique_ptr<SslEngine> engine(
      new SslEngine(std::move(ssl), std::move(context), server_hostname));
  BIO* const bio = engine->bio_.NewBio();
  if (bio == nullptr || SSL_set_ex_data(native, 0, &engine->object_) != 1) {
    BIO_free(bio);
    return LibraryError("SSL_new");
  }
  SSL_set_bio(native, bio, bio);
  return engine;
}

SslEngine::SslEngine(bssl::UniquePtr<SSL> ssl,
                     std::shared_ptr<SslContext> context,
                     std::optional<std::string> server_hostname)
    : ssl_(std::move(ssl)),
      object_(ssl_.get(), std::move(context), std::move(server_hostname)) {}

SslEngine::~SslEngine() = default;

// BoringSSL, unlike OpenSSL, empties the error queue before each step itself.
SslEngine::Outcome SslEngine::Judge(int result) {
  if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) {
    return Outcome::kWantRead;
  }
  error_ = ConnectionError(ssl_.get(), result);
  return Outcome::kFailed;
}

bool SslEngine::HasMore() const {
  return incoming_size() > 0 || SSL_pending(ssl_.get()) > 0;
}

SslEngine::Outcome SslEngine::Handshake() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) return Judge(result);
  // BoringSSL keeps a server's tickets back until it writes; OpenSSL sends them
  // with the handshake's end.
  if (is_server()) SSL_write(ssl_.get(), "", 0);
  return Outcome::kDone;
}

bool SslEngine::is_server() const { return SSL_is_server(ssl_.get()) != 0; }

SslEngine::Outcome SslEngine::Read(char* out, size_t size, size_t& count) {
  const int result = SSL_read(
      ssl_.get(), out, static_cast<int>(std::min<size_t>(size, INT_MAX)));
  if (result > 0) {
    count = static_cast<size_t>(result);
    return Outcome::kDone;
  }
  if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_ZERO_RETURN) {
    return Outcome::kClosed;
  }
  return Judge(result);
}

SslEngine::Outcome SslEngine::Write(absl::string_view bytes) {
  const size_t records = bytes.size() / kMaxRecordText + 1;
  // One piece for all of them, so that they are sent in one call.
  if (records > 1) {
    bio_.outgoing().Reserve(bytes.size() + records * kRecordOverhead);
  }
  while (!bytes.empty()) {
    const int result =
        SSL_write(ssl_.get(), bytes.data(),
                  static_cast<int>(std::min<size_t>(bytes.size(), INT_MAX)));
    if (result <= 0) return Judge(result);
    bytes.remove_prefix(static_cast<size_t>(result));
  }
  return Outcome::kDone;
}

SslEngine::Outcome SslEngine::Shutdown() {
  int result = SSL_shutdown(ssl_.get());
  // Sent; now for the peer's.
  if (result == 0) result = SSL_shutdown(ssl_.get());
  return result > 0 ? Outcome::kDone : Judge(result);
}

RecordBuffer SslEngine::TakeOutgoing() {
  return std::exchange(bio_.outgoing(), RecordBuffer());
}

}  // namespace streams::internal
