// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_HAPPY_EYEBALLS_H_
#define STREAMS_HAPPY_EYEBALLS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address.h"
#include "streams/os/socket.h"

namespace streams::internal {

// Orders addresses so that those of one family take turns with those of the
// others; of the family that comes first, `first_family_count` (or one, if that
// is less) stand at the front. RFC 8305, section 4. asyncio:
// base_events._interleave_addrinfos.
std::vector<SocketAddress> InterleaveFamilies(
    std::vector<SocketAddress> addresses, int64_t first_family_count);

// Connects to whichever of `remotes` answers first: begins with the first, and
// goes on to the next when the one before it has failed, or `delay` has passed
// since it began. All that were begun go on, until one has won: then the others
// are closed. See ConnectSocketFrom() for `locals`.
//
// When none has won, what went wrong is added to `errors`, in the order in
// which they were begun, and the status is any of it. Cancelled, or dropped:
// nothing stays open. Never more sockets at a time than there are `remotes`.
//
// RFC 8305, section 5. asyncio: staggered.staggered_race.
Task<absl::StatusOr<StreamSocket>> RaceToConnect(
    EventLoop& loop, std::vector<SocketAddress> remotes,
    std::vector<SocketAddress> locals, absl::Duration delay,
    std::vector<absl::Status>& errors);

}  // namespace streams::internal

#endif  // STREAMS_HAPPY_EYEBALLS_H_
