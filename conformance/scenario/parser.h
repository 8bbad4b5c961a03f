// SPDX-License-Identifier: Apache-2.0
//
// From the text of a scenario file to the model.
//
// Pure functions. Whatever the text is, they end, in time and memory in
// proportion to it, and report at most kMaxProblems problems. Limits: a file of
// 4 MiB, a line of 64 KiB, and literals that expand (`b"x" * n`) to 16 MiB in
// an expression and 64 MiB in a file.
#ifndef CONFORMANCE_SCENARIO_PARSER_H_
#define CONFORMANCE_SCENARIO_PARSER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/scenario/model.h"
#include "conformance/scenario/problem.h"

namespace conformance {

inline constexpr int kMaxProblems = 50;

struct ParsedFile {
  // What could be understood; complete if `problems` has no error.
  ScenarioFile file;
  std::vector<Problem> problems;
};

// `path` is only for messages. The caller should go on to Validate.
ParsedFile ParseScenarios(absl::string_view path, absl::string_view text);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_PARSER_H_
