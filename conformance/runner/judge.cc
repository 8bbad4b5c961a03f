// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/judge.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace conformance {
namespace {

bool HasChoice(const Expectation& expectation) {
  return expectation.choices.size() > 1 ||
         expectation.choices[0].outcomes.size() > 1 ||
         !expectation.choices[0].word.empty();
}

// Goes through the statements in order, as long as the history tells something.
std::optional<Divergence> FindDivergence(const Scenario& scenario,
                                         const Expectations& expectations,
                                         const RunHistory& history,
                                         std::vector<std::string>& choices) {
  std::size_t index = 0;
  for (const Step& step : scenario.steps) {
    for (std::size_t i = 0; i < step.statements.size(); ++i, ++index) {
      if (index >= history.outcomes.size()) return std::nullopt;
      const Expectation& expectation = expectations[index];
      const Outcome& actual = history.outcomes[index].outcome;
      const Comparison comparison =
          Compare(expectation, actual, scenario.compare_messages);
      if (!comparison.matches) {
        Divergence divergence;
        divergence.line = step.line;
        divergence.statement = static_cast<int>(i);
        divergence.source = step.statements[i].source;
        divergence.expected = expectation.ToString(scenario.compare_messages);
        divergence.actual = OutcomeTextWithMessage(actual);
        divergence.outcome = OutcomeText(actual);
        return divergence;
      }
      if (!comparison.word.empty() &&
          std::find(choices.begin(), choices.end(), comparison.word) ==
              choices.end()) {
        choices.push_back(comparison.word);
      }
    }
  }
  return std::nullopt;
}

Verdict VerdictOf(RunState state, bool diverges) {
  switch (state) {
    case RunState::kObserved:
      return diverges ? Verdict::kFail : Verdict::kPass;
    case RunState::kPeerTimeout:
      return Verdict::kFail;
    case RunState::kUnsupported:
      return Verdict::kUnsupported;
    case RunState::kNotApplicable:
    case RunState::kScenarioError:
      return Verdict::kInconclusive;
    case RunState::kCouldNotStart:
    case RunState::kCrash:
      return Verdict::kCrash;
    case RunState::kTimeout:
      return Verdict::kTimeout;
    case RunState::kProtocolError:
      return Verdict::kProtocolError;
  }
  return Verdict::kInconclusive;
}

}  // namespace

Expectations RecordedExpectations(const Scenario& scenario,
                                  const Variant& variant,
                                  const Version& edition) {
  Expectations expectations;
  for (const Step& step : scenario.steps) {
    for (std::size_t i = 0; i < step.statements.size(); ++i) {
      expectations.push_back(
          ExpectedOf(step, static_cast<int>(i), edition, variant));
    }
  }
  return expectations;
}

Expectations LiveExpectations(const Scenario& scenario, const Variant& variant,
                              const Version& oracle_version,
                              const RunHistory& oracle) {
  Expectations expectations =
      RecordedExpectations(scenario, variant, oracle_version);
  for (std::size_t i = 0; i < expectations.size(); ++i) {
    if (i >= oracle.outcomes.size()) break;
    const Outcome& outcome = oracle.outcomes[i].outcome;
    if (HasChoice(expectations[i]) &&
        Compare(expectations[i], outcome, scenario.compare_messages).matches) {
      continue;
    }
    Expectation::Choice choice;
    choice.outcomes.push_back(outcome);
    expectations[i] = Expectation();
    expectations[i].choices.push_back(std::move(choice));
  }
  return expectations;
}

Judgement Judge(const Scenario& scenario, const Expectations& expectations,
                const RunHistory& history) {
  Judgement judgement;
  judgement.explanation = history.explanation;
  judgement.divergence =
      FindDivergence(scenario, expectations, history, judgement.choices);
  judgement.verdict =
      VerdictOf(history.state, judgement.divergence.has_value());
  if (judgement.verdict == Verdict::kPass &&
      history.outcomes.size() != expectations.size()) {
    // No run leaves such a history, but a file of them may be damaged.
    judgement.verdict = Verdict::kInconclusive;
    judgement.explanation =
        absl::StrCat("its history has ", history.outcomes.size(),
                     " outcomes for ", expectations.size(), " statements");
  }
  if (judgement.divergence.has_value() || history.stopped_at_line == 0) {
    return judgement;
  }
  // The step that could not be finished: there, and not at what came back.
  std::size_t index = 0;
  for (const Step& step : scenario.steps) {
    for (std::size_t i = 0; i < step.statements.size(); ++i, ++index) {
      const bool is_next = index >= history.outcomes.size();
      if (step.line != history.stopped_at_line || !is_next) continue;
      Divergence divergence;
      divergence.line = step.line;
      divergence.statement = static_cast<int>(i);
      divergence.source = step.statements[i].source;
      divergence.expected =
          expectations[index].ToString(scenario.compare_messages);
      divergence.actual = history.explanation;
      divergence.outcome = std::string(VerdictName(judgement.verdict));
      judgement.divergence = std::move(divergence);
      return judgement;
    }
  }
  return judgement;
}

}  // namespace conformance
