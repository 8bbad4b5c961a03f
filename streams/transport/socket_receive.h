// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_SOCKET_RECEIVE_H_
#define STREAMS_TRANSPORT_SOCKET_RECEIVE_H_

#include <sys/types.h>

#include <cstddef>

#include "absl/status/status.h"
#include "streams/transport/protocol.h"

namespace streams::internal {

// The most that a connection gets at once. [_SelectorTransport.max_size]
inline constexpr size_t kMaxReceived = 256 * 1024;
// The same of one that nobody waits behind: the first part of a large message
// is answered, and on its way, while the rest is fetched. Who has others beside
// it is served by fewer turns.
inline constexpr size_t kMaxReceivedAlone = 64 * 1024;

// Receives at most `most` bytes, one of those, and gives that to `protocol`,
// whose answer it returns. *count is what recv() says: how many bytes, zero at
// EOF, or -1 (and errno), of which the protocol hears nothing.
//
// `expected` is how many came the last time. Where that was little, the bytes
// come by way of a buffer of the thread; where it was much, directly into a
// string, which the protocol may keep (Protocol::BlockReceived()).
absl::Status ReceiveFor(Protocol& protocol, int fd, size_t expected,
                        size_t most, ssize_t* count);

}  // namespace streams::internal

#endif  // STREAMS_TRANSPORT_SOCKET_RECEIVE_H_
