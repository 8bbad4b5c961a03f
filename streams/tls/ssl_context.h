// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SSL_CONTEXT_H_
#define STREAMS_TLS_SSL_CONTEXT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "streams/os/append_file.h"

struct ssl_ctx_st;  // BoringSSL's SSL_CTX.

namespace streams {

// What is asked of the peer's certificate. [ssl.VerifyMode]
enum class VerifyMode : uint8_t {
  kNone,      // Nothing; a server asks for none. [CERT_NONE]
  kOptional,  // A server lets clients in that have none. [CERT_OPTIONAL]
  kRequired,  // It must be there and be trusted. [CERT_REQUIRED]
};

// [ssl.TLSVersion] Below 1.2, only for peers that cannot be updated: RFC 8996.
// There the handshake is signed with SHA-1 (and MD5), for want of another.
enum class TlsVersion : uint16_t {
  kTls1_0 = 0x0301,
  kTls1_1 = 0x0302,
  kTls1_2 = 0x0303,
  kTls1_3 = 0x0304,
};

// Who is to be authenticated, hence on which side the context is used.
// [ssl.Purpose]
enum class Purpose : uint8_t {
  kServerAuth,  // For a client.
  kClientAuth,  // For a server.
};

// Where trusted certificates come from; any of the three.
class VerifyLocations {
 public:
  // A file of certificates in PEM, one after the other.
  VerifyLocations& set_cafile(std::string cafile) {
    cafile_ = std::move(cafile);
    return *this;
  }
  // A folder as `openssl rehash` makes it; looked into when needed.
  VerifyLocations& set_capath(std::string capath) {
    capath_ = std::move(capath);
    return *this;
  }
  // The certificates themselves, in PEM or DER.
  VerifyLocations& set_cadata(std::string cadata) {
    cadata_ = std::move(cadata);
    return *this;
  }

  const std::optional<std::string>& cafile() const { return cafile_; }
  const std::optional<std::string>& capath() const { return capath_; }
  const std::optional<std::string>& cadata() const { return cadata_; }

 private:
  std::optional<std::string> cafile_;
  std::optional<std::string> capath_;
  std::optional<std::string> cadata_;
};

// What the TLS connections of a program, or of one of its servers, have in
// common: whom to trust, who to be, what to offer.
//
//   auto context = SslContext::CreateDefault(Purpose::kClientAuth);
//   absl::Status status = (*context)->LoadCertChain("server.pem");
//
// The defaults are strict: TLS 1.2 and 1.3 only, no renegotiation, no
// compression, no signature with SHA-1 (made or believed, in the handshake and
// of certificates), and for a client a trusted certificate of the right name.
// They are those of OpenSSL's security level 2, Debian's; there is no other.
//
// Threads: configure it on one; connections of several loops may use it then.
// Ownership: shared by whoever configures it and by its connections. What is
//   changed while connections stand holds for those that are made afterwards.
// Errors: kSsl where Python raises SSLError, with GetSslError(); kValue;
//   kFileNotFound and its like for what cannot be read. A call that failed has
//   changed nothing that connections could see.
//
// asyncio: ssl.SSLContext.
class SslContext final : public std::enable_shared_from_this<SslContext> {
 public:
  // A client that requires and checks a certificate and its name, and trusts
  // nobody yet; a server that asks clients for none.
  // [SSLContext(PROTOCOL_TLS_CLIENT), SSLContext(PROTOCOL_TLS_SERVER)]
  static std::shared_ptr<SslContext> Client();
  static std::shared_ptr<SslContext> Server();

  // The same, trusting (for a client) the system's roots or what is given
  // instead, with RFC 5280 taken strictly. Keys are logged to the file that the
  // environment variable SSLKEYLOGFILE names. [ssl.create_default_context]
  static absl::StatusOr<std::shared_ptr<SslContext>> CreateDefault(
      Purpose purpose);
  static absl::StatusOr<std::shared_ptr<SslContext>> CreateDefault(
      Purpose purpose, const VerifyLocations& locations);

