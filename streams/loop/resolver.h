// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_RESOLVER_H_
#define STREAMS_LOOP_RESOLVER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address_lookup.h"

namespace streams {

// Looks addresses up without blocking the loop: a literal at once, without a
// turn in between; a name on a thread of a pool that all loops of the process
// share, of at most kMaxResolverThreads; more questions wait for their turn.
//
// Answers and errors are LookUpAddress()'s; kRuntime if the system has no
// thread for it. When cancelled, or dropped, the thread finishes its question
// for nobody. Not bounded in time: the system's resolver is, by tens of
// seconds. [loop.getaddrinfo]
Task<absl::StatusOr<std::vector<AddressInfo>>> Resolve(EventLoop& loop,
                                                       AddressQuery query);

inline constexpr int kMaxResolverThreads = 8;

namespace internal {

// Returns when no thread of the pool has a question, be it one that nobody
// waits for any more. For tests that count descriptors: a thread has some open
// while it looks for an answer.
void WaitUntilResolverIsIdle();

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_LOOP_RESOLVER_H_
