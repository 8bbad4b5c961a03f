// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_CONNECT_SOCKET_H_
#define STREAMS_CONNECT_SOCKET_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address.h"
#include "streams/os/socket.h"

namespace streams::internal {

// Makes a socket and connects it. asyncio: sock_connect.
Task<absl::StatusOr<StreamSocket>> ConnectSocket(EventLoop& loop,
                                                 SocketAddress address);

// The same, bound before to the first of `locals` that is of the address's
// family and can be bound. What went wrong is added to `errors`, which may be
// several things. asyncio: BaseEventLoop._connect_sock.
Task<absl::StatusOr<StreamSocket>> ConnectSocketFrom(
    EventLoop& loop, SocketAddress address, std::vector<SocketAddress> locals,
    std::vector<absl::Status>& errors);

// As Python writes it in messages: "('127.0.0.1', 80)", or the path.
std::string PythonAddress(const SocketAddress& address);

}  // namespace streams::internal

#endif  // STREAMS_CONNECT_SOCKET_H_
