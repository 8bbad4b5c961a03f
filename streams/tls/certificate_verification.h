// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_CERTIFICATE_VERIFICATION_H_
#define STREAMS_TLS_CERTIFICATE_VERIFICATION_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "openssl/ssl.h"

namespace streams::internal {

// Tells `ssl`, a client's, which name its server has: the SNI extension, but
// not for an address (RFC 6066, 3), and, if `check_hostname`, what the
// certificate must be for.
// Errors: kValue and kType, for a name that cannot be one.
absl::Status SetServerName(SSL* ssl, const std::string& server_hostname,
                           bool check_hostname);

// A name as it goes on the wire: labels that are not ASCII are refused (give
// them in their "xn--" form), as are empty ones and those over 63 characters.
absl::Status CheckServerName(const std::string& server_hostname);

// What ssl.VERIFY_X509_STRICT asks for, beyond what BoringSSL checks itself.
// Returns an X509_V_ERR_ of OpenSSL 3, or X509_V_OK.
int CheckChainStrictly(const STACK_OF(X509) * chain);

// Not RSA of less than 2048 bits.
bool HasStrongKey(X509* certificate);

// Whether keys and signatures are as strong as OpenSSL's security level 2, that
// of Debian, asks for: RSA of 2048 bits, no SHA-1. Returns an X509_V_ERR_.
int CheckStrength(const STACK_OF(X509) * chain);

// For SSL_CTX_set_cert_verify_callback(): BoringSSL's own verification, with
// OpenSSL 3's names for what it finds, and the check of strength; then, if so,
// the strict one.
int VerifyChain(X509_STORE_CTX* store_context, void* argument);
int VerifyChainStrictly(X509_STORE_CTX* store_context, void* argument);

// The words of CPython's SSLCertVerificationError.verify_message.
std::string VerifyMessage(const SSL* ssl, long code);  // NOLINT

}  // namespace streams::internal

#endif  // STREAMS_TLS_CERTIFICATE_VERIFICATION_H_
