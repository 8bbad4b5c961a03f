// SPDX-License-Identifier: Apache-2.0
//
// The canonical text of a value in an outcome.
#ifndef CONFORMANCE_SCENARIO_VALUE_TEXT_H_
#define CONFORMANCE_SCENARIO_VALUE_TEXT_H_

#include <cstddef>
#include <string>

#include "conformance/protocol/value.h"

namespace conformance {

// Runs of this many equal bytes are written as a product.
inline constexpr size_t kMinRun = 32;
// Bytes and strings with a longer text than this are written as a digest.
inline constexpr size_t kMaxLiteralText = 256;

// `b"abc\n"`, `("127.0.0.1", 80)`, `LimitOverrunError(consumed=6)`,
// `<StreamReader>`; the entries of a dict in the order of their text. Strings
// are treated as bytes are. Messages of errors are left out. A reference or a
// callback is its name.
std::string ValueText(const Value& value);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_VALUE_TEXT_H_
