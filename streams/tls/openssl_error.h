// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_OPENSSL_ERROR_H_
#define STREAMS_TLS_OPENSSL_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "openssl/ssl.h"

namespace streams::internal {

// BoringSSL's errors in the terms of CPython's, hence of OpenSSL 3. Each
// empties the thread's error queue.

// What SSL_get_error() and the queue say after a call on `ssl` that returned
// `result` and failed.
absl::Status ConnectionError(const SSL* ssl, int result);

// What the queue says after any other call: "[SSL] PEM lib" if that is
// `otherwise`, and the queue has nothing.
absl::Status LibraryError(absl::string_view otherwise);

// Without CPython's "(_ssl.c:1029)" at the end.
absl::Status SslErrorOfReason(int number, absl::string_view library,
                              absl::string_view reason);

// OpenSSL's words for an X509_V_ERR_.
std::string VerifyErrorWords(long code);  // NOLINT: BoringSSL's type.

}  // namespace streams::internal

#endif  // STREAMS_TLS_OPENSSL_ERROR_H_
