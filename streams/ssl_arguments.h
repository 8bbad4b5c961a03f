// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_SSL_ARGUMENTS_H_
#define STREAMS_SSL_ARGUMENTS_H_

#include "absl/status/status.h"
#include "streams/tls/tls_options.h"

namespace streams::internal {

// kValue if `ssl` has no context, and something that means nothing without.
absl::Status CheckSslArguments(const TlsOptions& ssl);

}  // namespace streams::internal

#endif  // STREAMS_SSL_ARGUMENTS_H_
