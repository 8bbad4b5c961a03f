// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/certify_run.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "conformance/report/progress_line.h"
#include "conformance/runner/certification.h"
#include "conformance/runner/certify_files.h"
#include "conformance/runner/command_line.h"
#include "conformance/runner/execution.h"
#include "conformance/runner/oracle_process.h"
#include "conformance/runner/perturbation.h"
#include "conformance/runner/recheck.h"
#include "conformance/runner/scenario_catalog.h"
#include "conformance/runner/scenario_selection.h"

namespace conformance {
namespace {

ExitStatus Complain(ExitStatus status, absl::string_view message) {
  std::cerr << "certify: " << message << "\n";
  return status;
}

ExecutionOptions ExecutionOptionsOf(const CertifyOptions& options) {
  ExecutionOptions execution;
  execution.deadline = options.deadline;
  execution.keep_wire_log = options.verbose;
  execution.repeat = options.repeat;
  // Whoever observes compares the runs for himself.
  execution.merge_same_runs = !options.observe;
  execution.jobs = options.jobs;
  execution.perturbation_seed = options.perturbation_seed;
  return execution;
}

// The command line that shows one scenario again, but for its --filter. A
// wrapper that knows all of it gives it up to a `=`.
std::string Reproduction(const CertifyOptions& options) {
  std::string text = options.reproduce_with;
  if (!text.empty() && text.back() == '=') return text;
  const auto add = [&](absl::string_view flag, absl::string_view value) {
    if (!value.empty()) {
      absl::StrAppend(&text, " ", flag, " ", ShellQuote(value));
    }
  };
  add("--testee", options.testee);
  add("--edition", options.edition);
  if (options.oracle == OracleMode::kRecorded) {
    add("--oracle", "recorded");
  } else if (options.oracle == OracleMode::kLive) {
    add("--oracle", options.python == "python3"
                        ? "live"
                        : absl::StrCat("live:", options.python));
  }
  if (!options.scenarios.empty()) {
    absl::StrAppend(&text, " --scenarios");
    for (const std::string& path : options.scenarios) {
      absl::StrAppend(&text, " ", ShellQuote(path));
    }
  }
  return text;
}

std::string DescribeOracle(const CertifyOptions& options,
                           const LiveOracle& oracle) {
  const std::string live =
      oracle.execution == nullptr
          ? std::string()
          : absl::StrCat("live CPython ", oracle.version.ToString(), " (",
                         options.python, ")");
  if (options.oracle == OracleMode::kLive) return live;
  return live.empty() ? "recorded" : absl::StrCat("recorded, and ", live);
}

class Certifier {
 public:
  Certifier(const CertifyOptions& options, const ScenarioCatalog& catalog,
            std::vector<const CatalogEntry*> entries)
      : options_(options), catalog_(catalog), entries_(std::move(entries)) {}

  ExitStatus Run() {
    if (options_.load_threads > 0) load_.emplace(options_.load_threads);
    if (ExitStatus status = StartTestee(); status != ExitStatus::kAsExpected) {
      return status;
    }
    if (options_.observe) return Observe();
    if (ExitStatus status = ChooseOracle(); status != ExitStatus::kAsExpected) {
      return status;
    }
    MakePlans();
    RunPlans();
    JudgeAll();
    const ExitStatus status = ReportResult(options_, Reproduction(options_),
                                           entries_.size(), result_);
    const absl::Status written = KeepHistories();
    return written.ok() ? status
                        : Complain(ExitStatus::kUsage, written.message());
  }

 private:
  ExitStatus StartTestee() {
    const std::string& text =
        options_.testee.empty() ? options_.default_testee : options_.testee;
    absl::StatusOr<CommandLine> command = ParseCommandLine(text);
    if (!command.ok()) {
      return Complain(ExitStatus::kUsage,
                      absl::StrCat("--testee: ", command.status().message()));
    }
    progress_.emplace(STDERR_FILENO, static_cast<int>(entries_.size()));
    ExecutionOptions execution_options = ExecutionOptionsOf(options_);
    execution_options.on_finished = [this](const std::string& id) {
      progress_->Finished(id);
    };
    absl::StatusOr<std::unique_ptr<Execution>> started =
        Execution::Start(*std::move(command), execution_options);
    if (!started.ok()) {
      return Complain(
          ExitStatus::kTesteeNotSpokenTo,
          absl::StrCat("the testee '", text,
                       "' cannot be spoken to: ", started.status().message()));
    }
    testee_ = *std::move(started);
    result_.implementation = testee_->hello();
    return ExitStatus::kAsExpected;
  }

  // Only the histories, and no judgement.
  ExitStatus Observe() {
    absl::StatusOr<Version> edition = Version::Parse(testee_->hello().edition);
    if (!edition.ok()) {
      return Complain(ExitStatus::kTesteeNotSpokenTo,
                      edition.status().message());
    }
    Histories histories;
    histories.hello = testee_->hello();
    histories.scenarios = ObserveEntries(entries_, *edition, *testee_);
    progress_->Clear();
    return FinishObservation(options_, catalog_, histories);
  }

