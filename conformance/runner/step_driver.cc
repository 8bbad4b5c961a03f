// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/step_driver.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "conformance/runner/operation_translation.h"
#include "conformance/runner/raised_outcome.h"
#include "conformance/scenario/evaluation.h"

namespace conformance {
namespace {

Outcome UnboundName(absl::string_view name) {
  return RaisedOutcome("NameError",
                       absl::StrCat("name '", name, "' is not bound"));
}

bool IsUnix(const Variant& variant) {
  const VariantValue* transport = variant.Find("transport");
  return transport != nullptr && transport->text == "unix";
}

absl::string_view FirstName(absl::string_view dotted) {
  return dotted.substr(0, dotted.find('.'));
}

Peers::Options PeerOptions(const Scenario& scenario, bool unix_transport,
                           std::chrono::milliseconds deadline,
                           Perturbation& perturbation, TesteeDialogue& testee) {
  Peers::Options options;
  options.unix_by_default = unix_transport;
  options.deadline = deadline;
  options.settle = [&testee] { return testee.Settle(); };
  if (scenario.segments_any && perturbation.active()) {
    options.cuts = [&perturbation](std::size_t size) {
      return perturbation.Cuts(size);
    };
    options.between_pieces = [&perturbation, &testee] {
      // Each piece by itself, several at once, or whatever comes of a delay.
      if (perturbation.OneIn(2)) {
        testee.Settle();
      } else {
        perturbation.MaybeDelay();
      }
    };
  }
  return options;
}

}  // namespace

StepDriver::StepDriver(const Scenario& scenario, const Variant& variant,
                       TesteeDialogue& testee, Perturbation& perturbation,
                       std::chrono::milliseconds deadline)
    : scenario_(scenario),
      variant_(variant),
      testee_(testee),
      perturbation_(perturbation),
      unix_transport_(IsUnix(variant)),
      peers_(PeerOptions(scenario, unix_transport_, deadline, perturbation,
                         testee),
             folder_),
      names_(variant_, peers_) {}

StepDriver::Result StepDriver::Run(const Step& step) {
  if (step.is_peer()) return RunPeerStep(step);
  Result result;
  std::vector<Sent> sent;
  std::vector<Batch::Item> items;
  for (const Statement& statement : step.statements) {
    sent.push_back(Prepare(statement, items));
    if (sent.back().scenario_error.has_value()) {
      result.scenario_error = sent.back().scenario_error;
      return result;
    }
    const bool is_barrier = statement.kind == Statement::Kind::kAdvanceClock ||
                            statement.kind == Statement::Kind::kStats;
    if (!is_barrier) continue;
    // These two are no part of a batch: what stands before them goes first.
    if (!SendItems(items)) return result;
    if (statement.kind == Statement::Kind::kAdvanceClock) {
      Advance advance;
      advance.id = testee_.NextId();
      advance.seconds = statement.seconds;
      if (!testee_.Send(advance)) return result;
    }
  }
  if (!SendItems(items) || !AwaitConnecting(sent) || !Settle()) return result;
  for (const Sent& one : sent) {
    std::optional<Outcome> outcome = Take(one);
    if (!outcome.has_value()) return result;
    result.outcomes.push_back(*std::move(outcome));
  }
  return result;
}

bool StepDriver::SendItems(std::vector<Batch::Item>& items) {
  if (items.empty()) return true;
  perturbation_.MaybeDelay();
  bool sent = false;
  if (items.size() == 1) {
    sent = std::visit(
        [&](const auto& item) { return testee_.Send(RunnerMessage(item)); },
        items[0]);
  } else {
    Batch batch;
    batch.ops = items;
    sent = testee_.Send(batch);
  }
  items.clear();
  return sent;
}

bool StepDriver::Settle() {
  peers_.AcceptWhatIsThere();
  perturbation_.MaybeDelay();
  if (!testee_.Settle()) return false;
  BindResults();
  return true;
}

bool StepDriver::AwaitConnecting(const std::vector<Sent>& sent) {
  for (const Sent& one : sent) {
    if (one.must_be_awaited && !testee_.AwaitDone(one.op)) return false;
  }
  return true;
}

// Statements to messages.

StepDriver::Sent StepDriver::Prepare(const Statement& statement,
                                     std::vector<Batch::Item>& items) {
  Sent sent;
  sent.statement = &statement;
  switch (statement.kind) {
    case Statement::Kind::kOperation:
    case Statement::Kind::kCreateTask:
      return PrepareOperation(statement, items);
    case Statement::Kind::kCancel: {
      const std::optional<std::int64_t> task = names_.FindTask(statement.name);
      if (!task.has_value()) {
        sent.outcome = UnboundName(statement.name);
        break;
      }
      Cancel cancel;
      cancel.id = testee_.NextId();
      cancel.of = *task;
      items.emplace_back(cancel);
      break;
    }
    case Statement::Kind::kDelete: {
      Drop drop;
      for (const std::string& name : statement.targets) {
        if (names_.IsInTestee(name)) drop.names.push_back(name);
        names_.Forget(name);
      }
      if (drop.names.empty()) break;
      drop.id = testee_.NextId();
      items.emplace_back(std::move(drop));
      break;
    }
    case Statement::Kind::kObserve:
    case Statement::Kind::kAdvanceClock:
    case Statement::Kind::kEvents:
    case Statement::Kind::kStats:
    case Statement::Kind::kEvaluate:
    case Statement::Kind::kPeer:
      break;
  }
  return sent;
}

StepDriver::Sent StepDriver::PrepareOperation(const Statement& statement,
                                              std::vector<Batch::Item>& items) {
  Sent sent;
  sent.statement = &statement;
  absl::StatusOr<Op> op =
      TranslateOperation(statement, unix_transport_, names_, folder_);
  if (absl::IsNotFound(op.status())) {
    sent.outcome = RaisedOutcome("NameError", op.status().message());
    return sent;
  }
  if (!op.ok()) {
    sent.scenario_error = std::string(op.status().message());
    return sent;
  }
  const absl::string_view target = FirstName(op->target);
  if (!target.empty() && !names_.IsInTestee(target)) {
    // The operation that should have bound it failed. To ask the testee would
    // be a question about its error handling, not about asyncio.
    sent.outcome = UnboundName(target);
    return sent;
  }
  op->id = testee_.NextId();
  sent.op = op->id;
  sent.must_be_awaited = MustBeAwaited(statement, *op);
  op->bind = NamesToBind(scenario_, statement);
  if (!op->bind.empty()) {
    open_bindings_.push_back(OpenBinding{op->id, op->bind});
    // The next statements of a batch may use the name before the result is
    // known here.
    if (!op->await) {
      for (const std::string& name : op->bind) {
        names_.BindInTestee(name, Value(Object{""}));
      }
    }
  }
  if (statement.kind == Statement::Kind::kCreateTask)
    names_.BindTask(statement.targets[0], op->id);
  items.emplace_back(*std::move(op));
  return sent;
}

// Outcomes.

void StepDriver::BindResults() {
  std::vector<OpenBinding> still_open;
  for (OpenBinding& binding : open_bindings_) {
    const Done* done = testee_.FindDone(binding.op);
    if (done == nullptr) {
      still_open.push_back(std::move(binding));
      continue;
    }
    const auto* tuple = done->result.get_if<Tuple>();
    for (std::size_t i = 0; i < binding.names.size(); ++i) {
      const std::string& name = binding.names[i];
      if (done->raised) {
        names_.Forget(name);
      } else if (binding.names.size() == 1) {
        names_.BindInTestee(name, done->result);
      } else if (tuple != nullptr && i < tuple->items.size()) {
        names_.BindInTestee(name, tuple->items[i]);
      } else {
        names_.BindInTestee(name, Value(Object{""}));
      }
    }
  }
  open_bindings_ = std::move(still_open);
}

std::optional<Outcome> StepDriver::Take(const Sent& sent) {
  if (sent.outcome.has_value()) return sent.outcome;
  const Statement& statement = *sent.statement;
  switch (statement.kind) {
    case Statement::Kind::kOperation:
      return TakeOperation(sent);
    case Statement::Kind::kObserve:
      return Observe(statement);
    case Statement::Kind::kEvents: {
      List names;
      for (std::string& name : testee_.TakeEvents()) {
        names.items.emplace_back(std::move(name));
      }
      const Value value(std::move(names));
      return Compute(statement, &value);
    }
    case Statement::Kind::kStats: {
      const std::optional<Stats> stats = testee_.GetStats();
      if (!stats.has_value()) return std::nullopt;
      const auto found = stats->counts.find(statement.name);
      if (found == stats->counts.end()) {
        return RaisedOutcome("KeyError", statement.name);
      }
      const Value value(found->second);
      return Compute(statement, &value);
    }
    case Statement::Kind::kEvaluate:
      return Compute(statement, nullptr);
    case Statement::Kind::kCreateTask:
    case Statement::Kind::kCancel:
    case Statement::Kind::kDelete:
    case Statement::Kind::kAdvanceClock:
    case Statement::Kind::kPeer:
      return Outcome::Nothing();
  }
  return Outcome::Nothing();
}

Outcome StepDriver::TakeOperation(const Sent& sent) {
  const Statement& statement = *sent.statement;
  const Done* done = testee_.FindDone(sent.op);
  if (done == nullptr) return Outcome::Pending();
  if (done->raised || IsPlain(statement)) {
    return Outcome::FromDone(*done, !statement.targets.empty());
  }
  return Compute(statement, &done->result);
}

Outcome StepDriver::Observe(const Statement& statement) {
  const std::optional<std::int64_t> task = names_.FindTask(statement.name);
  if (!task.has_value()) return UnboundName(statement.name);
  const Done* done = testee_.FindDone(*task);
  if (done == nullptr) return Outcome::Pending();
  if (done->raised || IsPlain(statement)) {
    return Outcome::FromDone(*done, !statement.targets.empty());
  }
  return Compute(statement, &done->result);
}

// The value of the statement's expression, and its names.
Outcome StepDriver::Compute(const Statement& statement, const Value* result) {
  absl::StatusOr<Value> value =
      Evaluate(statement.expression, names_.values(), result);
  if (!value.ok()) return RaisedOutcome("TypeError", value.status().message());
  if (statement.targets.empty()) return Outcome::Returned(*std::move(value));
  if (statement.targets.size() == 1) {
    names_.BindHere(statement.targets[0], *std::move(value));
    return Outcome::Nothing();
  }
  const auto* tuple = value->get_if<Tuple>();
  if (tuple == nullptr || tuple->items.size() != statement.targets.size()) {
    return RaisedOutcome("ValueError", "wrong number of values to unpack");
  }
  for (std::size_t i = 0; i < statement.targets.size(); ++i) {
    names_.BindHere(statement.targets[i], tuple->items[i]);
  }
  return Outcome::Nothing();
}

}  // namespace conformance
