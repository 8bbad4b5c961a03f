// SPDX-License-Identifier: Apache-2.0
//
// What happened when a scenario was run. Plain data: everything that a
// judgement needs, so that it can be made again without the testee.
#ifndef CONFORMANCE_RUNNER_HISTORY_H_
#define CONFORMANCE_RUNNER_HISTORY_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "conformance/protocol/message.h"
#include "conformance/scenario/outcome.h"

namespace conformance {

enum class RunState {
  kObserved,       // All steps were carried out.
  kUnsupported,    // The testee declared that it lacks what is needed.
  kNotApplicable,  // The scenario is not for this edition.
  kScenarioError,  // A step means nothing: the scenario is wrong.
  kPeerTimeout,    // A peer waited in vain for what the testee should do.
  kCouldNotStart,
  kCrash,
  kTimeout,
  kProtocolError,
};

// One statement's outcome.
struct ObservedOutcome {
  int line = 0;       // Of its step, in the file.
  int statement = 0;  // Within the step, from 0.
  Outcome outcome;
};

// One run of one variant.
struct RunHistory {
  RunState state = RunState::kObserved;
  // Why it is not kObserved; a predicate whose subject is the testee.
  std::string explanation;
  // The line of the step that could not be finished; 0: all were, or none.
  int stopped_at_line = 0;
  std::string perturbation = "none";
  // So many runs were like this one, itself included.
  int count = 1;
  // In order. Shorter than the scenario if it was not finished.
  std::vector<ObservedOutcome> outcomes;
  std::string stderr_text;
  std::vector<std::string> wire_log;
};

// The same outcome in little memory: a long value becomes its length and hash,
// of which its text consists anyway.
Outcome Compacted(Outcome outcome);

// Whether a judge could not tell the two apart.
bool SameRun(const RunHistory& a, const RunHistory& b);

// All runs of one variant.
struct ScenarioHistory {
  std::string id;        // With the variant.
  std::string scenario;  // Without.
  std::string file;
  int line = 0;
  std::string digest;
  bool compare_messages = false;
  std::vector<std::pair<std::string, std::string>> variables;
  std::vector<RunHistory> runs;
};

// What one testee did.
struct Histories {
  Hello hello;
  std::vector<ScenarioHistory> scenarios;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_HISTORY_H_
