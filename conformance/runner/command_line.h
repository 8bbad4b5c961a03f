// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_COMMAND_LINE_H_
#define CONFORMANCE_RUNNER_COMMAND_LINE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace conformance {

// A program to start, as somebody would type it.
struct CommandLine {
  // Assignments in front of the program's name: `LC_ALL=C python3 testee.py`.
  std::vector<std::pair<std::string, std::string>> environment;
  // The program and its arguments; never empty.
  std::vector<std::string> arguments;
};

// Splits `text` into words as a shell does: blanks separate, single quotes,
// double quotes and backslashes protect. Nothing is expanded, and no shell
// runs.
//
// InvalidArgument: a quote that is not closed, or no program.
absl::StatusOr<CommandLine> ParseCommandLine(absl::string_view text);

// The inverse for one word: quoted if a shell would take it for anything else.
std::string ShellQuote(absl::string_view word);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_COMMAND_LINE_H_
