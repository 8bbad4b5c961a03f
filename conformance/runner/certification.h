// SPDX-License-Identifier: Apache-2.0
//
// From histories to the result of a certification: which expectation judges
// which scenario, and what the live oracle has to say about it. Pure functions.
#ifndef CONFORMANCE_RUNNER_CERTIFICATION_H_
#define CONFORMANCE_RUNNER_CERTIFICATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/protocol/message.h"
#include "conformance/runner/history.h"
#include "conformance/runner/scenario_catalog.h"
#include "conformance/runner/verdict.h"
#include "conformance/scenario/edition.h"

namespace conformance {

// How one variant is going to be judged.
struct Plan {
  enum class Basis {
    kRecorded,
    kLive,
    kNothing,        // Inconclusive: `reason` says why.
    kNotApplicable,  // It is for other editions: not a part of the run.
  };

  const CatalogEntry* entry = nullptr;
  Basis basis = Basis::kRecorded;
  // Whose outcomes are expected: of the recording, or the live oracle's own.
  std::optional<Version> version;
  std::string reason;
  // The oracle runs it too, as the basis or to be compared with its recording.
  bool replay = false;
  // The recorded version that answers for the oracle's own edition.
  std::optional<Version> replayed_version;
};

struct PlanInput {
  Version edition;
  // Absent: there is none, and `no_oracle` says why.
  std::optional<Version> oracle;
  std::string no_oracle;
  bool live_is_expected = false;  // --oracle live
  bool replay_recorded = false;   // Compare the oracle with the recordings.
};

Plan MakePlan(const CatalogEntry& entry, const PlanInput& input);

// One variant's result.
struct ScenarioResult {
  const CatalogEntry* entry = nullptr;
  Judgement judgement;
  std::string basis;  // "recorded from CPython 3.15.2", "live CPython 3.11.2"
  // The oracle's outcome was not the one recorded for it: a fault of the
  // recording or of this machine.
  std::string drift;
  // What somebody should know, and which is no fault of the testee.
  std::vector<std::string> warnings;
  // The run that the judgement is about; empty outcomes if none was made.
  RunHistory run;
};

// Judges the testee's runs by the plan. `oracle` is null if it did not run it.
// With several runs, the worst one counts, and differences are a warning.
ScenarioResult JudgeScenario(const Plan& plan, const PlanInput& input,
                             const ScenarioHistory& testee,
                             const ScenarioHistory* oracle);

struct CertificationResult {
  Hello implementation;
  std::string edition;  // As the user or the testee wrote it.
  std::string oracle;   // What was expected, in words.
  std::vector<ScenarioResult> scenarios;
  std::vector<std::string> warnings;
  int not_applicable = 0;
  // Selected, and not in the histories that are judged again.
  int not_run = 0;
  // Entries of the list of expected failures that are not true any more.
  std::vector<std::string> stale_expectations;

  int Count(Verdict verdict) const;
  // Something ran, and all that was selected; no verdict is unexpected, nothing
  // drifted, no expectation is stale.
  bool AsExpected() const;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_CERTIFICATION_H_
