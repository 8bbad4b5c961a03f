// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_STREAM_FUNCTIONS_H_
#define STREAMS_TESTEE_STREAM_FUNCTIONS_H_

#include "absl/status/statusor.h"
#include "streams/streams.h"
#include "streams/testee/call.h"

namespace streams::testee {

// asyncio's functions that make connections and servers: their arguments turned
// into our options.
absl::StatusOr<Answer> OpenConnectionCall(Call& call);
absl::StatusOr<Answer> OpenUnixConnectionCall(Call& call);
absl::StatusOr<Answer> StartServerCall(Call& call);
absl::StatusOr<Answer> StartUnixServerCall(Call& call);

// `(reader, writer)`.
Item PairItem(StreamPair pair);

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_STREAM_FUNCTIONS_H_
