// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/literal_folding.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "conformance/scenario/arithmetic.h"
#include "conformance/scenario/syntax_error.h"

namespace conformance {
namespace {

using Kind = Expression::Kind;

constexpr size_t kMaxFolded = size_t{1} << 20;

size_t LiteralSize(const Value& value) {
  if (const auto* bytes = value.get_if<Bytes>()) return bytes->data.size();
  if (const auto* text = value.get_if<std::string>()) return text->size();
  return 0;
}

Expression Node(Kind kind, int column) {
  Expression expression;
  expression.kind = kind;
  expression.column = column;
  return expression;
}

}  // namespace

absl::StatusOr<Expression> Combine(Kind kind, int column,
                                   const Folding& folding, Expression left,
                                   Expression right, int* chain) {
  const bool fold = left.is(Kind::kLiteral) && right.is(Kind::kLiteral) &&
                    (kind == Kind::kAdd || folding.all ||
                     ProductBytes(left.literal, right.literal) <= kMaxFolded);
  if (!fold) {
    if (++*chain > kMaxChain) {
      return SyntaxError(column, "too many operators in a row");
    }
    if (ProductBytes(left.literal, right.literal) > kMaxResultSize) {
      return SyntaxError(column,
                         absl::StrCat("more than ", kMaxResultSize, " bytes"));
    }
    Expression result = Node(kind, left.column);
    result.operands.push_back(std::move(left));
    result.operands.push_back(std::move(right));
    return result;
  }
  const size_t added = LiteralSize(right.literal);
  if (kind == Kind::kMultiply &&
      ProductBytes(left.literal, right.literal) > *folding.budget) {
    return SyntaxError(column, "the literals of this text are too large");
  }
  absl::StatusOr<Value> value =
      kind == Kind::kAdd ? Add(std::move(left.literal), right.literal)
                         : Multiply(left.literal, right.literal);
  if (!value.ok()) return SyntaxError(column, value.status().message());
  const size_t spent = kind == Kind::kAdd ? added : LiteralSize(*value);
  if (spent > *folding.budget) {
    return SyntaxError(column, "the literals of this text are too large");
  }
  *folding.budget -= spent;
  Expression literal = Node(Kind::kLiteral, left.column);
  literal.literal = *std::move(value);
  return literal;
}

}  // namespace conformance
