// SPDX-License-Identifier: Apache-2.0

#include "streams/tls_options.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "streams/os/error.h"

namespace streams::internal {

absl::Status CheckWithoutTls(
    bool has_server_hostname,
    std::optional<absl::Duration> ssl_handshake_timeout,
    std::optional<absl::Duration> ssl_shutdown_timeout) {
  if (has_server_hostname) {
    return MakeError(ErrorKind::kValue,
                     "server_hostname is only meaningful with ssl");
  }
  if (ssl_handshake_timeout.has_value()) {
    return MakeError(ErrorKind::kValue,
                     "ssl_handshake_timeout is only meaningful with ssl");
  }
  if (ssl_shutdown_timeout.has_value()) {
    return MakeError(ErrorKind::kValue,
                     "ssl_shutdown_timeout is only meaningful with ssl");
  }
  return absl::OkStatus();
}

}  // namespace streams::internal
