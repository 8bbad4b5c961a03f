// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_STREAMS_H_
#define STREAMS_STREAMS_H_

// Everything that a program needs for asyncio's streams in C++: an EventLoop to
// run on; OpenConnection(), StartServer() and their Unix counterparts, which
// give a StreamReader and a StreamWriter; and Task<T>, for coroutines that
// await them. Each header says for its own part who owns what and for how long,
// and what happens at EOF, at an error and on cancellation.
//
// asyncio: asyncio.streams and the part of the event loop below it.

#include "streams/client_connected_callback.h"
#include "streams/coro/cancelled.h"
#include "streams/coro/gather.h"
#include "streams/coro/shield.h"
#include "streams/coro/status_macros.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/coro/yield.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/io_handler.h"
#include "streams/loop/sleep.h"
#include "streams/loop/task_group.h"
#include "streams/loop/timeout.h"
#include "streams/loop/timer.h"
#include "streams/loop/wait_for.h"
#include "streams/open_connection.h"
#include "streams/open_unix_connection.h"
#include "streams/os/address.h"
#include "streams/os/address_lookup.h"
#include "streams/os/error.h"
#include "streams/os/exception_group.h"
#include "streams/os/fd.h"
#include "streams/os/socket.h"
#include "streams/os/ssl_error.h"
#include "streams/read_into.h"
#include "streams/reader.h"
#include "streams/separators.h"
#include "streams/server.h"
#include "streams/start_server.h"
#include "streams/start_unix_server.h"
#include "streams/stream_pair.h"
#include "streams/stream_reader_protocol.h"
#include "streams/tls/peer_certificate.h"
#include "streams/tls/ssl_context.h"
#include "streams/tls/ssl_object.h"
#include "streams/tls/ssl_session.h"
#include "streams/tls/start_tls.h"
#include "streams/tls/tls_options.h"
#include "streams/transport/protocol.h"
#include "streams/transport/socket_transport.h"
#include "streams/transport/transport.h"
#include "streams/writer.h"

#endif  // STREAMS_STREAMS_H_
