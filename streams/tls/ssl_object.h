// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SSL_OBJECT_H_
#define STREAMS_TLS_SSL_OBJECT_H_

#include <memory>
#include <optional>
#include <string>

#include "streams/tls/peer_certificate.h"
#include "streams/tls/ssl_context.h"
#include "streams/tls/ssl_session.h"

struct ssl_st;  // BoringSSL's SSL.

namespace streams {

// What was agreed with the peer of a TLS connection. From
// Transport::GetSslObject(), once the handshake is done; valid as long as the
// transport is, also after the connection is lost.
//
// asyncio: get_extra_info("ssl_object"): ssl.SSLObject.
class SslObject final {
 public:
  // [cipher()] {"TLS_AES_128_GCM_SHA256", "TLSv1.3", 128}
  struct CipherInfo {
    std::string name;
    std::string protocol;
    int bits = 0;
  };

  // Not for users. `native` must outlive it.
  SslObject(ssl_st* native, std::shared_ptr<SslContext> context,
            std::optional<std::string> server_hostname);
  SslObject(const SslObject&) = delete;
  SslObject& operator=(const SslObject&) = delete;

  // "TLSv1.3". [version()]
  std::string Version() const;

  // Absent before the handshake. [cipher()]
  std::optional<CipherInfo> Cipher() const;

  // Absent if the peer has shown none. [getpeercert()]
  std::optional<PeerCertificate> GetPeerCertificate() const;

  // Absent if none was agreed on. [selected_alpn_protocol()]
  std::optional<std::string> SelectedAlpnProtocol() const;

  // What the client was told to ask for; absent on the server's side.
  // [server_hostname]
  const std::optional<std::string>& server_hostname() const {
    return server_hostname_;
  }

  // Whether the handshake was one of an earlier session. [session_reused]
  bool SessionReused() const;

  // A client's, to be resumed by a later connection: the newest that the server
  // has given; null if none. In TLS 1.3 it comes some time after the handshake,
  // while reading. [session]
  std::shared_ptr<const SslSession> Session() const { return session_; }

  // [context] The one that it was made with; not that of the server name
  // callback.
  const std::shared_ptr<SslContext>& context() const { return context_; }

 private:
  friend class SslContextCallbacks;

  ssl_st* const native_;
  const std::shared_ptr<SslContext> context_;
  const std::optional<std::string> server_hostname_;
  std::shared_ptr<SslContext> chosen_context_;  // By the server name callback.
  std::shared_ptr<const SslSession> session_;
};

}  // namespace streams

#endif  // STREAMS_TLS_SSL_OBJECT_H_
