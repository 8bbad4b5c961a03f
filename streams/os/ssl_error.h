// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_SSL_ERROR_H_
#define STREAMS_OS_SSL_ERROR_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/os/error.h"

namespace streams {

// The attributes of Python's ssl.SSLError; GetErrno() gives its errno, which is
// a number of OpenSSL's: 1 for SSL_ERROR_SSL.
struct SslErrorInfo {
  std::string library;  // "SSL", "X509"; empty: none.
  std::string reason;   // OpenSSL's symbol: "WRONG_VERSION_NUMBER"; or empty.
  // Of kSslCertVerification: X509_V_ERR_ and its words.
  int verify_code = 0;
  std::string verify_message;
};

// Of the kinds kSsl, kSslCertVerification, kSslEof and kSslZeroReturn.
std::optional<SslErrorInfo> GetSslError(const absl::Status& status);

// `kind` is one of those four.
absl::Status SslError(ErrorKind kind, int number, absl::string_view message,
                      const SslErrorInfo& info);

}  // namespace streams

#endif  // STREAMS_OS_SSL_ERROR_H_
