// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_WRITE_BUFFER_LIMITS_H_
#define STREAMS_TRANSPORT_WRITE_BUFFER_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "streams/transport/transport.h"

namespace streams::internal {

// What Transport::SetWriteBufferLimits() makes of its arguments: see there.
// `default_high` is taken when neither is given.
absl::StatusOr<WriteBufferLimits> MakeWriteBufferLimits(
    std::optional<int64_t> high, std::optional<int64_t> low,
    size_t default_high);

}  // namespace streams::internal

#endif  // STREAMS_TRANSPORT_WRITE_BUFFER_LIMITS_H_
