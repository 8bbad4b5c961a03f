// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_SCENARIO_RUN_H_
#define CONFORMANCE_RUNNER_SCENARIO_RUN_H_

#include <chrono>

#include "conformance/runner/history.h"
#include "conformance/runner/perturbation.h"
#include "conformance/runner/testee_dialogue.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/model.h"

namespace conformance {

struct RunOptions {
  std::chrono::milliseconds deadline{10'000};
  bool keep_wire_log = false;
};

// Runs one variant of a scenario against a testee, step by step, and tells what
// came back. It does not judge.
//
// Each step is carried out, then the testee settles, then the outcomes are
// taken: what is pending then is still waiting. Nothing depends on time, but
// for the deadline that every wait has.
//
// After a history whose state is a failure of the testee, the dialogue is
// useless. Otherwise the testee has been reset.
RunHistory RunScenario(const Scenario& scenario, const Variant& variant,
                       TesteeDialogue& testee, Perturbation& perturbation,
                       const RunOptions& options);

// Notes in `history` how the testee failed, if it did, and what it has written
// on standard error.
void TakeFailure(TesteeDialogue& testee, RunHistory& history);

// Why the testee cannot run it, by its own declaration: "it lacks clock".
// Empty: it can.
std::string WhatIsMissing(const Scenario& scenario, const Variant& variant,
                          const Hello& hello);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_SCENARIO_RUN_H_
