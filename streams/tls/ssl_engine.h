// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SSL_ENGINE_H_
#define STREAMS_TLS_SSL_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "openssl/base.h"
#include "streams/coro/prefetch.h"
#include "streams/tls/ssl_bio.h"
#include "streams/tls/ssl_context.h"
#include "streams/tls/ssl_object.h"
#include "streams/tls/ssl_session.h"

namespace streams::internal {

// BoringSSL's state of one connection, in memory: no socket, no waiting.
//
// Each step goes as far as what was fed allows. What it writes collects in
// outgoing(). After kFailed, error() says why, and every further step fails.
//
// asyncio: the do_handshake, read, write and unwrap of ssl.SSLObject, with its
// two ssl.MemoryBIO.
class SslEngine {
 public:
  enum class Outcome : uint8_t {
    kDone,
    kWantRead,  // More must be fed.
    kClosed,    // By the peer's close_notify.
    kFailed,
  };

  // What a record can hold, RFC 8446, 5.1.
  static constexpr size_t kMaxRecordText = 16 * 1024;

  // Errors: kValue and kSsl, for a name that cannot be used.
  static absl::StatusOr<std::unique_ptr<SslEngine>> Create(
      std::shared_ptr<SslContext> context, bool server_side,
      const std::optional<std::string>& server_hostname,
      const SslSession* session);

  SslEngine(const SslEngine&) = delete;
  SslEngine& operator=(const SslEngine&) = delete;
  ~SslEngine();

  // What has arrived; see SslBio.
  void Feed(absl::string_view records) { bio_.Feed(records); }
  void Settle() { bio_.Settle(); }
  void Keep(absl::string_view records) { bio_.Keep(records); }
  // Of what was fed, how much no step has taken yet.
  size_t incoming_size() const { return bio_.incoming_size(); }

  bool is_server() const;

  // Whether Read() could come to anything.
  bool HasMore() const;

  Outcome Handshake();

  // Decrypts one record at most into `out`; kDone sets `count`, above zero.
  Outcome Read(char* out, size_t size, size_t& count);

  // Encrypts all of `bytes`.
  Outcome Write(absl::string_view bytes);

  // Sends close_notify, then looks for the peer's.
  Outcome Shutdown();

  const absl::Status& error() const { return error_; }

  // A hint that a record is near: asks the processor for what BoringSSL looks
  // at first.
  void Prefetch() const { PrefetchBytes(ssl_.get(), kSslBytes); }

  const RecordBuffer& outgoing() const { return bio_.outgoing(); }
  size_t outgoing_size() const { return bio_.outgoing().size(); }
  void ClearOutgoing() { bio_.outgoing().Clear(); }
  // The records, to be sent; none are left here.
  RecordBuffer TakeOutgoing();

  const SslObject& object() const { return object_; }

 private:
  SslEngine(bssl::UniquePtr<SSL> ssl, std::shared_ptr<SslContext> context,
            std::optional<std::string> server_hostname);

  // The beginning of an SSL, which is an incomplete type.
  static constexpr size_t kSslBytes = 256;

  // What a call of BoringSSL that returned `result` has come to.
  Outcome Judge(int result);

  SslBio bio_;  // Before what uses it.
  bssl::UniquePtr<SSL> ssl_;
  SslObject object_;
  absl::Status error_;
};

}  // namespace streams::internal

#endif  // STREAMS_TLS_SSL_ENGINE_H_
