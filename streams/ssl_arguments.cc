// SPDX-License-Identifier: Apache-2.0

#include "streams/ssl_arguments.h"

#include "absl/status/status.h"
#include "streams/os/error.h"

namespace streams::internal {

absl::Status CheckSslArguments(const TlsOptions& ssl) {
  if (ssl.context() != nullptr) return absl::OkStatus();
  if (ssl.server_hostname().has_value()) {
    return MakeError(ErrorKind::kValue,
                     "server_hostname is only meaningful with ssl");
  }
  if (ssl.has_handshake_timeout()) {
    return MakeError(ErrorKind::kValue,
                     "ssl_handshake_timeout is only meaningful with ssl");
  }
  if (ssl.has_shutdown_timeout()) {
    return MakeError(ErrorKind::kValue,
                     "ssl_shutdown_timeout is only meaningful with ssl");
  }
  return absl::OkStatus();
}

}  // namespace streams::internal
