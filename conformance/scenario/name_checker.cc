// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/name_checker.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/vocabulary.h"

namespace conformance {
namespace {

using Kind = Expression::Kind;

class NameChecker {
 public:
  NameChecker(const Scenario& scenario, std::vector<Problem>& problems)
      : problems_(problems) {
    for (const Variable& variable : scenario.variables) {
      bound_.insert(variable.name);
    }
  }

  void Check(const Step& step) {
    line_ = step.line;
    if (step.is_peer()) CheckPeer(step);
    for (const Statement& statement : step.statements) {
      CheckExpression(statement.operation);
      CheckExpression(statement.expression);
      const bool names_task = statement.kind == Statement::Kind::kObserve ||
                              statement.kind == Statement::Kind::kCancel;
      if (names_task) Use(statement.name, statement.column);
      if (statement.kind == Statement::Kind::kDelete) {
        for (const std::string& name : statement.targets) {
          Use(name, statement.column);
          bound_.erase(name);
        }
      } else {
        Bind(statement);
      }
    }
  }

 private:
  void Report(int column, std::string message) {
    problems_.push_back(
        {Problem::Severity::kError, line_, column, std::move(message)});
  }

  void CheckPeer(const Step& step) {
    if (!peers_.insert(step.actor).second || step.statements.empty()) return;
    const Expression& call = step.statements[0].operation;
    const PeerCall* known = FindPeerCall(call.operands[0].name);
    if (known != nullptr && !known->begins) {
      Report(1, absl::StrCat("peer `", step.actor,
                             "` must listen, accept or connect first"));
    }
    if (bound_.count(step.actor) > 0) {
      Report(1, absl::StrCat("`", step.actor,
                             "` is bound already, and no "
                             "name for a peer"));
    }
  }

  void Bind(const Statement& statement) {
    for (const std::string& name : statement.targets) {
      if (peers_.count(name) > 0) {
        Report(statement.column, absl::StrCat("`", name, "` is a peer"));
      }
      bound_.insert(name);
    }
  }

  // A callee that is a plain name is a function: a testee may have any.
  void CheckExpression(const Expression& expression) {
    if (expression.is(Kind::kName)) Use(expression.name, expression.column);
    for (size_t i = 0; i < expression.operands.size(); ++i) {
      const Expression& operand = expression.operands[i];
      const bool function =
          i == 0 && expression.is(Kind::kCall) && operand.is(Kind::kName);
      if (!function) CheckExpression(operand);
    }
    for (const Expression::Keyword& keyword : expression.keywords) {
      CheckExpression(keyword.value);
    }
  }

  void Use(const std::string& name, int column) {
    if (bound_.count(name) > 0 || peers_.count(name) > 0 ||
        IsCallbackName(name)) {
      return;
    }
    std::vector<absl::string_view> candidates(bound_.begin(), bound_.end());
    candidates.insert(candidates.end(), peers_.begin(), peers_.end());
    const std::string nearest = NearestName(name, candidates);
    Report(column,
           absl::StrCat("nothing has the name `", name, "` here",
                        nearest.empty()
                            ? ""
                            : absl::StrCat("; did you mean `", nearest, "`?")));
  }

  std::vector<Problem>& problems_;
  std::set<std::string> bound_;
  std::set<std::string> peers_;
  int line_ = 0;
};

}  // namespace

void CheckNames(const Scenario& scenario, std::vector<Problem>& problems) {
  NameChecker checker(scenario, problems);
  for (const Step& step : scenario.steps) checker.Check(step);
}

}  // namespace conformance
