// SPDX-License-Identifier: Apache-2.0
//
// JSON to messages. Internal to the codec.
#ifndef CONFORMANCE_PROTOCOL_MESSAGE_DECODING_H_
#define CONFORMANCE_PROTOCOL_MESSAGE_DECODING_H_

#include "absl/status/statusor.h"
#include "conformance/protocol/message.h"
#include "nlohmann/json.hpp"

namespace conformance {

// `json` is an object whose `type` is a string.
absl::StatusOr<RunnerMessage> DecodeRunnerMessage(const nlohmann::json& json);
absl::StatusOr<TesteeMessage> DecodeTesteeMessage(const nlohmann::json& json);

}  // namespace conformance

#endif  // CONFORMANCE_PROTOCOL_MESSAGE_DECODING_H_
