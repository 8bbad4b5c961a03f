// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/validator.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/digest.h"
#include "conformance/scenario/edition.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/expectation.h"
#include "conformance/scenario/name_checker.h"

namespace conformance {
namespace {

// One mistake in a tag shows in many editions and variants: enough of them.
constexpr size_t kMaxEnough = 50;

class Validator {
 public:
  explicit Validator(const ScenarioFile& file) : file_(file) {}

  std::vector<Problem> Run() && {
    std::map<std::string, int> lines;
    for (const Scenario& scenario : file_.scenarios) {
      const auto [first, is_new] = lines.emplace(scenario.id, scenario.line);
      if (!is_new) {
        Error(scenario.line,
              absl::StrCat("`", scenario.id, "` exists already, in line ",
                           first->second));
      }
      Check(scenario);
      if (problems_.size() > kMaxEnough) break;
    }
    std::stable_sort(
        problems_.begin(), problems_.end(),
        [](const Problem& a, const Problem& b) { return a.line < b.line; });
    return std::move(problems_);
  }

 private:
  void Error(int line, std::string message) {
    problems_.push_back(
        {Problem::Severity::kError, line, 0, std::move(message)});
  }

  void Warning(int line, std::string message) {
    problems_.push_back(
        {Problem::Severity::kWarning, line, 0, std::move(message)});
  }

  void Check(const Scenario& scenario) {
    if (scenario.steps.empty()) Error(scenario.line, "there are no steps");
    if (scenario.since && scenario.until &&
        !EditionRange{*scenario.since, scenario.until}.Contains(
            *scenario.since)) {
      Error(scenario.line, "`until` comes before `since`");
    }
    CheckNames(scenario, problems_);
    for (const Step& step : scenario.steps) CheckTags(scenario, step);
    CheckRecording(scenario);
  }

  void CheckTags(const Scenario& scenario, const Step& step) {
    for (const ExpectedOutcome& expected : step.expected) {
      for (const auto& [name, values] : expected.tag.variables) {
        CheckTagVariable(scenario, expected.line, name, values);
      }
    }
  }

  void CheckTagVariable(const Scenario& scenario, int line,
                        const std::string& name,
                        const std::vector<std::string>& values) {
    const auto variable =
        std::find_if(scenario.variables.begin(), scenario.variables.end(),
                     [&name](const Variable& v) { return v.name == name; });
    if (variable == scenario.variables.end()) {
      Error(line, absl::StrCat("`", name, "` is no variable of a `for` line"));
      return;
    }
    for (const std::string& value : values) {
      if (std::none_of(
              variable->values.begin(), variable->values.end(),
              [&value](const VariantValue& v) { return v.text == value; })) {
        Error(line, absl::StrCat("`", value, "` is no value of `", name, "`"));
      }
    }
  }

  void CheckRecording(const Scenario& scenario) {
    const RecordingState state = GetRecordingState(scenario);
    if (state == RecordingState::kNone) return;
    if (state == RecordingState::kStale) {
      Warning(scenario.recorded_line,
              absl::StrCat("`", scenario.id,
                           "` was changed after it was recorded (now ",
                           ScenarioDigest(scenario),
                           "): its outcomes are not used; record it again"));
      return;
    }
    const std::vector<Version> versions = RecordedVersions(file_, scenario);
    if (versions.empty()) {
      Error(scenario.recorded_line,
            "it is recorded, but no line says on which versions");
      return;
    }
    const std::vector<Variant> variants = Expand(scenario);
    for (const Step& step : scenario.steps) {
      for (size_t i = 0; i < step.statements.size(); ++i) {
        CheckCoverage(step, static_cast<int>(i), versions, variants);
      }
    }
  }

  // Each recorded edition and variant has one outcome, or one for each word, or
  // several that are all alternatives; or nowhere is there an outcome.
  void CheckCoverage(const Step& step, int statement,
                     const std::vector<Version>& versions,
                     const std::vector<Variant>& variants) {
    std::vector<const ExpectedOutcome*> lines;
    for (const ExpectedOutcome& expected : step.expected) {
      if (expected.statement == statement) lines.push_back(&expected);
    }
    if (lines.empty()) return;
    std::set<const ExpectedOutcome*> used;
    for (const Variant& variant : variants) {
      for (const Version& version : versions) {
        const std::string problem =
            CoverageProblem(lines, version, variant, used);
        if (problem.empty()) continue;
        Error(lines[0]->line,
              absl::StrCat(
                  problem, " in edition ", version.ToString(),
                  variants.size() > 1 ? absl::StrCat(" of ", variant.id) : ""));
        return;
      }
    }
    for (const ExpectedOutcome* line : lines) {
      if (used.count(line) == 0) {
        Warning(line->line, absl::StrCat("this is for no recorded edition: [",
                                         line->tag.ToString(), "]"));
      }
    }
  }

  static std::string CoverageProblem(
      const std::vector<const ExpectedOutcome*>& lines, const Version& version,
      const Variant& variant, std::set<const ExpectedOutcome*>& used) {
    std::map<std::string, int> single;
    std::map<std::string, int> alternatives;
    for (const ExpectedOutcome* line : lines) {
      if (!TagMatches(line->tag, version, variant)) continue;
      used.insert(line);
      ++(line->alternative ? alternatives : single)[line->tag.word];
    }
    if (single.empty() && alternatives.empty()) return "there is no outcome";
    for (const auto& [word, count] : single) {
      if (count > 1 || alternatives.count(word) > 0) {
        return "there is more than one outcome";
      }
    }
    const size_t unnamed = single.count("") + alternatives.count("");
    if (unnamed > 0 && single.size() + alternatives.size() > 1) {
      return "there is an outcome with a word and one without";
    }
    return "";
  }

  const ScenarioFile& file_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> Validate(const ScenarioFile& file) {
  return Validator(file).Run();
}

}  // namespace conformance
