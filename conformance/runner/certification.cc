// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/certification.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "conformance/runner/judge.h"
#include "conformance/scenario/digest.h"

namespace conformance {
namespace {

std::string EditionsOf(const Scenario& scenario) {
  std::string text;
  if (scenario.since.has_value()) {
    text = absl::StrCat("since ", scenario.since->ToString());
  }
  if (scenario.until.has_value()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "until ",
                    scenario.until->ToString());
  }
  return text;
}

std::vector<Version> UsableRecordings(const CatalogEntry& entry) {
  if (GetRecordingState(*entry.scenario) != RecordingState::kCurrent) return {};
  return RecordedVersions(*entry.file, *entry.scenario);
}

// Why the recording does not do, for a scenario that only the live oracle can
// judge.
std::string WhyNotRecorded(const CatalogEntry& entry, const Version& edition) {
  switch (GetRecordingState(*entry.scenario)) {
    case RecordingState::kNone:
      return "has no recorded outcomes";
    case RecordingState::kStale:
      return "was changed since its outcomes were recorded";
    case RecordingState::kCurrent:
      return absl::StrCat("is not recorded for edition ", edition.ToString());
  }
  return "";
}

void PlanLive(const PlanInput& input, const std::string& why, Plan& plan) {
  const Scenario& scenario = *plan.entry->scenario;
  const std::string prefix =
      why.empty() ? "" : absl::StrCat("it ", why, ", and ");
  plan.basis = Plan::Basis::kNothing;
  if (!input.oracle.has_value()) {
    plan.reason =
        absl::StrCat(prefix, "there is no live oracle: ", input.no_oracle);
  } else if (!scenario.AppliesTo(*input.oracle)) {
    plan.reason = absl::StrCat(
        prefix, "the live oracle is CPython ", input.oracle->ToString(),
        ", but the scenario is for ", EditionsOf(scenario));
  } else if (GetRecordingState(scenario) == RecordingState::kCurrent &&
             !input.oracle->SameMinor(input.edition)) {
    // It is known what other editions do; this one is another.
    plan.reason = absl::StrCat(prefix, "the live oracle is CPython ",
                               input.oracle->ToString());
  } else {
    plan.basis = Plan::Basis::kLive;
    plan.version = input.oracle;
    plan.replay = true;
    plan.reason = why;
  }
}

// Why the oracle's history cannot be an expectation; empty: it can.
std::string OracleFailure(const ScenarioHistory* oracle) {
  if (oracle == nullptr || oracle->runs.empty()) return "it was not run";
  const RunHistory& run = oracle->runs[0];
  if (run.state == RunState::kObserved) return "";
  return run.explanation;
}

std::string ShownDivergence(const Judgement& judgement) {
  if (!judgement.divergence.has_value()) return judgement.explanation;
  const Divergence& divergence = *judgement.divergence;
  return absl::StrCat("line ", divergence.line, ", ", divergence.source,
                      ": expected ", divergence.expected, ", and got ",
                      divergence.actual);
}

int Badness(Verdict verdict) {
  return verdict == Verdict::kPass          ? 0
         : verdict == Verdict::kUnsupported ? 1
                                            : 2;
}

// The judgement of the first of the worst runs; a warning if they differ.
void JudgeRuns(const Scenario& scenario, const Expectations& expectations,
               const ScenarioHistory& testee, ScenarioResult& result) {
  if (testee.runs.empty()) {
    result.judgement.verdict = Verdict::kInconclusive;
    result.judgement.explanation = "its history has no run";
    return;
  }
  int unlike = 0;
  int runs = 0;
  bool is_first = true;
  for (const RunHistory& run : testee.runs) {
    Judgement judgement = Judge(scenario, expectations, run);
    runs += run.count;
    if (!is_first && judgement.verdict != result.judgement.verdict) ++unlike;
    if (is_first ||
        Badness(judgement.verdict) > Badness(result.judgement.verdict)) {
      result.judgement = std::move(judgement);
      result.run = run;
    }
    is_first = false;
  }
  if (unlike > 0) {
    result.warnings.push_back(
        absl::StrCat("its verdict varies over ", runs, " runs"));
  }
}

// Outcomes that somebody typed, and CPython does not give.
void WarnAboutTypedOutcomes(const Plan& plan, const ScenarioHistory& oracle,
                            ScenarioResult& result) {
  const Scenario& scenario = *plan.entry->scenario;
  if (GetRecordingState(scenario) != RecordingState::kNone) return;
  std::size_t index = 0;
  for (const Step& step : scenario.steps) {
    for (std::size_t i = 0; i < step.statements.size(); ++i, ++index) {
      if (index >= oracle.runs[0].outcomes.size()) return;
      const Expectation typed = ExpectedOf(step, static_cast<int>(i),
                                           *plan.version, plan.entry->variant);
      const Outcome& actual = oracle.runs[0].outcomes[index].outcome;
      if (typed.implicit ||
          Compare(typed, actual, scenario.compare_messages).matches) {
        continue;
      }
      result.warnings.push_back(absl::StrCat(
          plan.entry->file->path, ":", step.line, ": the outcome written for ",
          step.statements[i].source, " is ", typed.ToString(), ", but CPython ",
          plan.version->ToString(), " gives ", OutcomeTextWithMessage(actual)));
    }
  }
}

// Compares the oracle with what was recorded for it.
void CheckDrift(const Plan& plan, const PlanInput& input,
                const ScenarioHistory& oracle, ScenarioResult& result) {
  const Scenario& scenario = *plan.entry->scenario;
  const Expectations expectations = RecordedExpectations(
      scenario, plan.entry->variant, *plan.replayed_version);
  for (const RunHistory& run : oracle.runs) {
    const Judgement judgement = Judge(scenario, expectations, run);
    if (judgement.verdict == Verdict::kPass ||
        judgement.verdict == Verdict::kUnsupported) {
      continue;
    }
    const std::string what = absl::StrCat(
        "CPython ", input.oracle->ToString(),
        " on this machine does not do what is recorded for ",
        plan.replayed_version->ToString(), ": ", ShownDivergence(judgement));
    // Another release may differ; the very release that was recorded may not.
    if (plan.replayed_version == input.oracle) {
      result.drift = what;
    } else {
      result.warnings.push_back(what);
    }
    return;
  }
}

}  // namespace

