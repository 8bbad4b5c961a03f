// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/scenario_run.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "conformance/runner/step_driver.h"
#include "conformance/scenario/requirements.h"

namespace conformance {
namespace {

RunState StateOf(TesteeFailureKind kind) {
  switch (kind) {
    case TesteeFailureKind::kCouldNotStart:
      return RunState::kCouldNotStart;
    case TesteeFailureKind::kCrash:
      return RunState::kCrash;
    case TesteeFailureKind::kTimeout:
      return RunState::kTimeout;
    case TesteeFailureKind::kProtocolError:
      return RunState::kProtocolError;
  }
  return RunState::kProtocolError;
}

bool Contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// False: the run ended with this step.
bool RunStep(const Step& step, StepDriver& driver, RunHistory& history) {
  StepDriver::Result result = driver.Run(step);
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    history.outcomes.push_back(
        ObservedOutcome{step.line, static_cast<int>(i),
                        Compacted(std::move(result.outcomes[i]))});
  }
  if (result.scenario_error.has_value()) {
    history.state = RunState::kScenarioError;
    history.explanation = absl::StrCat(
        "line ", step.line,
        " of the scenario is wrong: ", *std::move(result.scenario_error));
    history.stopped_at_line = step.line;
    return false;
  }
  if (result.peer_timeout.has_value()) {
    history.state = RunState::kPeerTimeout;
    history.explanation =
        absl::StrCat("the peer ", *std::move(result.peer_timeout));
    history.stopped_at_line = step.line;
    return false;
  }
  return true;
}

}  // namespace

void TakeFailure(TesteeDialogue& testee, RunHistory& history) {
  if (testee.failure().has_value()) {
    history.state = StateOf(testee.failure()->kind);
    history.explanation = testee.failure()->description;
  }
  absl::StrAppend(&history.stderr_text, testee.TakeStderr());
}

std::string WhatIsMissing(const Scenario& scenario, const Variant& variant,
                          const Hello& hello) {
  const Requirements requirements = RequirementsOf(scenario, variant);
  std::vector<std::string> missing;
  for (const std::string& capability : requirements.capabilities) {
    if (!Contains(hello.capabilities, capability)) {
      missing.push_back(capability);
    }
  }
  for (const std::string& call : requirements.calls) {
    if (Contains(hello.without, call)) missing.push_back(call);
  }
  if (missing.empty()) return "";
  return absl::StrCat("declares that it lacks ", absl::StrJoin(missing, ", "));
}

RunHistory RunScenario(const Scenario& scenario, const Variant& variant,
                       TesteeDialogue& testee, Perturbation& perturbation,
                       const RunOptions& options) {
  RunHistory history;
  history.perturbation = perturbation.ToString();
  history.explanation = WhatIsMissing(scenario, variant, testee.hello());
  if (!history.explanation.empty()) {
    history.state = RunState::kUnsupported;
    return history;
  }
  {
    StepDriver driver(scenario, variant, testee, perturbation,
                      options.deadline);
    if (testee.Reset(variant.id)) {
      for (const Step& step : scenario.steps) {
        if (!RunStep(step, driver, history)) break;
        if (testee.failure().has_value()) {
          history.stopped_at_line = step.line;
          break;
        }
      }
    }
    // The testee forgets its side first: a connection that the peer closes
    // under it could make it log something into the next scenario.
    if (!testee.failure().has_value()) testee.Reset(variant.id);
  }
  TakeFailure(testee, history);
  std::vector<std::string> wire_log = testee.TakeWireLog();
  if (options.keep_wire_log) history.wire_log = std::move(wire_log);
  return history;
}

}  // namespace conformance
