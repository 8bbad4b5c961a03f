// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_TLS_CALLS_H_
#define STREAMS_TESTEE_TLS_CALLS_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "streams/streams.h"
#include "streams/testee/call.h"

namespace streams::testee {

// The protocol's functions that make SSL contexts.
absl::StatusOr<Answer> ClientContextCall(Call& call);
absl::StatusOr<Answer> ServerContextCall(Call& call);

// The arguments `ssl` (or, of start_tls, `sslcontext`), `server_hostname` and
// the two time-outs, as far as they are there. `ssl=True` is a client's default
// context.
absl::StatusOr<TlsOptions> TlsOptionsOf(Call& call,
                                        absl::string_view context_name,
                                        bool is_server);

// What get_extra_info() knows of TLS by that name; absent: nothing.
std::optional<Item> TlsExtraInfo(const std::shared_ptr<Transport>& transport,
                                 absl::string_view name);

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_TLS_CALLS_H_
