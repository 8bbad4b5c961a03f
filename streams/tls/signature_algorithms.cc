// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/signature_algorithms.h"

#include <cstdint>
#include <cstdlib>
#include <iterator>

#include "openssl/ssl.h"

namespace streams::internal {
namespace {

// In the order of the oracle's ClientHello, as far as BoringSSL has them. It
// hasn't what few have: ML-DSA, Ed448, the Brainpool curves, RSASSA-PSS keys,
// SHA-224, DSA. By default it has SHA-1 besides, at the end (an attacker who
// finds a collision in time has the server's signature: SLOTH), and believes
// neither P-521 nor Ed25519.
constexpr uint16_t kAlgorithms[] = {
    SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_ECDSA_SECP384R1_SHA384,
    SSL_SIGN_ECDSA_SECP521R1_SHA512, SSL_SIGN_ED25519,
    SSL_SIGN_RSA_PSS_RSAE_SHA256,    SSL_SIGN_RSA_PSS_RSAE_SHA384,
    SSL_SIGN_RSA_PSS_RSAE_SHA512,    SSL_SIGN_RSA_PKCS1_SHA256,
    SSL_SIGN_RSA_PKCS1_SHA384,       SSL_SIGN_RSA_PKCS1_SHA512,
};

}  // namespace

void SetSignatureAlgorithms(SSL_CTX* context) {
  // BoringSSL's own list, which is laxer, is not to stay; only memory can lack.
  if (SSL_CTX_set_verify_algorithm_prefs(context, kAlgorithms,
                                         std::size(kAlgorithms)) != 1 ||
      SSL_CTX_set_signing_algorithm_prefs(context, kAlgorithms,
                                          std::size(kAlgorithms)) != 1) {
    std::abort();
  }
}

}  // namespace streams::internal
