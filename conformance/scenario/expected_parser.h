// SPDX-License-Identifier: Apache-2.0
//
// A line with what is expected: `[3.14+] 2: b"abc"`, `| b"a"`.
#ifndef CONFORMANCE_SCENARIO_EXPECTED_PARSER_H_
#define CONFORMANCE_SCENARIO_EXPECTED_PARSER_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/model.h"

namespace conformance {

// `column` is that of the first byte of `line`; `number` its number;
// `statements` how many its step has. Errors are SyntaxErrors.
absl::StatusOr<ExpectedOutcome> ParseExpected(absl::string_view line,
                                              int column, int number,
                                              size_t statements,
                                              size_t* expansion);

// The text between the brackets.
absl::StatusOr<OutcomeTag> ParseTag(absl::string_view text, int column);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_EXPECTED_PARSER_H_
