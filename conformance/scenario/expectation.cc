// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/expectation.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace conformance {
namespace {

Expectation::Choice& ChoiceOf(Expectation& expectation,
                              const std::string& word) {
  for (Expectation::Choice& choice : expectation.choices) {
    if (choice.word == word) return choice;
  }
  expectation.choices.push_back({word, {}});
  return expectation.choices.back();
}

}  // namespace

bool TagMatches(const OutcomeTag& tag, const Version& edition,
                const Variant& variant) {
  return tag.editions.Contains(edition) &&
         std::all_of(tag.variables.begin(), tag.variables.end(),
                     [&variant](const auto& wanted) {
                       const VariantValue* value = variant.Find(wanted.first);
                       return value != nullptr &&
                              std::find(wanted.second.begin(),
                                        wanted.second.end(),
                                        value->text) != wanted.second.end();
                     });
}

std::string Expectation::ToString(bool with_messages) const {
  std::vector<std::string> texts;
  for (const Choice& choice : choices) {
    for (const Outcome& outcome : choice.outcomes) {
      const std::string text = with_messages ? OutcomeTextWithMessage(outcome)
                                             : OutcomeText(outcome);
      texts.push_back(choice.word.empty()
                          ? text
                          : absl::StrCat("[", choice.word, "] ", text));
    }
  }
  return absl::StrJoin(texts, " or ");
}

Expectation ExpectedOf(const Step& step, int statement, const Version& edition,
                       const Variant& variant) {
  Expectation expectation;
  for (const ExpectedOutcome& expected : step.expected) {
    if (expected.statement == statement &&
        TagMatches(expected.tag, edition, variant)) {
      ChoiceOf(expectation, expected.tag.word)
          .outcomes.push_back(expected.outcome);
    }
  }
  if (expectation.choices.empty()) {
    expectation.implicit = true;
    expectation.choices.push_back({"", {Outcome::Nothing()}});
  }
  return expectation;
}

Comparison Compare(const Expectation& expectation, const Outcome& observed,
                   bool compare_messages) {
  for (const Expectation::Choice& choice : expectation.choices) {
    for (const Outcome& outcome : choice.outcomes) {
      if (SameOutcome(outcome, observed, compare_messages)) {
        return {true, choice.word};
      }
    }
  }
  return {};
}

}  // namespace conformance
