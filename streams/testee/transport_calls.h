// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_TRANSPORT_CALLS_H_
#define STREAMS_TESTEE_TRANSPORT_CALLS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "conformance/protocol/value.h"
#include "streams/streams.h"
#include "streams/testee/call.h"

namespace streams::testee {

// get_extra_info(name, default=None) of writers and transports.
absl::StatusOr<Answer> GetExtraInfo(
    Call& call, const std::shared_ptr<Transport>& transport);

// write(data) and writelines(data) of both.
absl::StatusOr<Answer> Write(Call& call, Transport& transport);
absl::StatusOr<Answer> WriteLines(Call& call, Transport& transport);

// As the socket module writes it: ("127.0.0.1", 80), or a path; None if there
// is none.
conformance::Value AddressToValue(const SocketAddress* address);

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_TRANSPORT_CALLS_H_
