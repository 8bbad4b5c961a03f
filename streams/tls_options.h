// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_OPTIONS_H_
#define STREAMS_TLS_OPTIONS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace streams::internal {

// kValue if an option is given that means nothing without TLS.
absl::Status CheckWithoutTls(
    bool has_server_hostname,
    std::optional<absl::Duration> ssl_handshake_timeout,
    std::optional<absl::Duration> ssl_shutdown_timeout);

}  // namespace streams::internal

#endif  // STREAMS_TLS_OPTIONS_H_
