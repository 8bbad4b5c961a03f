// SPDX-License-Identifier: Apache-2.0
//
// The tree of an expression: the part of Python's that scenarios are written
// in. expression_parser.h makes it, evaluation.h computes with it.
#ifndef CONFORMANCE_SCENARIO_EXPRESSION_H_
#define CONFORMANCE_SCENARIO_EXPRESSION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"

namespace conformance {

struct Expression {
  enum class Kind {
    kLiteral,    // `literal`: None, bool, int, float, str, bytes; in outcomes
                 // also Object. Sums and products of literals are literals.
    kName,       // `name`
    kTuple,      // `operands`
    kList,       // `operands`
    kDict,       // `operands`: key, value, key, value …
    kAttribute,  // operands[0] . `name`
    kCall,      // operands[0] is what is called, then the arguments; `keywords`
    kAdd,       // operands[0] + operands[1]
    kMultiply,  // operands[0] * operands[1]
    kCompare,   // operands[0] `name` operands[1]; `name` is == != < <= > >=
    kAwait,     // await operands[0]; gone when its statement is parsed
    kResult,    // Never parsed: what the operation of a statement gave.
  };

  Kind kind = Kind::kLiteral;
  Value literal;
  std::string name;
  std::vector<Expression> operands;
  struct Keyword;
  std::vector<Keyword> keywords;
  int column = 1;  // Where it begins, in bytes, from 1.

  bool is(Kind k) const { return kind == k; }
  bool is_name(absl::string_view n) const {
    return kind == Kind::kName && name == n;
  }
  // A call of a plain function `n`: `len(…)`.
  bool is_call_of(absl::string_view n) const {
    return kind == Kind::kCall && operands[0].is_name(n);
  }
};

struct Expression::Keyword {
  std::string name;
  Expression value;
};

// "writer.transport" for names and attributes of names, "" for others.
std::string DottedName(const Expression& expression);

// Whether `name` is one of an exception class: `ValueError("boom")` is an
// argument, not a call.
bool IsExceptionName(absl::string_view name);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_EXPRESSION_H_