Plan MakePlan(const CatalogEntry& entry, const PlanInput& input) {
  Plan plan;
  plan.entry = &entry;
  const Scenario& scenario = *entry.scenario;
  if (!scenario.AppliesTo(input.edition)) {
    plan.basis = Plan::Basis::kNotApplicable;
    plan.reason = EditionsOf(scenario);
    return plan;
  }
  if (input.live_is_expected) {
    PlanLive(input, "", plan);
    return plan;
  }
  const std::vector<Version> recorded = UsableRecordings(entry);
  plan.version = ResolveEdition(input.edition, recorded);
  if (!plan.version.has_value()) {
    PlanLive(input, WhyNotRecorded(entry, input.edition), plan);
    return plan;
  }
  if (input.replay_recorded && input.oracle.has_value() &&
      scenario.AppliesTo(*input.oracle)) {
    plan.replayed_version = ResolveEdition(*input.oracle, recorded);
    plan.replay = plan.replayed_version.has_value();
  }
  return plan;
}

ScenarioResult JudgeScenario(const Plan& plan, const PlanInput& input,
                             const ScenarioHistory& testee,
                             const ScenarioHistory* oracle) {
  ScenarioResult result;
  result.entry = plan.entry;
  const Scenario& scenario = *plan.entry->scenario;
  const Variant& variant = plan.entry->variant;
  if (plan.basis == Plan::Basis::kRecorded) {
    result.basis =
        absl::StrCat("recorded from CPython ", plan.version->ToString());
    JudgeRuns(scenario, RecordedExpectations(scenario, variant, *plan.version),
              testee, result);
    if (plan.replay && oracle != nullptr) {
      CheckDrift(plan, input, *oracle, result);
    }
    if (!result.drift.empty() && result.judgement.verdict == Verdict::kFail) {
      result.judgement.verdict = Verdict::kInconclusive;
      result.judgement.explanation = result.drift;
    }
    return result;
  }
  if (!testee.runs.empty()) result.run = testee.runs[0];
  result.judgement.verdict = Verdict::kInconclusive;
  result.judgement.explanation = plan.reason;
  if (plan.basis != Plan::Basis::kLive) return result;
  result.basis = absl::StrCat("live CPython ", plan.version->ToString());
  if (!plan.reason.empty()) {
    absl::StrAppend(&result.basis, ", since the scenario ", plan.reason);
  }
  if (const std::string failure = OracleFailure(oracle); !failure.empty()) {
    result.judgement.explanation =
        absl::StrCat("the live oracle cannot tell: ", failure);
    return result;
  }
  WarnAboutTypedOutcomes(plan, *oracle, result);
  JudgeRuns(scenario,
            LiveExpectations(scenario, variant, *plan.version, oracle->runs[0]),
            testee, result);
  return result;
}

int CertificationResult::Count(Verdict verdict) const {
  return static_cast<int>(std::count_if(
      scenarios.begin(), scenarios.end(), [&](const ScenarioResult& result) {
        return result.judgement.verdict == verdict;
      }));
}

bool CertificationResult::AsExpected() const {
  const int ran =
      static_cast<int>(scenarios.size()) - Count(Verdict::kUnsupported);
  return ran > 0 && not_run == 0 && stale_expectations.empty() &&
         std::all_of(scenarios.begin(), scenarios.end(),
                     [](const ScenarioResult& result) {
                       return IsExpected(result.judgement.verdict) &&
                              result.drift.empty();
                     });
}

}  // namespace conformance