  ExitStatus ChooseOracle() {
    const bool live = options_.oracle == OracleMode::kLive;
    if (options_.oracle == OracleMode::kRecorded) {
      oracle_.why_not = "--oracle is 'recorded'";
    } else {
      ExecutionOptions execution_options = ExecutionOptionsOf(options_);
      execution_options.repeat = 1;
      execution_options.keep_wire_log = false;
      oracle_ = StartLiveOracle(options_, execution_options);
    }
    const bool has_oracle = oracle_.execution != nullptr;
    if (live && !has_oracle) {
      return Complain(ExitStatus::kUsage, oracle_.why_not);
    }
    const std::string text = !options_.edition.empty() ? options_.edition
                             : live ? oracle_.version.ToString()
                                    : testee_->hello().edition;
    absl::StatusOr<Version> edition = Version::Parse(text);
    if (!edition.ok()) {
      return Complain(options_.edition.empty() ? ExitStatus::kTesteeNotSpokenTo
                                               : ExitStatus::kUsage,
                      absl::StrCat("--edition: ", edition.status().message()));
    }
    if (live && !edition->SameMinor(oracle_.version)) {
      return Complain(ExitStatus::kUsage,
                      absl::StrCat("--edition ", text, " cannot be judged by '",
                                   options_.python, "', which is CPython ",
                                   oracle_.version.ToString()));
    }
    input_.edition = live ? oracle_.version : *edition;
    if (has_oracle) input_.oracle = oracle_.version;
    input_.no_oracle = oracle_.why_not;
    input_.live_is_expected = live;
    input_.replay_recorded = options_.oracle == OracleMode::kRecordedAndLive;
    result_.edition = text;
    result_.oracle = DescribeOracle(options_, oracle_);
    if (input_.replay_recorded && !has_oracle) {
      result_.warnings.push_back(absl::StrCat(
          "recorded outcomes only, without a live CPython: ", oracle_.why_not));
    }
    return ExitStatus::kAsExpected;
  }

  void MakePlans() {
    for (const CatalogEntry* entry : entries_) {
      Plan plan = MakePlan(*entry, input_);
      if (plan.basis == Plan::Basis::kNotApplicable) {
        ++result_.not_applicable;
      } else {
        plans_.push_back(std::move(plan));
      }
    }
    WarnAboutAnotherEdition();
  }

  // What nobody recorded is judged by the Python that is there.
  void WarnAboutAnotherEdition() {
    if (!input_.oracle.has_value() ||
        input_.oracle->SameMinor(input_.edition)) {
      return;
    }
    const auto count = std::count_if(
        plans_.begin(), plans_.end(),
        [](const Plan& plan) { return plan.basis == Plan::Basis::kLive; });
    if (count == 0) return;
    result_.warnings.push_back(absl::StrCat(
        count, " of ", plans_.size(),
        " scenarios have no recorded outcomes (or not those of their present "
        "steps) and were judged by CPython ",
        input_.oracle->ToString(), ", not by edition ",
        input_.edition.ToString()));
  }

  // The testee and the oracle at the same time, each scenario in both.
  void RunPlans() {
    std::vector<const CatalogEntry*> all;
    std::vector<const CatalogEntry*> replayed;
    for (const Plan& plan : plans_) {
      all.push_back(plan.entry);
      if (plan.replay) replayed.push_back(plan.entry);
    }
    std::thread oracle_thread;
    if (oracle_.execution != nullptr && !replayed.empty()) {
      oracle_thread = std::thread([this, &replayed] {
        oracle_histories_ = oracle_.execution->Run(replayed);
      });
    }
    testee_histories_ = testee_->Run(all);
    if (oracle_thread.joinable()) oracle_thread.join();
    progress_->Clear();
  }

  void JudgeAll() {
    std::size_t replayed = 0;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      const ScenarioHistory* oracle = nullptr;
      if (plans_[i].replay && replayed < oracle_histories_.size()) {
        oracle = &oracle_histories_[replayed++];
      }
      result_.scenarios.push_back(
          JudgeScenario(plans_[i], input_, testee_histories_[i], oracle));
    }
  }

  absl::Status KeepHistories() {
    if (options_.histories_path.empty()) return absl::OkStatus();
    Histories histories;
    histories.hello = testee_->hello();
    histories.scenarios = std::move(testee_histories_);
    return WriteHistories(options_.histories_path, catalog_, histories);
  }

  const CertifyOptions& options_;
  const ScenarioCatalog& catalog_;
  const std::vector<const CatalogEntry*> entries_;
  std::optional<ProcessorLoad> load_;
  std::optional<ProgressLine> progress_;
  std::unique_ptr<Execution> testee_;
  LiveOracle oracle_;
  PlanInput input_;
  std::vector<Plan> plans_;
  std::vector<ScenarioHistory> testee_histories_;
  std::vector<ScenarioHistory> oracle_histories_;
  CertificationResult result_;
};

}  // namespace

ExitStatus RunCertify(const CertifyOptions& options) {
  absl::StatusOr<ScenarioCatalog> catalog = ScenarioCatalog::Load(
      options.scenarios.empty()
          ? std::vector<std::string>{options.default_scenarios}
          : options.scenarios);
  if (!catalog.ok()) {
    return Complain(ExitStatus::kUsage, catalog.status().message());
  }
  std::vector<const CatalogEntry*> entries =
      SelectEntries(*catalog, options.filter);
  if (options.list) {
    for (const CatalogEntry* entry : entries) {
      std::cout << entry->variant.id << "\n";
    }
  }
  if (entries.empty()) {
    return Complain(
        ExitStatus::kNotAllRan,
        options.filter.empty()
            ? "there is no scenario in these files"
            : absl::StrCat("no scenario's id has a match of '", options.filter,
                           "'; --list shows the ids"));
  }
  if (options.list) return ExitStatus::kAsExpected;
  if (!options.recheck_path.empty()) {
    return Recheck(options, Reproduction(options), entries);
  }
  return Certifier(options, *catalog, std::move(entries)).Run();
}

}  // namespace conformance
