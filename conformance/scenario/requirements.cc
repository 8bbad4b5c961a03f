// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/requirements.h"

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "conformance/scenario/expression.h"
#include "conformance/scenario/vocabulary.h"

namespace conformance {
namespace {

using Kind = Expression::Kind;

class Collector {
 public:
  Collector(const Scenario& scenario, const Variant& variant)
      : transport_(TransportOf(scenario, variant)), tls_(TlsOf(variant)) {
    result_.capabilities.insert(scenario.needs.begin(), scenario.needs.end());
    for (const Step& step : scenario.steps) {
      for (const Statement& statement : step.statements) Add(statement);
    }
  }

  Requirements Take() && { return std::move(result_); }

 private:
  // The transport is the variable of that name, or what a peer listens on.
  static std::string TransportOf(const Scenario& scenario,
                                 const Variant& variant) {
    if (const VariantValue* value = variant.Find("transport")) {
      return value->text;
    }
    for (const Step& step : scenario.steps) {
      for (const Statement& statement : step.statements) {
        const Expression& call = statement.operation;
        if (step.is_peer() && call.is_call_of("listen") &&
            call.operands.size() == 2 &&
            call.operands[1].literal == Value(std::string("unix"))) {
          return "unix";
        }
      }
    }
    return "tcp";
  }

  // The version is the variable `tls`, or the newest.
  static std::string TlsOf(const Variant& variant) {
    const VariantValue* value = variant.Find("tls");
    return value == nullptr ? "tls-1.3" : "tls-" + value->text;
  }

  void Add(const Statement& statement) {
    switch (statement.kind) {
      case Statement::Kind::kOperation:
      case Statement::Kind::kCreateTask:
        AddExpression(statement.operation);
        break;
      case Statement::Kind::kCancel:
        Need("cancel");
        break;
      case Statement::Kind::kDelete:
        Need("drop");
        break;
      case Statement::Kind::kAdvanceClock:
        Need("clock");
        break;
      case Statement::Kind::kEvents:
        Need("events");
        break;
      case Statement::Kind::kStats:
        Need("stats");
        break;
      case Statement::Kind::kObserve:
      case Statement::Kind::kEvaluate:
      case Statement::Kind::kPeer:
        break;
    }
  }

  void AddExpression(const Expression& expression) {
    if (expression.is(Kind::kCall)) {
      const Expression& callee = expression.operands[0];
      if (!callee.is(Kind::kName) ||
          (callee.name != "len" && !IsExceptionName(callee.name))) {
        result_.calls.insert(callee.name);
      }
      if (callee.is(Kind::kName)) AddFunction(callee.name);
      if (callee.is(Kind::kAttribute) && callee.name == "start_tls") {
        Need("start-tls");
      }
    }
    for (const Expression& operand : expression.operands) {
      AddExpression(operand);
    }
    for (const Expression::Keyword& keyword : expression.keywords) {
      AddExpression(keyword.value);
    }
  }

  void AddFunction(absl::string_view name) {
    const TesteeFunction* function = FindTesteeFunction(name);
    if (function == nullptr) return;
    for (const absl::string_view capability : function->capabilities) {
      Need(capability == "socket" ? transport_
           : capability == "tls"  ? tls_
                                  : capability);
    }
  }

  void Need(absl::string_view capability) {
    result_.capabilities.insert(std::string(capability));
  }

  const std::string transport_;
  const std::string tls_;
  Requirements result_;
};

}  // namespace

Requirements RequirementsOf(const Scenario& scenario, const Variant& variant) {
  return Collector(scenario, variant).Take();
}

}  // namespace conformance
