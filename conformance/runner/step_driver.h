// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_STEP_DRIVER_H_
#define CONFORMANCE_RUNNER_STEP_DRIVER_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/protocol/message.h"
#include "conformance/runner/bound_names.h"
#include "conformance/runner/peers.h"
#include "conformance/runner/perturbation.h"
#include "conformance/runner/scenario_folder.h"
#include "conformance/runner/testee_dialogue.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/model.h"
#include "conformance/scenario/outcome.h"

namespace conformance {

// Carries out the steps of one run of a scenario, one after the other.
//
// The testee's statements of a step go through three phases: they are turned
// into messages and sent, the testee settles, and then their outcomes are
// taken, in order. What the runner computes or observes by itself has no
// message.
class StepDriver {
 public:
  StepDriver(const Scenario& scenario, const Variant& variant,
             TesteeDialogue& testee, Perturbation& perturbation,
             std::chrono::milliseconds deadline);

  struct Result {
    // One for each statement; fewer if the step could not be finished.
    std::vector<Outcome> outcomes;
    // A peer waited in vain: for what. (Whether the testee failed, it knows.)
    std::optional<std::string> peer_timeout;
    // The step means nothing: a fault of whoever wrote it.
    std::optional<std::string> scenario_error;
  };
  Result Run(const Step& step);

 private:
  // A statement on its way.
  struct Sent {
    const Statement* statement = nullptr;
    std::int64_t op = 0;  // 0: it has no op.
    // Known already, without the testee.
    std::optional<Outcome> outcome;
    // An argument cannot be computed, whatever the testee does.
    std::optional<std::string> scenario_error;
    bool must_be_awaited = false;
  };

  Result RunPeerStep(const Step& step);
  // A status that is not ok is a scenario error.
  absl::StatusOr<PeerOutcome> RunPeerStatement(const Step& step,
                                               const Statement& statement);
  // The first argument of `connect`, if it is a server of the testee: asks it.
  bool AskForAddress(std::vector<Value>& arguments);

  Sent Prepare(const Statement& statement, std::vector<Batch::Item>& items);
  Sent PrepareOperation(const Statement& statement,
                        std::vector<Batch::Item>& items);
  bool SendItems(std::vector<Batch::Item>& items);
  bool Settle();
  bool AwaitConnecting(const std::vector<Sent>& sent);

  // Nothing: the testee failed.
  std::optional<Outcome> Take(const Sent& sent);
  Outcome TakeOperation(const Sent& sent);
  Outcome Observe(const Statement& statement);
  Outcome Compute(const Statement& statement, const Value* result);
  void BindResults();

  const Scenario& scenario_;
  const Variant& variant_;
  TesteeDialogue& testee_;
  Perturbation& perturbation_;
  bool unix_transport_;
  ScenarioFolder folder_;
  Peers peers_;
  BoundNames names_;
  // Ops whose results get names as soon as they are known.
  struct OpenBinding {
    std::int64_t op;
    std::vector<std::string> names;
  };
  std::vector<OpenBinding> open_bindings_;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_STEP_DRIVER_H_
