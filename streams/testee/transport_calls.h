// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_TRANSPORT_CALLS_H_
#define STREAMS_TESTEE_TRANSPORT_CALLS_H_

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "conformance/protocol/value.h"
#include "streams/streams.h"
#include "streams/testee/call.h"

namespace streams::testee {

// get_extra_info(name, default=None) of writers and transports.
absl::StatusOr<Answer> GetExtraInfo(
    Call& call, const std::shared_ptr<Transport>& transport);

// write(data) and writelines(data) of both: what Python checks, then `write`.
absl::StatusOr<Answer> Write(
    Call& call, absl::FunctionRef<absl::Status(absl::string_view)> write);
absl::StatusOr<Answer> WriteLines(
    Call& call,
    absl::FunctionRef<absl::Status(absl::Span<const absl::string_view>)> write);

// As the socket module writes it: ("127.0.0.1", 80), or a path; None if there
// is none.
conformance::Value AddressToValue(const SocketAddress* address);

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_TRANSPORT_CALLS_H_
