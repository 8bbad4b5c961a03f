// SPDX-License-Identifier: Apache-2.0
//
// Messages to JSON. Internal to the codec.
#ifndef CONFORMANCE_PROTOCOL_MESSAGE_ENCODING_H_
#define CONFORMANCE_PROTOCOL_MESSAGE_ENCODING_H_

#include "conformance/protocol/message.h"
#include "nlohmann/json.hpp"

namespace conformance {

nlohmann::ordered_json EncodeMessage(const RunnerMessage& message);
nlohmann::ordered_json EncodeMessage(const TesteeMessage& message);

}  // namespace conformance

#endif  // CONFORMANCE_PROTOCOL_MESSAGE_ENCODING_H_
