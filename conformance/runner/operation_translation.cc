// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/operation_translation.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "conformance/runner/address_filling.h"
#include "conformance/runner/certificate_filling.h"
#include "conformance/scenario/evaluation.h"
#include "conformance/scenario/vocabulary.h"

namespace conformance {
namespace {

bool ContainsConnectingCall(const std::vector<Value>& arguments) {
  for (const Value& argument : arguments) {
    const auto* call = argument.get_if<CallValue>();
    if (call == nullptr) continue;
    if (call->target.empty() && IsConnectingCall(call->call)) return true;
    if (ContainsConnectingCall(call->args)) return true;
  }
  return false;
}

// The first name in `expression` that nothing is bound to; empty: none.
std::string FindUnboundName(const Expression& expression,
                            const BoundNames& names) {
  if (const std::string name = DottedName(expression); !name.empty()) {
    const bool is_bound =
        names.arguments().Find(name).has_value() || IsCallbackName(name);
    return is_bound ? std::string() : name;
  }
  // What is called is a function, or a method of the testee's.
  const std::size_t first = expression.is(Expression::Kind::kCall) ? 1 : 0;
  for (std::size_t i = first; i < expression.operands.size(); ++i) {
    std::string name = FindUnboundName(expression.operands[i], names);
    if (!name.empty()) return name;
  }
  for (const auto& [keyword, value] : expression.keywords) {
    std::string name = FindUnboundName(value, names);
    if (!name.empty()) return name;
  }
  return "";
}

}  // namespace

absl::StatusOr<Value> ComputeArgument(const Expression& expression,
                                      const BoundNames& names) {
  absl::StatusOr<Value> value = ToArgument(expression, names.arguments());
  if (value.ok()) return value;
  if (const std::string unbound = FindUnboundName(expression, names);
      !unbound.empty()) {
    return absl::NotFoundError(
        absl::StrCat("name '", unbound, "' is not bound"));
  }
  absl::StatusOr<Value> computed =
      Evaluate(expression, names.values(), nullptr);
  return computed.ok() ? computed : value;
}

absl::StatusOr<Op> TranslateOperation(const Statement& statement,
                                      bool unix_transport,
                                      const BoundNames& names,
                                      ScenarioFolder& folder) {
  Op op;
  const Expression& operation = statement.operation;
  op.await = statement.await || statement.kind == Statement::Kind::kCreateTask;
  if (operation.is(Expression::Kind::kAttribute)) {
    op.form = Op::Form::kGet;
    op.target = DottedName(operation.operands[0]);
    op.name = operation.name;
    return op;
  }
  const Expression& callee = operation.operands[0];
  op.name = callee.name;
  if (callee.is(Expression::Kind::kAttribute)) {
    op.target = DottedName(callee.operands[0]);
  }
  for (std::size_t i = 1; i < operation.operands.size(); ++i) {
    absl::StatusOr<Value> value = ComputeArgument(operation.operands[i], names);
    if (!value.ok()) return value.status();
    op.args.push_back(*std::move(value));
  }
  for (const auto& [name, expression] : operation.keywords) {
    absl::StatusOr<Value> value = ComputeArgument(expression, names);
    if (!value.ok()) return value.status();
    SetNamed(op.kwargs, name, *std::move(value));
  }
  FillAddressesInArguments(op.args, op.kwargs, unix_transport, names, folder);
  FillCertificatesInArguments(op.args, op.kwargs, folder);
  if (op.target.empty()) {
    FillCertificates(op.name, op.kwargs, folder);
    FillAddresses(op.name, op.args, op.kwargs, unix_transport, names, folder);
  }
  return op;
}

std::vector<std::string> NamesToBind(const Scenario& scenario,
                                     const Statement& statement) {
  if (statement.kind != Statement::Kind::kCreateTask) {
    return IsPlain(statement) ? statement.targets : std::vector<std::string>();
  }
  bool behind = false;
  for (const Step& step : scenario.steps) {
    for (const Statement& later : step.statements) {
      if (&later == &statement) {
        behind = true;
      } else if (behind && later.kind == Statement::Kind::kObserve &&
                 later.name == statement.targets[0] && !later.targets.empty()) {
        return later.targets;
      } else if (behind && later.kind == Statement::Kind::kCreateTask &&
                 later.targets == statement.targets) {
        return {};  // Another task of the same name.
      }
    }
  }
  return {};
}

bool MustBeAwaited(const Statement& statement, const Op& op) {
  if (statement.kind == Statement::Kind::kCreateTask || !op.await) return false;
  return (op.target.empty() && IsConnectingCall(op.name)) ||
         ContainsConnectingCall(op.args);
}

}  // namespace conformance
