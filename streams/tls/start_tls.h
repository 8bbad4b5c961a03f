// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_START_TLS_H_
#define STREAMS_TLS_START_TLS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/tls/tls_options.h"
#include "streams/transport/protocol.h"
#include "streams/transport/transport.h"

namespace streams {

// Goes on in TLS on a connection that stands, and returns the transport that
// `protocol` is to use from now on; its ConnectionMade is not called again.
// `transport` may itself be one of TLS.
//
// Whatever `protocol` has received and nobody has read yet (its TakeUnread())
// belongs to the handshake: what was sent in plaintext is never taken for what
// came over TLS (the STARTTLS injection, CVE-2011-0411).
//
// Errors: kType without a context; kValue as TlsOptions::Validate() and for a
//   server_hostname that the context cannot use; those of the handshake (kSsl,
//   kSslCertVerification, kConnectionReset, kConnectionAborted after the
//   time-out). The transport is closed after those of the handshake.
// Cancellation: closes `transport`; so does dropping the task.
//
// asyncio: loop.start_tls; CPython issue gh-142352.
Task<absl::StatusOr<std::shared_ptr<Transport>>> StartTls(
    EventLoop& loop, std::shared_ptr<Transport> transport,
    std::shared_ptr<Protocol> protocol, TlsOptions options);

}  // namespace streams

#endif  // STREAMS_TLS_START_TLS_H_
