// SPDX-License-Identifier: Apache-2.0
//
// The result of a certification for a person at a terminal. Pure functions.
#ifndef CONFORMANCE_REPORT_TEXT_REPORT_H_
#define CONFORMANCE_REPORT_TEXT_REPORT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "conformance/runner/certification.h"

namespace conformance {

// One unexpected result: the steps up to the first divergence, there what was
// expected and what came, and how to see it again. `reproduction` is a command
// line without its --filter, or all up to the filter, if it ends with `=`. Ends
// with a line feed.
std::string FormatScenario(const ScenarioResult& result,
                           absl::string_view reproduction, bool verbose);

// All that a person should see, one block a scenario; empty if all is well.
std::string FormatResult(const CertificationResult& result,
                         absl::string_view reproduction, bool verbose);

// The last line: "certified: 131 of 131 scenarios pass, edition 3.15".
std::string FormatSummary(const CertificationResult& result);

// A regular expression that matches just this id, in quotes for a shell.
std::string FilterFor(absl::string_view id);

}  // namespace conformance

#endif  // CONFORMANCE_REPORT_TEXT_REPORT_H_
