// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/tls_options.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "streams/os/error.h"

namespace streams {
namespace internal {

std::string FormatSeconds(absl::Duration duration) {
  return absl::StrCat(absl::ToDoubleSeconds(duration));
}

}  // namespace internal

absl::Status TlsOptions::Validate() const {
  if (handshake_timeout() <= absl::ZeroDuration()) {
    return MakeError(
        ErrorKind::kValue,
        absl::StrCat("ssl_handshake_timeout should be a positive number, got ",
                     internal::FormatSeconds(handshake_timeout())));
  }
  if (shutdown_timeout() <= absl::ZeroDuration()) {
    return MakeError(
        ErrorKind::kValue,
        absl::StrCat("ssl_shutdown_timeout should be a positive number, got ",
                     internal::FormatSeconds(shutdown_timeout())));
  }
  if (context_ == nullptr && server_side_) {
    return MakeError(ErrorKind::kValue,
                     "Server side SSL needs a valid SSLContext");
  }
  return absl::OkStatus();
}

}  // namespace streams
