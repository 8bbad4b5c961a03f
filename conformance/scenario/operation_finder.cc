// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/operation_finder.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "conformance/scenario/expression.h"
#include "conformance/scenario/syntax_error.h"

namespace conformance {
namespace {

using Kind = Expression::Kind;

Expression ResultNode(int column) {
  Expression result;
  result.kind = Kind::kResult;
  result.column = column;
  return result;
}

// Arguments may contain calls (of coroutines that are handed over), but
// nothing that has to happen first.
absl::Status CheckArguments(const Expression& expression) {
  if (expression.is(Kind::kAwait) || expression.is_call_of("create_task")) {
    return SyntaxError(expression.column,
                       "this cannot be an argument; give its result a name "
                       "in a step before");
  }
  for (const Expression& operand : expression.operands) {
    if (absl::Status status = CheckArguments(operand); !status.ok()) {
      return status;
    }
  }
  for (const Expression::Keyword& keyword : expression.keywords) {
    if (absl::Status status = CheckArguments(keyword.value); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status OperationFinder::Find(Expression& expression) {
  switch (expression.kind) {
    case Kind::kAwait: {
      Expression& awaited = expression.operands[0];
      if (!awaited.is(Kind::kCall)) {
        return SyntaxError(awaited.column,
                           "`await` needs a call, or the name of a task");
      }
      Expression call = std::move(awaited);
      expression = std::move(call);
      await_ = true;
      return Take(expression);
    }
    case Kind::kCall:
      if (expression.is_call_of("len")) return FindInLen(expression);
      return Take(expression);
    case Kind::kAttribute:
      return IsOfPeer(expression) ? absl::OkStatus() : Take(expression);
    default:
      for (Expression& operand : expression.operands) {
        if (absl::Status status = Find(operand); !status.ok()) return status;
      }
      return absl::OkStatus();
  }
}

absl::Status OperationFinder::FindInLen(Expression& len) {
  if (len.operands.size() != 2 || !len.keywords.empty()) {
    return SyntaxError(len.column, "len() takes one argument");
  }
  return Find(len.operands[1]);
}

bool OperationFinder::IsOfPeer(const Expression& attribute) const {
  const std::string name = DottedName(attribute);
  return peers_.count(name.substr(0, name.find('.'))) > 0;
}

absl::Status OperationFinder::Take(Expression& expression) {
  if (found_) {
    return SyntaxError(expression.column,
                       "a statement makes one call; give the result of the "
                       "other a name first");
  }
  if (DottedName(expression.is(Kind::kCall) ? expression.operands[0]
                                            : expression)
          .empty()) {
    return SyntaxError(expression.column,
                       "give what this belongs to a name first");
  }
  if (absl::Status status = CheckArguments(expression); !status.ok()) {
    return status;
  }
  found_ = true;
  const int column = expression.column;
  operation_ = std::move(expression);
  expression = ResultNode(column);
  return absl::OkStatus();
}

}  // namespace conformance
