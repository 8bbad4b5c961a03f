// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_object.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "openssl/pool.h"
#include "openssl/ssl.h"

namespace streams {

SslObject::SslObject(ssl_st* native, std::shared_ptr<SslContext> context,
                     std::optional<std::string> server_hostname)
    : native_(native),
      context_(std::move(context)),
      server_hostname_(std::move(server_hostname)) {}

std::string SslObject::Version() const { return SSL_get_version(native_); }

std::optional<SslObject::CipherInfo> SslObject::Cipher() const {
  const SSL_CIPHER* const cipher = SSL_get_current_cipher(native_);
  if (cipher == nullptr) return std::nullopt;
  CipherInfo info;
  // OpenSSL's name: below TLS 1.3 it has one of its own.
  const bool is_tls13 = SSL_CIPHER_get_min_version(cipher) >= TLS1_3_VERSION;
  info.name =
      is_tls13 ? SSL_CIPHER_standard_name(cipher) : SSL_CIPHER_get_name(cipher);
  // That in which the cipher first came, and so are OpenSSL's words.
  switch (SSL_CIPHER_get_min_version(cipher)) {
    case TLS1_3_VERSION:
      info.protocol = "TLSv1.3";
      break;
    case TLS1_2_VERSION:
      info.protocol = "TLSv1.2";
      break;
    default:
      info.protocol = "TLSv1.0";
  }
  info.bits = SSL_CIPHER_get_bits(cipher, nullptr);
  return info;
}

std::optional<PeerCertificate> SslObject::GetPeerCertificate() const {
  const STACK_OF(CRYPTO_BUFFER)* const chain =
      SSL_get0_peer_certificates(native_);
  if (sk_CRYPTO_BUFFER_num(chain) == 0) return std::nullopt;
  const CRYPTO_BUFFER* const leaf = sk_CRYPTO_BUFFER_value(chain, 0);
  const absl::string_view der(
      reinterpret_cast<const char*>(CRYPTO_BUFFER_data(leaf)),
      CRYPTO_BUFFER_len(leaf));
  return internal::DecodeCertificate(
      der, context_->verify_mode() != VerifyMode::kNone);
}

std::optional<std::string> SslObject::SelectedAlpnProtocol() const {
  const uint8_t* data = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(native_, &data, &size);
  if (size == 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(data), size);
}

bool SslObject::SessionReused() const {
  return SSL_session_reused(native_) != 0;
}

}  // namespace streams
