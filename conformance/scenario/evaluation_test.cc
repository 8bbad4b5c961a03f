// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/evaluation.h"

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/scenario/expression_parser.h"
#include "conformance/scenario/token.h"
#include "conformance/scenario/value_text.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

class FixedScope : public Scope {
 public:
  std::optional<Value> Find(absl::string_view name) const override {
    if (name == "data") return Value(Bytes{"abc"});
    if (name == "peer.port") return Value(80);
    if (name == "reader") return Value(Reference{"reader"});
    return std::nullopt;
  }
};

Expression Parse(absl::string_view text) {
  size_t budget = kMaxExpressionBytes;
  const Line line = Tokenize(text).value();
  return ParseExpression(line.tokens, 0, {}, &budget).value();
}

std::string Text(const absl::StatusOr<Value>& value) {
  return value.ok() ? ValueText(*value)
                    : absl::StrCat("!", std::string(value.status().message()));
}

std::string Evaluated(absl::string_view text) {
  return Text(Evaluate(Parse(text), FixedScope(), nullptr));
}

std::string Argument(absl::string_view text) {
  return Text(ToArgument(Parse(text), FixedScope()));
}

TEST(EvaluateTest, ComputesAsPythonDoes) {
  EXPECT_EQ(Evaluated("data + b\"d\""), "b\"abcd\"");
  EXPECT_EQ(Evaluated("len(data) > 2"), "True");
  EXPECT_EQ(Evaluated("data * 2 == b\"abcabc\""), "True");
  EXPECT_EQ(Evaluated("2 * 3 + 1"), "7");
  EXPECT_EQ(Evaluated("1 == 1.0"), "True");
  EXPECT_EQ(Evaluated("True == 1"), "True");
  EXPECT_EQ(Evaluated("(1, data) != (1, b\"abc\")"), "False");
  EXPECT_EQ(Evaluated("len(\"\u00e9\u20ac\")"), "2");
  EXPECT_EQ(Evaluated("peer.port <= 80"), "True");
  EXPECT_EQ(Evaluated("data * -1"), "b\"\"");
  EXPECT_EQ(Evaluated("\"1\" == 1"), "False");
  EXPECT_EQ(Evaluated("[data] * 2 + [1]"), "[b\"abc\", b\"abc\", 1]");
  EXPECT_EQ(Evaluated("2 * (1,)"), "(1, 1)");
  EXPECT_EQ(Evaluated("len([1] * 3000)"), "3000");
  EXPECT_EQ(Evaluated("[1] * 99999999"), "!the result is too large");
}

TEST(EvaluateTest, SaysWhatCannotBe) {
  EXPECT_EQ(Evaluated("data + \"d\""),
            "!unsupported operand types for +: bytes and str");
  EXPECT_EQ(Evaluated("data < 1"),
            "!unsupported operand types for <: bytes and int");
  EXPECT_EQ(Evaluated("other"), "!name `other` is not defined");
  EXPECT_EQ(Evaluated("len(5)"), "!object of type int has no len()");
  EXPECT_EQ(Evaluated("f(1)"), "!`f()` cannot be computed");
  EXPECT_EQ(Evaluated("reader == 1").substr(0, 9), "!`reader`");
  EXPECT_EQ(Evaluated("data * 999999999"), "!the result is too large");
}

TEST(EvaluateTest, TheResultStandsForTheOperation) {
  Expression expression = Parse("data > 0");
  expression.operands[0] = Expression();
  expression.operands[0].kind = Expression::Kind::kResult;
  const Value result(5);
  EXPECT_EQ(Text(Evaluate(expression, FixedScope(), &result)), "True");
}

TEST(ToArgumentTest, KnowsExceptionsCallsAndCallbacks) {
  EXPECT_EQ(Argument("ValueError(\"boom\")"), "ValueError(\"boom\")");
  const absl::StatusOr<Value> error =
      ToArgument(Parse("ValueError(\"boom\")"), FixedScope());
  ASSERT_TRUE(error.ok() && error->is<ErrorValue>());
  EXPECT_TRUE(error->get_if<ErrorValue>()->args.has_value());
  const absl::StatusOr<Value> call =
      ToArgument(Parse("reader.read(n=len(data))"), FixedScope());
  ASSERT_TRUE(call.ok() && call->is<CallValue>());
  EXPECT_EQ(call->get_if<CallValue>()->target, "reader");
  EXPECT_EQ(Text(*call), "reader.read(n=3)");
  EXPECT_EQ(*ToArgument(Parse("raise_in_task"), FixedScope()),
            Value(Callback{"raise_in_task"}));
  EXPECT_EQ(*ToArgument(Parse("[reader]"), FixedScope()),
            Value(List{{Reference{"reader"}}}));
  EXPECT_EQ(Argument("nobody"), "!name `nobody` is not defined");
}

}  // namespace
}  // namespace conformance
