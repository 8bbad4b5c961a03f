// SPDX-License-Identifier: Apache-2.0
//
// From tokens to an expression. Recursive descent, at most kMaxNesting deep, so
// that no text can exhaust the stack.
#ifndef CONFORMANCE_SCENARIO_EXPRESSION_PARSER_H_
#define CONFORMANCE_SCENARIO_EXPRESSION_PARSER_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "conformance/scenario/expression.h"
#include "conformance/scenario/token.h"

namespace conformance {

inline constexpr int kMaxNesting = 24;
// What the literals of one expression may expand to.
inline constexpr size_t kMaxExpressionBytes = size_t{128} << 20;

struct ExpressionSyntax {
  bool await = false;    // `await x` is allowed.
  bool objects = false;  // `<StreamReader>` is allowed.
};

// All of `tokens` as one expression. `end_column` is where it ends, for errors.
// What literals expand to is taken off `*expansion`, and refused when that runs
// out. Errors are SyntaxErrors.
absl::StatusOr<Expression> ParseExpression(absl::Span<const Token> tokens,
                                           int end_column,
                                           ExpressionSyntax syntax,
                                           size_t* expansion);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_EXPRESSION_PARSER_H_
