// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/recheck.h"

#include <iostream>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "conformance/runner/certification.h"
#include "conformance/runner/certify_files.h"
#include "conformance/runner/history_json.h"
#include "conformance/runner/text_file.h"
#include "conformance/scenario/digest.h"

namespace conformance {
namespace {

ExitStatus Complain(absl::string_view message) {
  std::cerr << "certify: --recheck: " << message << "\n";
  return ExitStatus::kUsage;
}

ScenarioResult JudgeAgain(const Plan& plan, const PlanInput& input,
                          const ScenarioHistory& history) {
  if (history.digest == ScenarioDigest(*plan.entry->scenario)) {
    return JudgeScenario(plan, input, history, nullptr);
  }
  ScenarioResult result;
  result.entry = plan.entry;
  result.judgement.verdict = Verdict::kInconclusive;
  result.judgement.explanation = "the scenario was changed since it ran";
  return result;
}

}  // namespace

ExitStatus Recheck(const CertifyOptions& options,
                   absl::string_view reproduction,
                   const std::vector<const CatalogEntry*>& entries) {
  const absl::StatusOr<std::string> text = ReadTextFile(options.recheck_path);
  if (!text.ok()) return Complain(text.status().message());
  const absl::StatusOr<Histories> histories = HistoriesFromJson(*text);
  if (!histories.ok()) return Complain(histories.status().message());
  CertificationResult result;
  result.implementation = histories->hello;
  result.edition =
      options.edition.empty() ? histories->hello.edition : options.edition;
  result.oracle = "recorded";
  const absl::StatusOr<Version> edition = Version::Parse(result.edition);
  if (!edition.ok()) return Complain(edition.status().message());
  PlanInput input;
  input.edition = *edition;
  input.no_oracle = "histories are judged by recorded outcomes";
  std::map<std::string, const ScenarioHistory*> by_id;
  for (const ScenarioHistory& history : histories->scenarios) {
    by_id[history.id] = &history;
  }
  for (const CatalogEntry* entry : entries) {
    const Plan plan = MakePlan(*entry, input);
    const auto found = by_id.find(entry->variant.id);
    if (plan.basis == Plan::Basis::kNotApplicable) {
      ++result.not_applicable;
    } else if (found == by_id.end()) {
      ++result.not_run;
    } else {
      result.scenarios.push_back(JudgeAgain(plan, input, *found->second));
    }
  }
  return ReportResult(options, reproduction, entries.size(), result);
}

}  // namespace conformance
