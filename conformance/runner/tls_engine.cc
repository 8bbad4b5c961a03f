// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/tls_engine.h"

#include <array>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"

namespace conformance {
namespace {

// More than a record: whatever has arrived is read in one go.
constexpr std::size_t kReadSize = 1 << 16;

bssl::UniquePtr<BIO> BioOf(absl::string_view text) {
  return bssl::UniquePtr<BIO>(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bssl::UniquePtr<X509> NextCertificate(BIO* bio) {
  bssl::UniquePtr<X509> certificate(
      PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
  // The end of the text is an error to BoringSSL.
  ERR_clear_error();
  return certificate;
}

absl::Status UseCertificate(SSL_CTX* context, absl::string_view pem) {
  const auto key_text = BioOf(pem);
  const bssl::UniquePtr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  const auto text = BioOf(pem);
  const auto leaf = NextCertificate(text.get());
  if (key == nullptr || leaf == nullptr ||
      SSL_CTX_use_certificate(context, leaf.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("that certificate has no usable key");
  }
  while (const auto issuer = NextCertificate(text.get())) {
    SSL_CTX_add1_chain_cert(context, issuer.get());
  }
  return absl::OkStatus();
}

absl::Status TrustAuthority(SSL_CTX* context, absl::string_view pem) {
  const auto text = BioOf(pem);
  const auto authority = NextCertificate(text.get());
  if (authority == nullptr) {
    return absl::InvalidArgumentError("that authority has no certificate");
  }
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get());
  SSL_CTX_add_client_CA(context, authority.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  return absl::OkStatus();
}

// Called by a server; `arg` is the vector of what it offers.
int SelectAlpn(SSL* /*ssl*/, const std::uint8_t** out, std::uint8_t* out_size,
               const std::uint8_t* offered, unsigned offered_size, void* arg) {
  const auto& own = *static_cast<const std::vector<std::uint8_t>*>(arg);
  std::uint8_t* selected = nullptr;
  const int result = SSL_select_next_proto(&selected, out_size, own.data(),
                                           static_cast<unsigned>(own.size()),
                                           offered, offered_size);
  *out = selected;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                          : SSL_TLSEXT_ERR_NOACK;
}

ErrorValue TlsError() {
  const std::uint32_t packed = ERR_peek_error();
  ERR_clear_error();
  ErrorValue error;
  error.kind = "SSLError";
  const char* reason = packed == 0 ? nullptr : ERR_reason_error_string(packed);
  error.message = reason != nullptr ? reason : "the other side has ended";
  return error;
}

}  // namespace

TlsEngine::~TlsEngine() = default;

absl::StatusOr<std::unique_ptr<TlsEngine>> TlsEngine::Make(
    const TlsSettings& settings) {
  std::unique_ptr<TlsEngine> engine(new TlsEngine());
  if (absl::Status status = engine->Configure(settings); !status.ok()) {
    return status;
  }
  return engine;
}

absl::Status TlsEngine::Configure(const TlsSettings& settings) {
  context_.reset(SSL_CTX_new(TLS_method()));
  SSL_CTX* const context = context_.get();
  // Tickets would be bytes that no scenario has asked for.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_info_callback(context, OnInfo);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (!settings.certificate.empty()) {
    absl::Status status = UseCertificate(context, settings.certificate);
    if (!status.ok()) return status;
  }
  if (!settings.authority.empty()) {
    absl::Status status = TrustAuthority(context, settings.authority);
    if (!status.ok()) return status;
  }
  // 0 is BoringSSL's own way to say "the default".
  if (SSL_CTX_set_min_proto_version(context, settings.minimum_version) != 1 ||
      SSL_CTX_set_max_proto_version(context, settings.maximum_version) != 1) {
    return absl::InvalidArgumentError("there is no such version of TLS");
  }
  if (!settings.ciphers.empty() &&
      SSL_CTX_set_strict_cipher_list(context, settings.ciphers.c_str()) != 1) {
    return absl::InvalidArgumentError("there are no such ciphers");
  }
  for (const std::string& protocol : settings.alpn) {
    if (protocol.empty() || protocol.size() > 255) {
      return absl::InvalidArgumentError("a protocol has 1 to 255 bytes");
    }
    alpn_wire_.push_back(static_cast<std::uint8_t>(protocol.size()));
    alpn_wire_.insert(alpn_wire_.end(), protocol.begin(), protocol.end());
  }
  if (!alpn_wire_.empty() && settings.server_side) {
    SSL_CTX_set_alpn_select_cb(context, SelectAlpn, &alpn_wire_);
  }
  ssl_.reset(SSL_new(context));
  SSL_set_app_data(ssl_.get(), this);
  incoming_ = BIO_new(BIO_s_mem());
  outgoing_ = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(incoming_, -1);  // Empty: later, not never.
  SSL_set_bio(ssl_.get(), incoming_, outgoing_);
  if (settings.server_side) {
    SSL_set_accept_state(ssl_.get());
    return absl::OkStatus();
  }
  SSL_set_connect_state(ssl_.get());
  if (!alpn_wire_.empty()) {
    SSL_set_alpn_protos(ssl_.get(), alpn_wire_.data(),
                        static_cast<unsigned>(alpn_wire_.size()));
  }
  if (!settings.server_hostname.empty() &&
      SSL_set_tlsext_host_name(ssl_.get(), settings.server_hostname.c_str()) !=
          1) {
    return absl::InvalidArgumentError("no name for a server");
  }
  return absl::OkStatus();
}

// `value` of an alert: its level in the upper byte, its description in the
// lower one.
void TlsEngine::OnInfo(const SSL* ssl, int type, int value) {
  if (type != SSL_CB_READ_ALERT || value >> 8 != SSL3_AL_FATAL) return;
  auto* engine = static_cast<TlsEngine*>(SSL_get_app_data(ssl));
  engine->received_alert_ = static_cast<std::uint8_t>(value & 0xff);
}

void TlsEngine::Feed(absl::string_view bytes) {
  BIO_write(incoming_, bytes.data(), static_cast<int>(bytes.size()));
}

void TlsEngine::FeedEof() { BIO_set_mem_eof_return(incoming_, 0); }

std::string TlsEngine::TakeOutput() {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  BIO_mem_contents(outgoing_, &data, &size);
  std::string output(reinterpret_cast<const char*>(data), size);
  BIO_reset(outgoing_);
  return output;
}

TlsEngine::Progress TlsEngine::Handshake() {
  if (established_) return Progress::kDone;
  ERR_clear_error();
  const Progress progress = ProgressOf(SSL_do_handshake(ssl_.get()));
  established_ = progress == Progress::kDone;
  return progress;
}

TlsEngine::Progress TlsEngine::ProgressOf(int result) {
  if (result > 0) return Progress::kDone;
  const int code = SSL_get_error(ssl_.get(), result);
  if (code == SSL_ERROR_WANT_READ) return Progress::kWantsInput;
  error_ = TlsError();
  return Progress::kFailed;
}

bool TlsEngine::Check(int result) {
  return ProgressOf(result) != Progress::kFailed;
}

TlsEngine::Progress TlsEngine::Read(std::string& data) {
  std::array<char, kReadSize> buffer;
  for (;;) {
    ERR_clear_error();
    const int count = SSL_read(ssl_.get(), buffer.data(), buffer.size());
    if (count > 0) {
      data.append(buffer.data(), static_cast<std::size_t>(count));
      continue;
    }
    const int code = SSL_get_error(ssl_.get(), count);
    if (code == SSL_ERROR_ZERO_RETURN) return Progress::kDone;
    // EOF of the connection itself, without close_notify.
    if (code == SSL_ERROR_SYSCALL && ERR_peek_error() == 0) {
      return Progress::kDone;
    }
    return ProgressOf(count);
  }
}

bool TlsEngine::received_close_notify() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool TlsEngine::Write(absl::string_view data) {
  if (data.empty()) return true;
  ERR_clear_error();
  return Check(
      SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size())));
}

bool TlsEngine::CloseNotify() {
  ERR_clear_error();
  // 0: sent, and the other side's has not arrived.
  const int result = SSL_shutdown(ssl_.get());
  return result >= 0 || Check(result);
}

bool TlsEngine::FatalAlert(std::uint8_t description) {
  ERR_clear_error();
  return Check(SSL_send_fatal_alert(ssl_.get(), description));
}

bool TlsEngine::KeyUpdate() {
  ERR_clear_error();
  // It waits for the next bytes that are written; there may be none.
  return Check(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED));
}

std::string TlsEngine::version() const { return SSL_get_version(ssl_.get()); }

std::string TlsEngine::cipher() const {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_.get());
  return cipher == nullptr ? "" : SSL_CIPHER_standard_name(cipher);
}

std::optional<std::string> TlsEngine::alpn_protocol() const {
  const std::uint8_t* data = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &data, &size);
  if (size == 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(data), size);
}

std::optional<std::string> TlsEngine::server_hostname() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return std::nullopt;
  return std::string(name);
}

std::optional<std::string> TlsEngine::peer_common_name() const {
  const bssl::UniquePtr<X509> certificate(SSL_get_peer_certificate(ssl_.get()));
  if (certificate == nullptr) return std::nullopt;
  std::array<char, 256> name = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()),
                            NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return std::string(name.data());
}

}  // namespace conformance
