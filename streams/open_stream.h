// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_OPEN_STREAM_H_
#define STREAMS_OPEN_STREAM_H_

#include <memory>

#include "absl/status/statusor.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/socket.h"
#include "streams/reader.h"
#include "streams/stream_pair.h"
#include "streams/tls/tls_options.h"

namespace streams::internal {

// Puts a transport, a protocol and a writer on a connected socket; between
// them TLS, if `ssl` has a context. kRuntime if a transport has the socket
// already; the errors of the handshake, after which the socket is closed.
// asyncio: BaseEventLoop._create_connection_transport.
Task<absl::StatusOr<StreamPair>> OpenStream(
    EventLoop& loop, std::shared_ptr<StreamSocket> socket,
    std::unique_ptr<StreamReader> reader, TlsOptions ssl);

}  // namespace streams::internal

#endif  // STREAMS_OPEN_STREAM_H_
