// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/history_json.h"

#include <array>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "conformance/scenario/outcome_parser.h"
#include "nlohmann/json.hpp"

namespace conformance {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<RunState, 9> kStates = {
    RunState::kScenarioError, RunState::kObserved,    RunState::kUnsupported,
    RunState::kNotApplicable, RunState::kPeerTimeout, RunState::kCouldNotStart,
    RunState::kCrash,         RunState::kTimeout,     RunState::kProtocolError,
};

Json OutcomeToJson(const ScenarioHistory& history,
                   const ObservedOutcome& observed,
                   const AlternativesOf& alternatives) {
  Json json = {{"line", observed.line},
               {"statement", observed.statement},
               {"text", OutcomeText(observed.outcome)}};
  const Outcome& outcome = observed.outcome;
  if (outcome.kind == Outcome::Kind::kRaised ||
      outcome.kind == Outcome::Kind::kReturned) {
    // As it stands behind the `#` of a scenario, escapes included.
    const std::string text = OutcomeTextWithMessage(outcome);
    const std::string start = absl::StrCat(OutcomeText(outcome), "  # ");
    json["message"] =
        text.size() > start.size() ? text.substr(start.size()) : std::string();
  }
  const std::vector<std::string> declared = alternatives(history, observed);
  if (!declared.empty()) json["alternatives"] = declared;
  return json;
}

Json RunToJson(const ScenarioHistory& history, const RunHistory& run,
               const AlternativesOf& alternatives) {
  Json outcomes = Json::array();
  for (const ObservedOutcome& outcome : run.outcomes) {
    outcomes.push_back(OutcomeToJson(history, outcome, alternatives));
  }
  Json json = {{"state", RunStateName(run.state)},
               {"explanation", run.explanation},
               {"perturbation", run.perturbation},
               {"count", run.count},
               {"stopped_at_line", run.stopped_at_line},
               {"outcomes", std::move(outcomes)},
               {"stderr", run.stderr_text}};
  if (!run.wire_log.empty()) json["wire"] = run.wire_log;
  return json;
}

Json ScenarioToJson(const ScenarioHistory& history,
                    const AlternativesOf& alternatives) {
  Json variables = Json::object();
  for (const auto& [name, value] : history.variables) variables[name] = value;
  Json runs = Json::array();
  for (const RunHistory& run : history.runs) {
    runs.push_back(RunToJson(history, run, alternatives));
  }
  const RunHistory* decisive = DecisiveRun(history);
  const RunState state =
      decisive == nullptr ? RunState::kNotApplicable : decisive->state;
  return {{"id", history.id},
          {"scenario", history.scenario},
          {"file", history.file},
          {"line", history.line},
          {"variables", std::move(variables)},
          {"digest", history.digest},
          {"compare_messages", history.compare_messages},
          {"state", RunStateName(state)},
          {"explanation", decisive == nullptr ? "" : decisive->explanation},
          {"runs", std::move(runs)}};
}

// Reads members that may be missing or of another type: then the default stays.
void Get(const Json& json, const char* name, std::string& value) {
  const auto found = json.find(name);
  if (found != json.end() && found->is_string()) value = *found;
}
void Get(const Json& json, const char* name, int& value) {
  const auto found = json.find(name);
  if (found != json.end() && found->is_number_integer()) value = *found;
}

const Json& Member(const Json& json, const char* name) {
  static const Json* const kNothing = new Json();
  if (!json.is_object()) return *kNothing;
  const auto found = json.find(name);
  return found == json.end() ? *kNothing : *found;
}

absl::StatusOr<RunHistory> RunFromJson(const Json& json) {
  RunHistory run;
  std::string state;
  Get(json, "state", state);
  bool is_known = false;
  for (const RunState candidate : kStates) {
    if (RunStateName(candidate) != state) continue;
    run.state = candidate;
    is_known = true;
  }
  if (!is_known) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown state of a run: '", state, "'"));
  }
  Get(json, "explanation", run.explanation);
  Get(json, "perturbation", run.perturbation);
  Get(json, "stopped_at_line", run.stopped_at_line);
  Get(json, "stderr", run.stderr_text);
  for (const Json& item : Member(json, "outcomes")) {
    ObservedOutcome observed;
    std::string text;
    std::string message;
    Get(item, "line", observed.line);
    Get(item, "statement", observed.statement);
    Get(item, "text", text);
    Get(item, "message", message);
    absl::StatusOr<Outcome> outcome = ParseOutcome(
        message.empty() ? text : absl::StrCat(text, "  # ", message));
    // No outcome of CPython's (`std::system_error()`), so none that is
    // expected: its text will do.
    observed.outcome =
        outcome.ok() ? *std::move(outcome) : Outcome::Returned(Reference{text});
    run.outcomes.push_back(std::move(observed));
  }
  return run;
}

}  // namespace

absl::string_view RunStateName(RunState state) {
  switch (state) {
    case RunState::kObserved:
      return "observed";
    case RunState::kUnsupported:
      return "unsupported";
    case RunState::kNotApplicable:
      return "not-applicable";
    case RunState::kScenarioError:
      return "scenario-error";
    case RunState::kPeerTimeout:
      return "peer-timeout";
    case RunState::kCouldNotStart:
      return "could-not-start";
    case RunState::kCrash:
      return "crash";
    case RunState::kTimeout:
      return "timeout";
    case RunState::kProtocolError:
      return "protocol-error";
  }
  return "";
}

const RunHistory* DecisiveRun(const ScenarioHistory& history) {
  for (const RunHistory& run : history.runs) {
    if (run.state != RunState::kObserved) return &run;
  }
  return history.runs.empty() ? nullptr : &history.runs[0];
}

std::string HistoriesToJson(const Histories& histories,
                            const AlternativesOf& alternatives) {
  Json scenarios = Json::array();
  for (const ScenarioHistory& history : histories.scenarios) {
    scenarios.push_back(ScenarioToJson(history, alternatives));
  }
  const Json json = {
      {"edition", histories.hello.edition},
      {"implementation",
       {{"name", histories.hello.implementation_name},
        {"version", histories.hello.implementation_version}}},
      {"scenarios", std::move(scenarios)},
  };
  // A testee's standard error may be anything.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<Histories> HistoriesFromJson(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr,
                                /*allow_exceptions=*/false);
  if (!json.is_object() || !Member(json, "scenarios").is_array()) {
    return absl::InvalidArgumentError("not a document of histories");
  }
  Histories histories;
  Get(json, "edition", histories.hello.edition);
  const Json& implementation = Member(json, "implementation");
  Get(implementation, "name", histories.hello.implementation_name);
  Get(implementation, "version", histories.hello.implementation_version);
  for (const Json& item : Member(json, "scenarios")) {
    ScenarioHistory history;
    Get(item, "id", history.id);
    Get(item, "scenario", history.scenario);
    Get(item, "file", history.file);
    Get(item, "line", history.line);
    Get(item, "digest", history.digest);
    for (const Json& run_json : Member(item, "runs")) {
      absl::StatusOr<RunHistory> run = RunFromJson(run_json);
      if (!run.ok()) {
        return absl::InvalidArgumentError(absl::StrCat(
            "scenario '", history.id, "': ", run.status().message()));
      }
      history.runs.push_back(*std::move(run));
    }
    histories.scenarios.push_back(std::move(history));
  }
  return histories;
}

}  // namespace conformance
