// SPDX-License-Identifier: Apache-2.0
//
// From the text of an outcome to the outcome.
#ifndef CONFORMANCE_SCENARIO_OUTCOME_PARSER_H_
#define CONFORMANCE_SCENARIO_OUTCOME_PARSER_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/outcome.h"

namespace conformance {

// With or without a message (`  # text`). Whatever stands for more than it says
// (`bytes(length=…, sha256=…)`) becomes a CallValue of that name, whose text is
// the same again; bytes and strings of more than 64 KiB become a Reference
// whose name is their text, since a model must stay small and comparing needs
// only the text. `column` is that of the first byte, `*expansion` what literals
// may still expand to. Errors are SyntaxErrors.
absl::StatusOr<Outcome> ParseOutcome(absl::string_view text, int column,
                                     size_t* expansion);
absl::StatusOr<Outcome> ParseOutcome(absl::string_view text);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_OUTCOME_PARSER_H_