  SslContext(const SslContext&) = delete;
  SslContext& operator=(const SslContext&) = delete;
  ~SslContext();

  bool is_server() const { return is_server_; }

  // --- Whom to trust ---

  // [load_verify_locations]
  absl::Status LoadVerifyLocations(const VerifyLocations& locations);

  // The system's: SSL_CERT_FILE and SSL_CERT_DIR, or what OpenSSL would take.
  // What is missing there is not an error. [load_default_certs]
  absl::Status LoadDefaultCerts();

  // kValue for kNone while the name is checked. [verify_mode]
  absl::Status SetVerifyMode(VerifyMode mode);
  VerifyMode verify_mode() const { return verify_mode_; }

  // Turning it on makes a certificate required. [check_hostname]
  void set_check_hostname(bool check_hostname);
  bool check_hostname() const { return check_hostname_; }

  // --- Who to be ---

  // The certificate, then those that lead to the root, in PEM; the key from
  // `keyfile`, or from the same file. A key that is encrypted needs `password`;
  // nobody is asked for it. [load_cert_chain]
  absl::Status LoadCertChain(const std::string& certfile);
  absl::Status LoadCertChain(const std::string& certfile,
                             const std::string& keyfile);
  absl::Status LoadCertChain(const std::string& certfile,
                             const std::string& keyfile,
                             const std::string& password);
  // The same from memory.
  absl::Status LoadCertChainPem(absl::string_view certificates,
                                absl::string_view key,
                                const std::string& password);

  // --- What to offer ---

  // [minimum_version, maximum_version]
  absl::Status SetMinimumVersion(TlsVersion version);
  absl::Status SetMaximumVersion(TlsVersion version);
  TlsVersion minimum_version() const;
  TlsVersion maximum_version() const;

  // Those of TLS 1.2 and below, in OpenSSL's syntax, but for "@SECLEVEL=": that
  // is an error. Those of TLS 1.3 are always on, 3DES never is. By default, the
  // old ones are on behind the others, as with Debian's OpenSSL: CBC, and RSA
  // without forward secrecy. "ECDHE+AESGCM:ECDHE+CHACHA20" is without either.
  // [set_ciphers]
  absl::Status SetCiphers(const std::string& ciphers);

  // The most wanted first; a server chooses by its own order, and goes on
  // without when nothing fits. [set_alpn_protocols]
  absl::Status SetAlpnProtocols(const std::vector<std::string>& protocols);

  // Called on a server with the name that the client asks for (RFC 6066), or
  // without; returns the context whose certificate to show, null for this one,
  // or an error, whereupon the handshake fails. Called on the threads of the
  // context's connections, perhaps at the same time. [sni_callback]
  using ServerNameCallback =
      absl::AnyInvocable<absl::StatusOr<std::shared_ptr<SslContext>>(
          const std::optional<std::string>& server_name)>;
  void SetServerNameCallback(ServerNameCallback callback);

  // Whether clients may resume a session by a ticket: on. [OP_NO_TICKET]
  void set_session_tickets(bool on);

  // Appends what a debugger needs to decrypt the traffic to a file that is
  // made readable for its owner only (NSS Key Log Format). [keylog_filename]
  absl::Status SetKeyLogFile(const std::string& path);

  // --- Not for users: BoringSSL's own, for what makes connections of it. ---
  ssl_ctx_st* native() const { return native_.get(); }

 private:
  friend class SslContextCallbacks;

  struct Deleter {
    void operator()(ssl_ctx_st* native) const;
  };

  explicit SslContext(bool is_server);

  const bool is_server_;
  std::unique_ptr<ssl_ctx_st, Deleter> native_;
  VerifyMode verify_mode_;
  bool check_hostname_;
  std::vector<uint8_t> alpn_protocols_;  // As RFC 7301 encodes them.
  ServerNameCallback server_name_callback_;
  os::AppendFile key_log_file_;
};

}  // namespace streams

#endif  // STREAMS_TLS_SSL_CONTEXT_H_
