// SPDX-License-Identifier: Apache-2.0
#include "conformance/report/json_report.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "conformance/runner/verdict.h"
#include "nlohmann/json.hpp"

namespace conformance {
namespace {

using Json = nlohmann::ordered_json;

// What is wrong, in one line; empty for a pass.
std::string Explanation(const Judgement& judgement) {
  std::string text;
  if (judgement.divergence.has_value()) {
    const Divergence& divergence = *judgement.divergence;
    text = absl::StrCat("line ", divergence.line, ", `", divergence.source,
                        "`: expected ", divergence.expected, ", and got ",
                        divergence.actual);
  }
  const bool is_said = judgement.explanation.empty() ||
                       (judgement.divergence.has_value() &&
                        judgement.divergence->actual == judgement.explanation);
  if (is_said) return text;
  return absl::StrCat(judgement.explanation, text.empty() ? "" : "; ", text);
}

Json DivergenceToJson(const Divergence& divergence) {
  return {{"line", divergence.line},
          {"statement", divergence.statement},
          {"source", divergence.source},
          {"expected", divergence.expected},
          {"actual", divergence.actual}};
}

Json ScenarioToJson(const ScenarioResult& result) {
  const Scenario& scenario = *result.entry->scenario;
  const Judgement& judgement = result.judgement;
  Json json = {{"id", result.entry->variant.id},
               {"verdict", VerdictName(judgement.verdict)},
               {"level", scenario.level == Level::kMust ? "must" : "should"},
               {"file", result.entry->file->path},
               {"line", scenario.line},
               {"expected-from", result.basis},
               {"explanation", Explanation(judgement)}};
  if (judgement.divergence.has_value()) {
    json["divergence"] = DivergenceToJson(*judgement.divergence);
  }
  if (!judgement.choices.empty()) json["choices"] = judgement.choices;
  if (!result.warnings.empty()) json["warnings"] = result.warnings;
  if (!result.drift.empty()) json["drift"] = result.drift;
  if (!IsExpected(judgement.verdict) && !result.run.stderr_text.empty()) {
    json["stderr"] = result.run.stderr_text;
  }
  if (!result.run.wire_log.empty()) json["messages"] = result.run.wire_log;
  return json;
}

}  // namespace

std::string ResultToJson(const CertificationResult& result) {
  Json summary = {{"total", result.scenarios.size()}};
  for (const Verdict verdict : kAllVerdicts) {
    summary[std::string(VerdictName(verdict))] = result.Count(verdict);
  }
  summary["not-applicable"] = result.not_applicable;
  summary["as-expected"] = result.AsExpected();
  Json scenarios = Json::array();
  for (const ScenarioResult& scenario : result.scenarios) {
    scenarios.push_back(ScenarioToJson(scenario));
  }
  const Json json = {
      {"implementation",
       {{"name", result.implementation.implementation_name},
        {"version", result.implementation.implementation_version}}},
      {"edition", result.edition},
      {"oracle", result.oracle},
      {"summary", std::move(summary)},
      {"scenarios", std::move(scenarios)},
      {"warnings", result.warnings},
      {"stale-expectations", result.stale_expectations},
  };
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace conformance
