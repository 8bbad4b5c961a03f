// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/digest.h"

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "conformance/scenario/sha256.h"
#include "conformance/scenario/token.h"

namespace conformance {
namespace {

constexpr size_t kDigits = 8;

}  // namespace

std::string ScenarioDigest(const Scenario& scenario) {
  std::string text = absl::StrCat(scenario.id, "\n");
  for (const Variable& variable : scenario.variables) {
    absl::StrAppend(&text, "for ", variable.name, " in ",
                    absl::StrJoin(variable.values, ",",
                                  [](std::string* out, const VariantValue& v) {
                                    absl::StrAppend(out, v.text);
                                  }),
                    "\n");
  }
  if (scenario.compare_messages) text += "compare messages\n";
  if (scenario.segments_any) text += "segments any\n";
  for (const Step& step : scenario.steps) {
    const absl::StatusOr<Line> line = Tokenize(step.source);
    absl::StrAppend(&text, step.actor, "> ",
                    line.ok() ? JoinTokens(line->tokens) : step.source, "\n");
  }
  return Sha256Hex(text).substr(0, kDigits);
}

RecordingState GetRecordingState(const Scenario& scenario) {
  if (!scenario.recorded_digest.has_value()) return RecordingState::kNone;
  return *scenario.recorded_digest == ScenarioDigest(scenario)
             ? RecordingState::kCurrent
             : RecordingState::kStale;
}

}  // namespace conformance
