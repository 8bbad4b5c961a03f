// SPDX-License-Identifier: Apache-2.0
//
// A status that knows the column of what is wrong.
#ifndef CONFORMANCE_SCENARIO_SYNTAX_ERROR_H_
#define CONFORMANCE_SCENARIO_SYNTAX_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace conformance {

// kInvalidArgument with `message`; `column` is in bytes, from 1.
absl::Status SyntaxError(int column, absl::string_view message);

// Of a status made by SyntaxError; 0 for others.
int ColumnOf(const absl::Status& status);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_SYNTAX_ERROR_H_
