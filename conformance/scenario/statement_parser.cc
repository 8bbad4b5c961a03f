// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/statement_parser.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/expression_parser.h"
#include "conformance/scenario/operation_finder.h"
#include "conformance/scenario/syntax_error.h"
#include "conformance/scenario/vocabulary.h"

namespace conformance {
namespace {

using Kind = Expression::Kind;

constexpr size_t kMaxTargets = 16;

// `a`, `a, b`; `tokens` end in front of `=`, or of the end of `del a, b`.
absl::StatusOr<std::vector<std::string>> ParseNames(
    absl::Span<const Token> tokens, int end_column) {
  std::vector<std::string> names;
  for (size_t i = 0; i <= tokens.size(); i += 2) {
    if (i == tokens.size()) {
      return SyntaxError(end_column, "a name is missing");
    }
    if (tokens[i].kind != Token::Kind::kName) {
      return SyntaxError(tokens[i].column, "only names can stand here");
    }
    names.push_back(tokens[i].text);
    if (i + 1 == tokens.size()) break;
    if (!tokens[i + 1].Is(",")) {
      return SyntaxError(tokens[i + 1].column, "a comma is missing");
    }
  }
  if (names.size() > kMaxTargets) {
    return SyntaxError(tokens[0].column, "too many names");
  }
  return names;
}

struct Assignment {
  std::vector<std::string> targets;
  absl::Span<const Token> rest;
};

absl::StatusOr<Assignment> SplitAssignment(absl::Span<const Token> tokens) {
  Assignment assignment;
  assignment.rest = tokens;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    // `=` in brackets belongs to a keyword argument.
    if (token.Is("(") || token.Is("[") || token.Is("{")) break;
    if (!token.Is("=")) continue;
    auto names = ParseNames(tokens.subspan(0, i), token.column);
    if (!names.ok()) return names.status();
    assignment.targets = *std::move(names);
    assignment.rest = tokens.subspan(i + 1);
    break;
  }
  return assignment;
}

absl::Status TakeCreateTask(Expression expression, const StatementScope& scope,
                            Statement& statement) {
  const bool takes_call = expression.operands.size() == 2 &&
                          expression.operands[1].is(Kind::kCall) &&
                          expression.keywords.empty();
  if (!takes_call || statement.targets.size() != 1) {
    return SyntaxError(expression.column,
                       "a task is made as in `task = "
                       "create_task(reader.read(10))`");
  }
  statement.kind = Statement::Kind::kCreateTask;
  Expression call = std::move(expression.operands[1]);
  OperationFinder finder(scope.peers);
  if (absl::Status status = finder.Find(call); !status.ok()) return status;
  if (!finder.found() || finder.await()) {
    return SyntaxError(expression.column, "create_task() takes a call");
  }
  statement.operation = finder.TakeOperation();
  statement.expression = std::move(call);
  return absl::OkStatus();
}

absl::Status TakeAdvanceClock(const Expression& call, Statement& statement) {
  statement.kind = Statement::Kind::kAdvanceClock;
  if (call.operands.size() == 2 && call.keywords.empty() &&
      statement.targets.empty()) {
    const Value& value = call.operands[1].literal;
    if (const auto* number = value.get_if<int64_t>()) {
      statement.seconds = static_cast<double>(*number);
    } else if (const auto* real = value.get_if<double>()) {
      statement.seconds = *real;
    } else {
      statement.seconds = -1;
    }
    if (statement.seconds >= 0) return absl::OkStatus();
  }
  return SyntaxError(call.column,
                     "the clock advances by a number of seconds: "
                     "`advance_clock(30)`");
}

// `events()` and `stats("live_tasks")` are calls by their looks only.
absl::Status TakeObservation(Statement& statement) {
  const Expression& call = statement.operation;
  if (call.is_call_of("events")) {
    statement.kind = Statement::Kind::kEvents;
    if (call.operands.size() == 1 && call.keywords.empty()) {
      return absl::OkStatus();
    }
    return SyntaxError(call.column, "events() takes no arguments");
  }
  if (call.is_call_of("stats")) {
    statement.kind = Statement::Kind::kStats;
    if (call.operands.size() == 2 && call.keywords.empty()) {
      if (const auto* name = call.operands[1].literal.get_if<std::string>()) {
        statement.name = *name;
        return absl::OkStatus();
      }
    }
    return SyntaxError(call.column,
                       "stats() takes a name: `stats(\"live_tasks\")`");
  }
  for (const absl::string_view alone : {"create_task", "advance_clock"}) {
    if (call.is_call_of(alone)) {
      return SyntaxError(call.column,
                         absl::StrCat(alone, "() stands by itself"));
    }
  }
  return absl::OkStatus();
}

// The task that `expression` is about: `task`, `await task`; empty if none.
std::string ObservedTask(const Expression& expression,
                         const StatementScope& scope) {
  const Expression& inner =
      expression.is(Kind::kAwait) ? expression.operands[0] : expression;
  return inner.is(Kind::kName) && scope.tasks.count(inner.name) > 0 ? inner.name
                                                                    : "";
}

// The task that `task.cancel()` is about; empty if none.
std::string CancelledTask(const Expression& call, const StatementScope& scope) {
  if (!call.is(Kind::kCall) || call.operands.size() != 1 ||
      !call.keywords.empty()) {
    return "";
  }
  const Expression& callee = call.operands[0];
  if (!callee.is(Kind::kAttribute) || callee.name != "cancel") return "";
  return ObservedTask(callee.operands[0], scope);
}

absl::Status Classify(Expression expression, const StatementScope& scope,
                      Statement& statement) {
  if (std::string task = ObservedTask(expression, scope); !task.empty()) {
    statement.kind = Statement::Kind::kObserve;
    statement.await = expression.is(Kind::kAwait);
    statement.name = std::move(task);
    statement.expression.kind = Kind::kResult;  // What the task gave, as it is.
    return absl::OkStatus();
  }
  if (std::string task = CancelledTask(expression, scope); !task.empty()) {
    statement.kind = Statement::Kind::kCancel;
    statement.name = std::move(task);
    return absl::OkStatus();
  }
  if (expression.is_call_of("create_task")) {
    return TakeCreateTask(std::move(expression), scope, statement);
  }
  if (expression.is_call_of("advance_clock")) {
    return TakeAdvanceClock(expression, statement);
  }
  OperationFinder finder(scope.peers);
  if (absl::Status status = finder.Find(expression); !status.ok()) {
    return status;
  }
  statement.await = finder.await();
  statement.kind =
      finder.found() ? Statement::Kind::kOperation : Statement::Kind::kEvaluate;
  statement.operation = finder.TakeOperation();
  statement.expression = std::move(expression);
  return TakeObservation(statement);
}

absl::Status CheckPeerCall(const Expression& call) {
  if (!call.is(Kind::kCall) || !call.operands[0].is(Kind::kName)) {
    return SyntaxError(call.column, "a peer does something: `send(b\"x\")`");
  }
  const std::string& name = call.operands[0].name;
  const PeerCall* known = FindPeerCall(name);
  if (known == nullptr) {
    std::vector<absl::string_view> names;
    for (const PeerCall& peer_call : PeerCalls()) {
      names.push_back(peer_call.name);
    }
    const std::string nearest = NearestName(name, names);
    return SyntaxError(
        call.column,
        absl::StrCat("a peer cannot `", name, "`",
                     nearest.empty()
                         ? ""
                         : absl::StrCat("; did you mean `", nearest, "`?")));
  }
  const int args = static_cast<int>(call.operands.size()) - 1;
  if (args < known->min_args || args > known->max_args) {
    return SyntaxError(call.column,
                       absl::StrCat(name, "() takes ", known->min_args,
                                    known->min_args == known->max_args
                                        ? ""
                                        : absl::StrCat(" to ", known->max_args),
                                    " arguments"));
  }
  for (const Expression::Keyword& keyword : call.keywords) {
    if (std::find(known->keywords.begin(), known->keywords.end(),
                  keyword.name) == known->keywords.end()) {
      return SyntaxError(
          keyword.value.column,
          absl::StrCat(name, "() has no argument `", keyword.name, "`"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

void StatementScope::Apply(const Statement& statement) {
  for (const std::string& target : statement.targets) {
    if (statement.kind == Statement::Kind::kCreateTask) {
      tasks.insert(target);
    } else {
      tasks.erase(target);
    }
  }
}

absl::StatusOr<Statement> ParseTesteeStatement(absl::Span<const Token> tokens,
                                               int end_column,
                                               const StatementScope& scope,
                                               size_t* expansion) {
  if (tokens.empty()) return SyntaxError(end_column, "a statement is missing");
  Statement statement;
  statement.column = tokens[0].column;
  if (tokens[0].IsName("del")) {
    auto names = ParseNames(tokens.subspan(1), end_column);
    if (!names.ok()) return names.status();
    statement.kind = Statement::Kind::kDelete;
    statement.targets = *std::move(names);
    return statement;
  }
  absl::StatusOr<Assignment> assignment = SplitAssignment(tokens);
  if (!assignment.ok()) return assignment.status();
  statement.targets = std::move(assignment->targets);
  absl::StatusOr<Expression> expression =
      ParseExpression(assignment->rest, end_column,
                      {.await = true, .objects = false}, expansion);
  if (!expression.ok()) return expression.status();
  absl::Status status = Classify(*std::move(expression), scope, statement);
  if (!status.ok()) return status;
  return statement;
}

absl::StatusOr<Statement> ParsePeerStatement(absl::Span<const Token> tokens,
                                             int end_column,
                                             const StatementScope& scope,
                                             size_t* expansion) {
  if (tokens.empty()) return SyntaxError(end_column, "a statement is missing");
  Statement statement;
  statement.kind = Statement::Kind::kPeer;
  statement.column = tokens[0].column;
  absl::StatusOr<Assignment> assignment = SplitAssignment(tokens);
  if (!assignment.ok()) return assignment.status();
  statement.targets = std::move(assignment->targets);
  absl::StatusOr<Expression> expression =
      ParseExpression(assignment->rest, end_column,
                      {.await = false, .objects = false}, expansion);
  if (!expression.ok()) return expression.status();
  OperationFinder finder(scope.peers);
  absl::Status status = finder.Find(*expression);
  if (status.ok() && !finder.found()) {
    status =
        SyntaxError(statement.column, "a peer does something: `send(b\"x\")`");
  }
  statement.operation = finder.TakeOperation();
  if (status.ok()) status = CheckPeerCall(statement.operation);
  if (!status.ok()) return status;
  statement.expression = *std::move(expression);
  return statement;
}

}  // namespace conformance
