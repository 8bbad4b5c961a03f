// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/execution.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <random>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "conformance/runner/perturbation.h"
#include "conformance/runner/scenario_run.h"
#include "conformance/scenario/digest.h"

namespace conformance {
namespace {

// So many times in a row may a testee fail to start before the rest is given up
// without trying.
constexpr int kMaximumFailedStarts = 3;

// A seed for one run, which does not depend on what else runs.
std::uint64_t SeedOf(std::uint64_t seed, const std::string& id, int run) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const char c : absl::StrCat(id, "#", run)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return hash;
}

}  // namespace

ScenarioHistory NewHistory(const CatalogEntry& entry) {
  ScenarioHistory history;
  history.id = entry.variant.id;
  history.scenario = entry.scenario->id;
  history.file = entry.file->path;
  history.line = entry.scenario->line;
  history.digest = ScenarioDigest(*entry.scenario);
  history.compare_messages = entry.scenario->compare_messages;
  for (const auto& [name, value] : entry.variant.variables) {
    history.variables.emplace_back(name, value.text);
  }
  return history;
}

// One testee process after the other, on one thread.
class Execution::Worker {
 public:
  Worker(const Execution& execution, std::unique_ptr<TesteeDialogue> testee)
      : execution_(execution), testee_(std::move(testee)) {}

  void Run(const CatalogEntry& entry, ScenarioHistory& history) {
    history = NewHistory(entry);
    for (int run = 0; run < execution_.options_.repeat; ++run) {
      Keep(RunOnce(entry, run), history);
    }
    if (history.runs.back().state != RunState::kUnsupported) last_ = &history;
  }

  // Ends the testee. One that does not end well (a sanitizer has found a leak)
  // has failed in the last scenario that it ran.
  void End() {
    if (testee_ == nullptr || testee_->Shutdown() || last_ == nullptr) return;
    TakeFailure(*testee_, last_->runs.back());
  }

 private:
  void Keep(RunHistory run, ScenarioHistory& history) const {
    for (RunHistory& kept : history.runs) {
      if (!execution_.options_.merge_same_runs || !SameRun(kept, run)) continue;
      ++kept.count;
      return;
    }
    history.runs.push_back(std::move(run));
  }

  RunHistory RunOnce(const CatalogEntry& entry, int run) {
    const ExecutionOptions& options = execution_.options_;
    if (RunHistory failed; !EnsureTestee(failed)) return failed;
    Perturbation perturbation;
    if (options.perturbation_seed.has_value()) {
      perturbation = Perturbation(
          SeedOf(*options.perturbation_seed, entry.variant.id, run));
    }
    RunOptions run_options;
    run_options.deadline = options.deadline;
    run_options.keep_wire_log = options.keep_wire_log;
    RunHistory history = RunScenario(*entry.scenario, entry.variant, *testee_,
                                     perturbation, run_options);
    if (testee_->failure().has_value()) testee_.reset();
    return history;
  }

  bool EnsureTestee(RunHistory& failed) {
    if (testee_ != nullptr) return true;
    failed.state = RunState::kCouldNotStart;
    if (failed_starts_ >= kMaximumFailedStarts) {
      failed.explanation = "could not be started again";
      return false;
    }
    testee_ = TesteeDialogue::Start(execution_.command_,
                                    execution_.options_.deadline);
    if (!testee_->failure().has_value()) {
      failed_starts_ = 0;
      return true;
    }
    ++failed_starts_;
    failed.explanation = absl::StrCat("could not be started again: ",
                                      testee_->failure()->description);
    failed.stderr_text = testee_->TakeStderr();
    testee_.reset();
    return false;
  }

  const Execution& execution_;
  std::unique_ptr<TesteeDialogue> testee_;
  // The last scenario that was not unsupported.
  ScenarioHistory* last_ = nullptr;
  int failed_starts_ = 0;
};

absl::StatusOr<std::unique_ptr<Execution>> Execution::Start(
    CommandLine command, ExecutionOptions options) {
  auto execution = std::unique_ptr<Execution>(
      new Execution(std::move(command), std::move(options)));
  execution->first_ =
      TesteeDialogue::Start(execution->command_, execution->options_.deadline);
  const auto& failure = execution->first_->failure();
  if (failure.has_value()) {
    const std::string error_output = execution->first_->TakeStderr();
    return absl::UnavailableError(absl::StrCat(
        failure->kind == TesteeFailureKind::kCouldNotStart ? "" : "it ",
        failure->description,
        error_output.empty() ? "" : "\nIts standard error:\n", error_output));
  }
  execution->hello_ = execution->first_->hello();
  return execution;
}

std::vector<ScenarioHistory> Execution::Run(
    const std::vector<const CatalogEntry*>& entries) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0);
  if (options_.perturbation_seed.has_value()) {
    std::shuffle(order.begin(), order.end(),
                 std::mt19937_64(*options_.perturbation_seed));
  }
  std::vector<ScenarioHistory> histories(entries.size());
  std::atomic<std::size_t> next{0};
  std::mutex finished_mutex;
  const auto work = [&](std::unique_ptr<TesteeDialogue> testee) {
    Worker worker(*this, std::move(testee));
    for (;;) {
      const std::size_t i = next.fetch_add(1);
      if (i >= order.size()) break;
      const CatalogEntry& entry = *entries[order[i]];
      worker.Run(entry, histories[order[i]]);
      if (!options_.on_finished) continue;
      const std::lock_guard<std::mutex> lock(finished_mutex);
      options_.on_finished(entry.variant.id);
    }
    worker.End();
  };
  const int jobs =
      std::max(1, std::min(options_.jobs, static_cast<int>(entries.size())));
  std::vector<std::thread> others;
  for (int i = 1; i < jobs; ++i) {
    others.emplace_back([&work] { work(nullptr); });
  }
  work(std::move(first_));
  for (std::thread& thread : others) thread.join();
  return histories;
}

}  // namespace conformance
