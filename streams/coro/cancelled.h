// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_CANCELLED_H_
#define STREAMS_CORO_CANCELLED_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace streams {

// What an await returns when its task was cancelled. Nothing but cancellation
// carries the code kCancelled, so absl::IsCancelled() recognises it; making it
// allocates nothing. [asyncio.CancelledError]
inline absl::Status CancelledError() {
  return absl::Status(absl::StatusCode::kCancelled, absl::string_view());
}

}  // namespace streams

#endif  // STREAMS_CORO_CANCELLED_H_
