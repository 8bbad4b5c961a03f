// SPDX-License-Identifier: Apache-2.0
//
// The indented lines below `scenario`.
#ifndef CONFORMANCE_SCENARIO_HEADER_PARSER_H_
#define CONFORMANCE_SCENARIO_HEADER_PARSER_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/edition.h"
#include "conformance/scenario/model.h"

namespace conformance {

// Adds what `line` says to `scenario`. `column` is that of its first byte,
// `number` is its number. Errors are SyntaxErrors.
absl::Status ParseHeaderLine(absl::string_view line, int column, int number,
                             Scenario& scenario);

// `AREA/BEHAVIOUR-IN-WORDS`: lower case, digits, hyphens and dots.
bool IsScenarioId(absl::string_view id);

// `3.11.2 3.12.1`: full versions.
absl::StatusOr<std::vector<Version>> ParseVersions(absl::string_view text,
                                                   int column);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_HEADER_PARSER_H_
