// SPDX-License-Identifier: Apache-2.0
//
// Something wrong with a scenario file, where, and how it is shown.
#ifndef CONFORMANCE_SCENARIO_PROBLEM_H_
#define CONFORMANCE_SCENARIO_PROBLEM_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace conformance {

struct Problem {
  enum class Severity { kError, kWarning };

  Severity severity = Severity::kError;
  int line = 0;    // From 1; 0: the file as a whole.
  int column = 0;  // In bytes, from 1; 0: the line as a whole.
  std::string message;
};

// "path:line:column: error: message", then the line itself with a caret below
// the column. `text` is that of the file.
std::string FormatProblem(absl::string_view path, absl::string_view text,
                          const Problem& problem);

bool HasErrors(const std::vector<Problem>& problems);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_PROBLEM_H_
