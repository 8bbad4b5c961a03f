// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/evaluation.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/arithmetic.h"
#include "conformance/scenario/vocabulary.h"

namespace conformance {
namespace {

using Kind = Expression::Kind;

class Evaluator {
 public:
  Evaluator(const Scope& scope, const Value* result, bool argument)
      : scope_(scope), result_(result), argument_(argument) {}

  absl::StatusOr<Value> Evaluate(const Expression& expression) const {
    switch (expression.kind) {
      case Kind::kLiteral:
        return expression.literal;
      case Kind::kName:
      case Kind::kAttribute:
        return Name(expression);
      case Kind::kTuple:
      case Kind::kList:
      case Kind::kDict:
        return Display(expression);
      case Kind::kCall:
        return Call(expression);
      case Kind::kAdd:
      case Kind::kMultiply:
      case Kind::kCompare:
        return Operator(expression);
      case Kind::kResult:
        if (result_ != nullptr) return *result_;
        return absl::InvalidArgumentError("there is no result to compute with");
      case Kind::kAwait:
        break;
    }
    return absl::InvalidArgumentError("nothing can be awaited here");
  }

 private:
  absl::StatusOr<Value> Name(const Expression& expression) const {
    const std::string name = DottedName(expression);
    if (std::optional<Value> value = scope_.Find(name)) {
      return *std::move(value);
    }
    if (argument_ && IsCallbackName(name)) return Value(Callback{name});
    return absl::InvalidArgumentError(
        absl::StrCat("name `", name, "` is not defined"));
  }

  absl::StatusOr<std::vector<Value>> All(
      const std::vector<Expression>& expressions, size_t first) const {
    std::vector<Value> values;
    for (size_t i = first; i < expressions.size(); ++i) {
      absl::StatusOr<Value> value = Evaluate(expressions[i]);
      if (!value.ok()) return value.status();
      values.push_back(*std::move(value));
    }
    return values;
  }

  absl::StatusOr<Value> Display(const Expression& expression) const {
    absl::StatusOr<std::vector<Value>> items = All(expression.operands, 0);
    if (!items.ok()) return items.status();
    if (expression.is(Kind::kTuple)) return Value(Tuple{*std::move(items)});
    if (expression.is(Kind::kList)) return Value(List{*std::move(items)});
    Dict dict;
    for (size_t i = 0; i + 1 < items->size(); i += 2) {
      dict.items.emplace_back(std::move((*items)[i]),
                              std::move((*items)[i + 1]));
    }
    return Value(std::move(dict));
  }

  absl::StatusOr<Value> Operator(const Expression& expression) const {
    absl::StatusOr<std::vector<Value>> sides = All(expression.operands, 0);
    if (!sides.ok()) return sides.status();
    Value& left = (*sides)[0];
    const Value& right = (*sides)[1];
    if (expression.is(Kind::kAdd)) return Add(std::move(left), right);
    if (expression.is(Kind::kMultiply)) return Multiply(left, right);
    for (const Value& side : *sides) {
      if (side.is<Reference>()) {
        return absl::InvalidArgumentError(
            absl::StrCat("`", side.get_if<Reference>()->name,
                         "` is an object of the testee, which cannot be "
                         "compared here"));
      }
    }
    return CompareValues(expression.name, left, right);
  }

  absl::StatusOr<Value> Call(const Expression& call) const {
    if (call.is_call_of("len") && call.operands.size() == 2) {
      absl::StatusOr<Value> value = Evaluate(call.operands[1]);
      return value.ok() ? Length(*value) : value;
    }
    const Expression& callee = call.operands[0];
    const std::string name = DottedName(callee);
    if (!argument_) {
      return absl::InvalidArgumentError(
          absl::StrCat("`", name, "()` cannot be computed"));
    }
    absl::StatusOr<std::vector<Value>> args = All(call.operands, 1);
    if (!args.ok()) return args.status();
    if (IsExceptionName(name) && call.keywords.empty()) {
      ErrorValue error;
      error.kind = name;
      error.args = *std::move(args);
      return Value(std::move(error));
    }
    CallValue value;
    const size_t dot = name.rfind('.');
    if (dot != std::string::npos) value.target = name.substr(0, dot);
    value.call = dot == std::string::npos ? name : name.substr(dot + 1);
    value.args = *std::move(args);
    for (const Expression::Keyword& keyword : call.keywords) {
      absl::StatusOr<Value> named = Evaluate(keyword.value);
      if (!named.ok()) return named;
      SetNamed(value.kwargs, keyword.name, *std::move(named));
    }
    return Value(std::move(value));
  }

  const Scope& scope_;
  const Value* const result_;
  const bool argument_;
};

}  // namespace

absl::StatusOr<Value> Evaluate(const Expression& expression, const Scope& scope,
                               const Value* result) {
  return Evaluator(scope, result, /*argument=*/false).Evaluate(expression);
}

absl::StatusOr<Value> ToArgument(const Expression& expression,
                                 const Scope& scope) {
  return Evaluator(scope, nullptr, /*argument=*/true).Evaluate(expression);
}

}  // namespace conformance
