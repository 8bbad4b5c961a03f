// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_EXECUTION_H_
#define CONFORMANCE_RUNNER_EXECUTION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/runner/command_line.h"
#include "conformance/runner/history.h"
#include "conformance/runner/scenario_catalog.h"
#include "conformance/runner/testee_dialogue.h"

namespace conformance {

// The history of a variant that has no runs yet.
ScenarioHistory NewHistory(const CatalogEntry& entry);

struct ExecutionOptions {
  std::chrono::milliseconds deadline{10'000};
  bool keep_wire_log = false;
  int repeat = 1;
  // Of runs which are the same to a judge, only the first is kept.
  bool merge_same_runs = true;
  // Testee processes at a time.
  int jobs = 1;
  // Disturb each run, with this seed.
  std::optional<std::uint64_t> perturbation_seed;
  // Called after each variant, from any thread, one call at a time.
  std::function<void(const std::string& id)> on_finished;
};

// Runs variants of scenarios against a testee program, some at a time. Testee
// processes are used again and again; one that misbehaved is replaced.
class Execution {
 public:
  // Starts the program and says hello. Unavailable: that did not work; the
  // message says what happened, with the end of its standard error.
  static absl::StatusOr<std::unique_ptr<Execution>> Start(
      CommandLine command, ExecutionOptions options);

  const Hello& hello() const { return hello_; }

  // One history for each entry, in order. Entries whose testee could not be
  // started again have runs in the state kCouldNotStart.
  std::vector<ScenarioHistory> Run(
      const std::vector<const CatalogEntry*>& entries);

 private:
  Execution(CommandLine command, ExecutionOptions options)
      : command_(std::move(command)), options_(std::move(options)) {}

  class Worker;

  CommandLine command_;
  ExecutionOptions options_;
  Hello hello_;
  // The one that said hello; taken by the first worker.
  std::unique_ptr<TesteeDialogue> first_;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_EXECUTION_H_
