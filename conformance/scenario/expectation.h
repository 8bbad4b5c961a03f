// SPDX-License-Identifier: Apache-2.0
//
// What is expected of one statement in one edition and variant, and whether an
// outcome is that. Pure functions.
#ifndef CONFORMANCE_SCENARIO_EXPECTATION_H_
#define CONFORMANCE_SCENARIO_EXPECTATION_H_

#include <string>
#include <vector>

#include "conformance/scenario/edition.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/model.h"
#include "conformance/scenario/outcome.h"

namespace conformance {

struct Expectation {
  struct Choice {
    // "cpython", "safe", or empty: the deliberate choice that this is.
    std::string word;
    // Any of them will do; one, but for lines with `|`.
    std::vector<Outcome> outcomes;
  };
  // Any of them will do. Never empty: without a line, it is Outcome::Nothing().
  std::vector<Choice> choices;
  // No line says anything: that is Nothing() if the scenario is recorded, and
  // unknown if it is not.
  bool implicit = false;

  // "b\"a\" or b\"ab\"", with words where there are several choices; with the
  // errors' messages if they count.
  std::string ToString(bool with_messages = false) const;
};

// Whether an outcome with this tag is for that edition and variant.
bool TagMatches(const OutcomeTag& tag, const Version& edition,
                const Variant& variant);

// `edition` is a full version, or a minor (which stands for its newest
// release): see ResolveEdition.
Expectation ExpectedOf(const Step& step, int statement, const Version& edition,
                       const Variant& variant);

struct Comparison {
  bool matches = false;
  std::string word;  // Of the choice that it matched.
};

Comparison Compare(const Expectation& expectation, const Outcome& observed,
                   bool compare_messages);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_EXPECTATION_H_
