// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/certify_files.h"

#include <iostream>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "conformance/report/json_report.h"
#include "conformance/report/text_report.h"
#include "conformance/runner/expected_failures.h"
#include "conformance/runner/history_json.h"
#include "conformance/runner/text_file.h"
#include "conformance/scenario/expectation.h"

namespace conformance {
namespace {

// The outcomes that somebody declared with `|` for one statement.
std::vector<std::string> DeclaredAlternatives(const CatalogEntry& entry,
                                              const ObservedOutcome& observed,
                                              const Version& edition) {
  std::vector<std::string> texts;
  for (const Step& step : entry.scenario->steps) {
    if (step.line != observed.line) continue;
    for (const ExpectedOutcome& expected : step.expected) {
      if (!expected.alternative || expected.statement != observed.statement) {
        continue;
      }
      const Expectation expectation =
          ExpectedOf(step, observed.statement, edition, entry.variant);
      for (const Expectation::Choice& choice : expectation.choices) {
        for (const Outcome& outcome : choice.outcomes) {
          texts.push_back(OutcomeText(outcome));
        }
      }
      return texts;
    }
  }
  return texts;
}

absl::Status RewriteExpectedFailures(const CertifyOptions& options,
                                     const ExpectedFailures& old,
                                     const CertificationResult& result) {
  std::set<std::string> ran;
  for (const ScenarioResult& scenario : result.scenarios) {
    ran.insert(scenario.entry->variant.id);
  }
  for (const ExpectedFailure& entry : old.entries) {
    if (options.is_canonical() || ran.count(entry.scenario) > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--fix would drop ", entry.scenario,
                     ", which did not run: run all scenarios"));
  }
  return WriteTextFile(
      options.expected_failures_path,
      FormatExpectedFailures(FixedExpectedFailures(old, result)));
}

// The list of expected failures, as far as there is one.
absl::Status HandleExpectedFailures(const CertifyOptions& options,
                                    CertificationResult& result) {
  const std::string& path = options.expected_failures_path;
  if (path.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> text = ReadTextFile(path);
  // With --fix, the file may be new.
  if (!text.ok() && !options.fix) return text.status();
  absl::StatusOr<ExpectedFailures> list =
      ParseExpectedFailures(path, text.ok() ? *text : std::string());
  if (!list.ok()) return list.status();
  if (options.fix) {
    absl::Status status = RewriteExpectedFailures(options, *list, result);
    if (!status.ok()) return status;
    list = FixedExpectedFailures(*list, result);
  }
  ApplyExpectedFailures(*list, path, result);
  return absl::OkStatus();
}

bool CouldNotGoOn(const CertificationResult& result) {
  for (const ScenarioResult& scenario : result.scenarios) {
    if (scenario.run.state == RunState::kCouldNotStart) return true;
  }
  return false;
}

ExitStatus StatusOf(const CertificationResult& result, std::size_t selected) {
  const int ran = static_cast<int>(result.scenarios.size()) -
                  result.Count(Verdict::kUnsupported);
  const bool all = result.scenarios.size() +
                       static_cast<std::size_t>(result.not_applicable) ==
                   selected;
  if (ran == 0 || !all) return ExitStatus::kNotAllRan;
  if (CouldNotGoOn(result)) return ExitStatus::kTesteeNotSpokenTo;
  return result.AsExpected() ? ExitStatus::kAsExpected
                             : ExitStatus::kUnexpected;
}

}  // namespace

absl::Status WriteHistories(const std::string& path,
                            const ScenarioCatalog& catalog,
                            const Histories& histories) {
  const absl::StatusOr<Version> edition =
      Version::Parse(histories.hello.edition);
  const AlternativesOf alternatives =
      [&](const ScenarioHistory& history,
          const ObservedOutcome& outcome) -> std::vector<std::string> {
    if (!edition.ok()) return {};
    for (const CatalogEntry& entry : catalog.entries()) {
      if (entry.variant.id == history.id) {
        return DeclaredAlternatives(entry, outcome, *edition);
      }
    }
    return {};
  };
  return WriteTextFile(path, HistoriesToJson(histories, alternatives));
}

ExitStatus FinishObservation(const CertifyOptions& options,
                             const ScenarioCatalog& catalog,
                             const Histories& histories) {
  const absl::Status written =
      WriteHistories(options.histories_path, catalog, histories);
  if (!written.ok()) {
    std::cerr << "certify: " << written.message() << "\n";
    return ExitStatus::kUsage;
  }
  ExitStatus status = ExitStatus::kAsExpected;
  for (const ScenarioHistory& history : histories.scenarios) {
    const RunHistory* run = DecisiveRun(history);
    if (run == nullptr || run->state == RunState::kObserved ||
        run->state == RunState::kUnsupported ||
        run->state == RunState::kNotApplicable) {
      continue;
    }
    std::cout << RunStateName(run->state) << " " << history.id << ": "
              << run->explanation << "\n";
    status = ExitStatus::kUnexpected;
  }
  std::cout << "observed: " << histories.scenarios.size() << " scenarios\n";
  return status;
}

ExitStatus ReportResult(const CertifyOptions& options,
                        absl::string_view reproduction, std::size_t selected,
                        CertificationResult& result) {
  if (absl::Status status = HandleExpectedFailures(options, result);
      !status.ok()) {
    std::cerr << "certify: " << status.message() << "\n";
    return ExitStatus::kUsage;
  }
  std::cout << FormatResult(result, reproduction, options.verbose);
  if (!options.json_path.empty()) {
    const absl::Status status =
        WriteTextFile(options.json_path, ResultToJson(result));
    if (!status.ok()) {
      std::cerr << "certify: " << status.message() << "\n";
      return ExitStatus::kUsage;
    }
  }
  std::cout << FormatSummary(result) << std::endl;
  return StatusOf(result, selected);
}

}  // namespace conformance
