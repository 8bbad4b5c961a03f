// SPDX-License-Identifier: Apache-2.0
//
// Values to JSON, by the table of conformance/protocol/README.md. Internal to
// the codec. Members come in the order of the README, so that a log reads like
// it.
#ifndef CONFORMANCE_PROTOCOL_VALUE_ENCODING_H_
#define CONFORMANCE_PROTOCOL_VALUE_ENCODING_H_

#include <vector>

#include "conformance/protocol/value.h"
#include "nlohmann/json.hpp"

namespace conformance {

nlohmann::ordered_json EncodeValue(const Value& value);
nlohmann::ordered_json EncodeValues(const std::vector<Value>& values);
nlohmann::ordered_json EncodeNamed(const NamedValues& values);
// `{"kind":…,"attributes":…,"message":…}`, or with `args`.
nlohmann::ordered_json EncodeError(const ErrorValue& error);

}  // namespace conformance

#endif  // CONFORMANCE_PROTOCOL_VALUE_ENCODING_H_
