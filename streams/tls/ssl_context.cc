// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_context.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pool.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "streams/coro/status_macros.h"
#include "streams/os/error.h"
#include "streams/tls/certificate_loading.h"
#include "streams/tls/certificate_verification.h"
#include "streams/tls/openssl_error.h"
#include "streams/tls/signature_algorithms.h"
#include "streams/tls/ssl_context_callbacks.h"

namespace streams {
namespace {

// So that a thousand connections to one server hold its certificate once.
CRYPTO_BUFFER_POOL* BufferPool() {
  static CRYPTO_BUFFER_POOL* const pool = CRYPTO_BUFFER_POOL_new();
  return pool;
}

int NativeVerifyMode(VerifyMode mode) {
  switch (mode) {
    case VerifyMode::kNone:
      return SSL_VERIFY_NONE;
    case VerifyMode::kOptional:
      return SSL_VERIFY_PEER;
    case VerifyMode::kRequired:
      break;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

// False if nothing is left of `ciphers`; errors are BoringSSL's. Never 3DES,
// which is on in BoringSSL: its blocks of 64 bits give text away when much is
// sent (Sweet32), and OpenSSL is built without it.
bool SetCipherList(SSL_CTX* context, const char* ciphers) {
  const std::string list = absl::StrCat(ciphers, ":!3DES");
  return SSL_CTX_set_cipher_list(context, list.c_str()) == 1;
}

// With the bound that `set` sets.
absl::Status SetVersion(int (*set)(SSL_CTX*, uint16_t), SSL_CTX* context,
                        TlsVersion version) {
  if (set(context, static_cast<uint16_t>(version)) == 1) {
    return absl::OkStatus();
  }
  ERR_clear_error();
  return MakeError(ErrorKind::kValue, "Unsupported protocol version");
}

}  // namespace

void SslContext::Deleter::operator()(ssl_ctx_st* native) const {
  SSL_CTX_free(native);
}

SslContext::SslContext(bool is_server)
    : is_server_(is_server),
      native_(SSL_CTX_new(TLS_method())),
      verify_mode_(is_server ? VerifyMode::kNone : VerifyMode::kRequired),
      check_hostname_(!is_server) {
  // There is nobody to tell, as with any allocation.
  if (native_ == nullptr) std::abort();
  SSL_CTX* const native = native_.get();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(native, TLS1_3_VERSION);
  if (!SetCipherList(native, "DEFAULT")) std::abort();
  internal::SetSignatureAlgorithms(native);
  SSL_CTX_set_options(native, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set0_buffer_pool(native, BufferPool());
  // A session is resumed in the context that it was made in, and so under the
  // trust of that context only: neither by another one of a client's, nor by
  // that of another server name, whose tickets have the same keys.
  static std::atomic<uint64_t> last_id{0};
  const uint64_t id = ++last_id;
  uint8_t session_id_context[sizeof id];
  std::memcpy(session_id_context, &id, sizeof id);
  SSL_CTX_set_session_id_context(native, session_id_context, sizeof id);
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(native),
                              X509_V_FLAG_TRUSTED_FIRST);
  SSL_CTX_set_verify(native, NativeVerifyMode(verify_mode_), nullptr);
  SSL_CTX_set_cert_verify_callback(native, &internal::VerifyChain, nullptr);
  SslContextCallbacks::Install(*this);
}

SslContext::~SslContext() = default;

std::shared_ptr<SslContext> SslContext::Client() {
  return std::shared_ptr<SslContext>(new SslContext(/*is_server=*/false));
}

std::shared_ptr<SslContext> SslContext::Server() {
  return std::shared_ptr<SslContext>(new SslContext(/*is_server=*/true));
}

absl::StatusOr<std::shared_ptr<SslContext>> SslContext::CreateDefault(
    Purpose purpose) {
  return CreateDefault(purpose, VerifyLocations());
}

absl::StatusOr<std::shared_ptr<SslContext>> SslContext::CreateDefault(
    Purpose purpose, const VerifyLocations& locations) {
  std::shared_ptr<SslContext> context =
      purpose == Purpose::kServerAuth ? Client() : Server();
  SSL_CTX* const native = context->native();
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(native),
                              X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_cert_verify_callback(native, &internal::VerifyChainStrictly,
                                   nullptr);
  if (locations.cafile().has_value() || locations.capath().has_value() ||
      locations.cadata().has_value()) {
    STREAMS_RETURN_IF_ERROR(context->LoadVerifyLocations(locations));
  } else if (context->verify_mode() != VerifyMode::kNone) {
    STREAMS_RETURN_IF_ERROR(context->LoadDefaultCerts());
  }
  const char* const key_log = ::secure_getenv("SSLKEYLOGFILE");
  if (key_log != nullptr && *key_log != '\0') {
    STREAMS_RETURN_IF_ERROR(context->SetKeyLogFile(key_log));
  }
  return context;
}

// --- Whom to trust ---

absl::Status SslContext::LoadVerifyLocations(const VerifyLocations& locations) {
  if (!locations.cafile().has_value() && !locations.capath().has_value() &&
      !locations.cadata().has_value()) {
    return MakeError(ErrorKind::kType,
                     "cafile, capath and cadata cannot be all omitted");
  }
  if (locations.cadata().has_value()) {
    STREAMS_RETURN_IF_ERROR(
        internal::LoadCaData(native(), *locations.cadata()));
  }
  if (locations.cafile().has_value()) {
    STREAMS_RETURN_IF_ERROR(
        internal::LoadCaFile(native(), *locations.cafile()));
  }
  if (locations.capath().has_value()) {
    STREAMS_RETURN_IF_ERROR(
        internal::LoadCaPath(native(), *locations.capath()));
  }
  return absl::OkStatus();
}

absl::Status SslContext::LoadDefaultCerts() {
  return internal::LoadSystemRoots(native());
}

absl::Status SslContext::SetVerifyMode(VerifyMode mode) {
  if (mode == VerifyMode::kNone && check_hostname_) {
    return MakeError(ErrorKind::kValue,
                     "Cannot set verify_mode to CERT_NONE when check_hostname "
                     "is enabled.");
  }
  verify_mode_ = mode;
  SSL_CTX_set_verify(native(), NativeVerifyMode(mode), nullptr);
  return absl::OkStatus();
}

void SslContext::set_check_hostname(bool check_hostname) {
  check_hostname_ = check_hostname;
  if (check_hostname && verify_mode_ == VerifyMode::kNone) {
    SetVerifyMode(VerifyMode::kRequired).IgnoreError();  // Never refused.
  }
}

// --- Who to be ---

absl::Status SslContext::LoadCertChain(const std::string& certfile) {
  return internal::LoadCertificateFiles(native(), certfile, certfile,
                                        std::nullopt);
}

absl::Status SslContext::LoadCertChain(const std::string& certfile,
                                       const std::string& keyfile) {
  return internal::LoadCertificateFiles(native(), certfile, keyfile,
                                        std::nullopt);
}

absl::Status SslContext::LoadCertChain(const std::string& certfile,
                                       const std::string& keyfile,
                                       const std::string& password) {
  return internal::LoadCertificateFiles(native(), certfile, keyfile, password);
}

absl::Status SslContext::LoadCertChainPem(absl::string_view certificates,
                                          absl::string_view key,
                                          const std::string& password) {
  const bssl::UniquePtr<BIO> certificates_bio =
      internal::MemoryBio(certificates);
  const bssl::UniquePtr<BIO> key_bio = internal::MemoryBio(key);
  return internal::LoadCertificate(native(), certificates_bio.get(),
                                   key_bio.get(), password);
}

// --- What to offer ---

absl::Status SslContext::SetMinimumVersion(TlsVersion version) {
  return SetVersion(SSL_CTX_set_min_proto_version, native(), version);
}

absl::Status SslContext::SetMaximumVersion(TlsVersion version) {
  return SetVersion(SSL_CTX_set_max_proto_version, native(), version);
}

TlsVersion SslContext::minimum_version() const {
  return static_cast<TlsVersion>(SSL_CTX_get_min_proto_version(native()));
}

TlsVersion SslContext::maximum_version() const {
  return static_cast<TlsVersion>(SSL_CTX_get_max_proto_version(native()));
}

absl::Status SslContext::SetCiphers(const std::string& ciphers) {
  // Tried on the side first: a list that fails leaves none behind.
  const bssl::UniquePtr<SSL_CTX> trial(SSL_CTX_new(TLS_method()));
  if (trial == nullptr || !SetCipherList(trial.get(), ciphers.c_str()) ||
      !SetCipherList(native(), ciphers.c_str())) {
    ERR_clear_error();
    return MakeError(ErrorKind::kSsl, "No cipher can be selected.");
  }
  return absl::OkStatus();
}

absl::Status SslContext::SetAlpnProtocols(
    const std::vector<std::string>& protocols) {
  std::vector<uint8_t> encoded;
  for (const std::string& protocol : protocols) {
    if (protocol.empty() || protocol.size() > 255) {
      return MakeError(ErrorKind::kSsl,
                       "ALPN protocols must be 1 to 255 in length");
    }
    encoded.push_back(static_cast<uint8_t>(protocol.size()));
    encoded.insert(encoded.end(), protocol.begin(), protocol.end());
  }
  // Zero is success, here.
  if (SSL_CTX_set_alpn_protos(native(), encoded.data(), encoded.size()) != 0) {
    return internal::LibraryError("ALPN protocols");
  }
  alpn_protocols_ = std::move(encoded);
  return absl::OkStatus();
}

void SslContext::SetServerNameCallback(ServerNameCallback callback) {
  server_name_callback_ = std::move(callback);
}

void SslContext::set_session_tickets(bool on) {
  if (on) {
    SSL_CTX_clear_options(native(), SSL_OP_NO_TICKET);
  } else {
    SSL_CTX_set_options(native(), SSL_OP_NO_TICKET);
  }
}

absl::Status SslContext::SetKeyLogFile(const std::string& path) {
  STREAMS_RETURN_IF_ERROR(key_log_file_.Open(path));
  SslContextCallbacks::InstallKeyLog(*this);
  return absl::OkStatus();
}

}  // namespace streams
