// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/problem.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace conformance {
namespace {

// How much of a line is shown.
constexpr size_t kMaxShown = 160;

absl::string_view LineOf(absl::string_view text, int line) {
  for (int i = 1; i < line; ++i) {
    const size_t end = text.find('\n');
    if (end == absl::string_view::npos) return "";
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// Nothing in a file may steer a terminal.
std::string Printable(absl::string_view text) {
  std::string shown(text.substr(0, kMaxShown));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }, ' ');
  return shown;
}

}  // namespace

std::string FormatProblem(absl::string_view path, absl::string_view text,
                          const Problem& problem) {
  std::string shown(path);
  if (problem.line > 0) absl::StrAppend(&shown, ":", problem.line);
  if (problem.column > 0) absl::StrAppend(&shown, ":", problem.column);
  absl::StrAppend(&shown,
                  problem.severity == Problem::Severity::kError ? ": error: "
                                                                : ": warning: ",
                  problem.message, "\n");
  if (problem.line == 0) return shown;
  absl::StrAppend(&shown, "    ", Printable(LineOf(text, problem.line)), "\n");
  const auto column = static_cast<size_t>(problem.column);
  if (column > 0 && column <= kMaxShown) {
    absl::StrAppend(&shown, "    ", std::string(column - 1, ' '), "^\n");
  }
  return shown;
}

bool HasErrors(const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& p) {
    return p.severity == Problem::Severity::kError;
  });
}

}  // namespace conformance
