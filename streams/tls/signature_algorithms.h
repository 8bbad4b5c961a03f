// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SIGNATURE_ALGORITHMS_H_
#define STREAMS_TLS_SIGNATURE_ALGORITHMS_H_

#include "openssl/ssl.h"

namespace streams::internal {

// How a peer may prove in the handshake that the key of its certificate is its
// own (ServerKeyExchange, CertificateVerify), and how `context` does: what a
// client offers and a server asks of client certificates for, and what either
// signs with. (RFC 8446, 4.2.3) Those of certificates are CheckStrength()'s
// matter.
//
// CPython 3.15 with Debian's OpenSSL at its security level, 2: no SHA-1.
void SetSignatureAlgorithms(SSL_CTX* context);

}  // namespace streams::internal

#endif  // STREAMS_TLS_SIGNATURE_ALGORITHMS_H_
