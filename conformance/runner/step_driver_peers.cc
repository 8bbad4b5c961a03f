// SPDX-License-Identifier: Apache-2.0
//
// The steps of peers.
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "conformance/runner/operation_translation.h"
#include "conformance/runner/raised_outcome.h"
#include "conformance/runner/step_driver.h"
#include "conformance/scenario/evaluation.h"

namespace conformance {

StepDriver::Result StepDriver::RunPeerStep(const Step& step) {
  Result result;
  for (const Statement& statement : step.statements) {
    perturbation_.MaybeDelay();
    absl::StatusOr<PeerOutcome> outcome = RunPeerStatement(step, statement);
    if (testee_.failure().has_value()) return result;
    if (!outcome.ok()) {
      result.scenario_error = std::string(outcome.status().message());
      return result;
    }
    result.outcomes.push_back(std::move(outcome->outcome));
    if (outcome->timed_out) {
      result.peer_timeout = std::move(outcome->explanation);
      return result;
    }
  }
  Settle();
  return result;
}

absl::StatusOr<PeerOutcome> StepDriver::RunPeerStatement(
    const Step& step, const Statement& statement) {
  const Expression& call = statement.operation;
  const std::string& operation = call.operands[0].name;
  std::vector<Value> arguments;
  NamedValues keywords;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    const Expression& operand = call.operands[i];
    if (operation == "accept" && operand.is(Expression::Kind::kName)) {
      arguments.emplace_back(Reference{operand.name});
      continue;
    }
    absl::StatusOr<Value> value = ComputeArgument(operand, names_);
    // Bytes that have a name are sent by value: peers are the runner's own.
    if (value.ok() && value->is<Reference>() && operation != "connect") {
      value = Evaluate(operand, names_.values(), nullptr);
    }
    if (absl::IsNotFound(value.status())) {
      return PeerOutcome{RaisedOutcome("NameError", value.status().message()),
                         false, ""};
    }
    if (!value.ok()) return value.status();
    arguments.push_back(*std::move(value));
  }
  for (const auto& [name, expression] : call.keywords) {
    absl::StatusOr<Value> value =
        Evaluate(expression, names_.values(), nullptr);
    if (!value.ok()) return value.status();
    SetNamed(keywords, name, *std::move(value));
  }
  if (operation == "connect" && !AskForAddress(arguments)) {
    return PeerOutcome();
  }
  PeerOutcome outcome = peers_.Run(step.actor, operation, arguments, keywords);
  const bool has_result = outcome.outcome.kind != Outcome::Kind::kRaised &&
                          outcome.outcome.kind != Outcome::Kind::kPending;
  if (!has_result) return outcome;
  if (!IsPlain(statement) || !statement.targets.empty()) {
    const Value result = outcome.outcome.value;
    outcome.outcome = Compute(statement, &result);
  }
  return outcome;
}

bool StepDriver::AskForAddress(std::vector<Value>& arguments) {
  const auto* server =
      arguments.empty() ? nullptr : arguments[0].get_if<Reference>();
  if (server == nullptr) return true;
  if (const Value* reported = names_.ReportedValue(server->name);
      reported != nullptr && !reported->is<Object>()) {
    arguments[0] = *reported;  // An address already.
    return true;
  }
  Op op;
  op.id = testee_.NextId();
  op.name = "server_address";
  op.args.push_back(arguments[0]);
  if (!testee_.Send(op) || !testee_.AwaitDone(op.id)) return false;
  const Done& done = *testee_.FindDone(op.id);
  arguments[0] = done.raised ? Value() : done.result;
  return true;
}

}  // namespace conformance
