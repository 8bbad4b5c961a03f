// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_CERTIFICATE_LOADING_H_
#define STREAMS_TLS_CERTIFICATE_LOADING_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "openssl/bio.h"
#include "openssl/ssl.h"

namespace streams::internal {

// What SslContext loads. Errors are CPython's: see ssl_context.h.

absl::Status LoadCaFile(SSL_CTX* context, const std::string& path);
absl::Status LoadCaPath(SSL_CTX* context, const std::string& path);
// PEM if it is text, DER otherwise.
absl::Status LoadCaData(SSL_CTX* context, absl::string_view data);
absl::Status LoadSystemRoots(SSL_CTX* context);

// To read `bytes` from where they are.
bssl::UniquePtr<BIO> MemoryBio(absl::string_view bytes);

// A certificate with its chain, and its key. `password` absent: the key must
// not be encrypted.
absl::Status LoadCertificate(SSL_CTX* context, BIO* certificates, BIO* key,
                             const std::optional<std::string>& password);
absl::Status LoadCertificateFiles(SSL_CTX* context, const std::string& certfile,
                                  const std::string& keyfile,
                                  const std::optional<std::string>& password);

}  // namespace streams::internal

#endif  // STREAMS_TLS_CERTIFICATE_LOADING_H_
