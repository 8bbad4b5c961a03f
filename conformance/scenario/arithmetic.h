// SPDX-License-Identifier: Apache-2.0
//
// Python's operators on values, as far as scenarios have them.
#ifndef CONFORMANCE_SCENARIO_ARITHMETIC_H_
#define CONFORMANCE_SCENARIO_ARITHMETIC_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"

namespace conformance {

// The largest result of any of these, in bytes or elements.
inline constexpr size_t kMaxResultSize = size_t{128} << 20;

// How many bytes `a * b` would have; 0 if it is no product of bytes or text.
uint64_t ProductBytes(const Value& a, const Value& b);

// Errors are kInvalidArgument in Python's words.
absl::StatusOr<Value> Add(Value a, const Value& b);
absl::StatusOr<Value> Multiply(const Value& a, const Value& b);
absl::StatusOr<Value> Negate(const Value& a);
absl::StatusOr<Value> Length(const Value& a);
// `op` is one of == != < <= > >=.
absl::StatusOr<Value> CompareValues(absl::string_view op, const Value& a,
                                    const Value& b);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_ARITHMETIC_H_
