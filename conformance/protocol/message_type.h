// SPDX-License-Identifier: Apache-2.0
//
// What messages are called on the wire.
#ifndef CONFORMANCE_PROTOCOL_MESSAGE_TYPE_H_
#define CONFORMANCE_PROTOCOL_MESSAGE_TYPE_H_

#include "absl/strings/string_view.h"
#include "conformance/protocol/message.h"

namespace conformance {

// "op", "done" …: the member `type`.
absl::string_view MessageType(const RunnerMessage& message);
absl::string_view MessageType(const TesteeMessage& message);

}  // namespace conformance

#endif  // CONFORMANCE_PROTOCOL_MESSAGE_TYPE_H_
