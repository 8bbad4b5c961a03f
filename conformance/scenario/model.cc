// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/model.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace conformance {

std::string OutcomeTag::ToString() const {
  std::vector<std::string> parts;
  for (const auto& [name, values] : variables) {
    parts.push_back(absl::StrCat(name, "=", absl::StrJoin(values, ",")));
  }
  if (!editions.ranges.empty()) parts.push_back(editions.ToString());
  if (!word.empty()) parts.push_back(word);
  return absl::StrJoin(parts, " ");
}

bool Scenario::AppliesTo(const Version& edition) const {
  EditionRange range;
  if (since.has_value()) range.first = *since;
  range.last = until;
  return range.Contains(edition);
}

std::vector<Version> RecordedVersions(const ScenarioFile& file,
                                      const Scenario& scenario) {
  std::vector<Version> versions;
  if (!scenario.recorded_digest.has_value()) return versions;
  for (const Version& version :
       scenario.recorded_on.empty() ? file.recorded_on : scenario.recorded_on) {
    if (scenario.AppliesTo(version)) versions.push_back(version);
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

}  // namespace conformance
