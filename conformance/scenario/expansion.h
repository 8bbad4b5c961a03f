// SPDX-License-Identifier: Apache-2.0
//
// A scenario with `for` lines is several: one for each combination of values.
#ifndef CONFORMANCE_SCENARIO_EXPANSION_H_
#define CONFORMANCE_SCENARIO_EXPANSION_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/scenario/model.h"

namespace conformance {

inline constexpr int kMaxVariants = 1000;

struct Variant {
  // "area/behaviour", or "area/behaviour[tcp,1.3]".
  std::string id;
  // In the order of the `for` lines.
  std::vector<std::pair<std::string, VariantValue>> variables;

  // Null if there is no such variable.
  const VariantValue* Find(absl::string_view name) const;
};

// In the order of the `for` lines, the last one varying fastest. At least one.
// The parser sees to it that there are at most kMaxVariants.
std::vector<Variant> Expand(const Scenario& scenario);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_EXPANSION_H_
