// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/outcome_parser.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "conformance/scenario/expression.h"
#include "conformance/scenario/expression_parser.h"
#include "conformance/scenario/message_comment.h"
#include "conformance/scenario/syntax_error.h"
#include "conformance/scenario/token.h"
#include "conformance/scenario/value_text.h"

namespace conformance {
namespace {

using Kind = Expression::Kind;

// Larger bytes and strings are held as their text.
constexpr size_t kMaxHeld = size_t{64} << 10;

Value Held(const Value& value) {
  const auto* bytes = value.get_if<Bytes>();
  const auto* text = value.get_if<std::string>();
  const size_t size = bytes != nullptr  ? bytes->data.size()
                      : text != nullptr ? text->size()
                                        : 0;
  return size > kMaxHeld ? Value(Reference{ValueText(value)}) : value;
}

absl::StatusOr<Value> ToValue(const Expression& expression);

absl::StatusOr<std::vector<Value>> ToValues(
    absl::Span<const Expression> expressions) {
  std::vector<Value> values;
  for (const Expression& expression : expressions) {
    absl::StatusOr<Value> value = ToValue(expression);
    if (!value.ok()) return value.status();
    values.push_back(*std::move(value));
  }
  return values;
}

// `LimitOverrunError(consumed=6)`, `bytes(length=70000, sha256="…")`.
absl::StatusOr<Value> CallToValue(const Expression& call) {
  const std::string name = DottedName(call.operands[0]);
  if (call.operands.size() > 1) {
    return SyntaxError(call.operands[1].column,
                       "what belongs to an outcome has a name: `consumed=6`");
  }
  NamedValues named;
  for (const Expression::Keyword& keyword : call.keywords) {
    absl::StatusOr<Value> value = ToValue(keyword.value);
    if (!value.ok()) return value;
    SetNamed(named, keyword.name, *std::move(value));
  }
  if (name == "bytes" || name == "str") {
    const Value* length = FindNamed(named, "length");
    const Value* digest = FindNamed(named, "sha256");
    if (named.size() != 2 || length == nullptr || digest == nullptr ||
        !length->is<int64_t>() || !digest->is<std::string>()) {
      return SyntaxError(call.column, absl::StrCat("expected ", name,
                                                   "(length=…, sha256=\"…\")"));
    }
    CallValue value;
    value.call = name;
    value.kwargs = std::move(named);
    return Value(std::move(value));
  }
  ErrorValue error;
  error.kind = name;
  error.attributes = std::move(named);
  return Value(std::move(error));
}

absl::StatusOr<Value> ToValue(const Expression& expression) {
  if (expression.is(Kind::kLiteral)) return Held(expression.literal);
  if (expression.is(Kind::kCall)) return CallToValue(expression);
  if (expression.is(Kind::kTuple) || expression.is(Kind::kList) ||
      expression.is(Kind::kDict)) {
    absl::StatusOr<std::vector<Value>> items = ToValues(expression.operands);
    if (!items.ok()) return items.status();
    if (expression.is(Kind::kTuple)) return Value(Tuple{*std::move(items)});
    if (expression.is(Kind::kList)) return Value(List{*std::move(items)});
    Dict dict;
    for (size_t i = 0; i + 1 < items->size(); i += 2) {
      dict.items.emplace_back((*items)[i], (*items)[i + 1]);
    }
    return Value(std::move(dict));
  }
  return SyntaxError(expression.column,
                     "an outcome is a value, an error, `pending` or "
                     "`<ClassName>`");
}

}  // namespace

absl::StatusOr<Outcome> ParseOutcome(absl::string_view text, int column,
                                     size_t* expansion) {
  absl::StatusOr<Line> line = Tokenize(text, column);
  if (!line.ok()) return line.status();
  absl::Span<const Token> tokens = line->tokens;
  if (tokens.empty()) return SyntaxError(column, "the outcome is missing");
  if (tokens.size() == 1 && tokens[0].IsName("pending")) {
    return Outcome::Pending();
  }
  const bool returned = tokens[0].IsName("returned");
  if (returned) tokens.remove_prefix(1);
  const int end = column + static_cast<int>(line->comment);
  absl::StatusOr<Expression> expression = ParseExpression(
      tokens, end, {.await = false, .objects = true}, expansion);
  if (!expression.ok()) return expression.status();
  absl::StatusOr<Value> value = ToValue(*expression);
  if (!value.ok()) return value.status();
  auto* error = value->get_if<ErrorValue>();
  if (error == nullptr) {
    if (!returned) return Outcome::Returned(*std::move(value));
    return SyntaxError(tokens[0].column,
                       "`returned` stands in front of an exception");
  }
  if (line->comment < text.size()) {
    error->message = UnescapeMessage(
        absl::StripAsciiWhitespace(text.substr(line->comment + 1)));
  }
  return returned ? Outcome::Returned(*std::move(value))
                  : Outcome::Raised(std::move(*error));
}

absl::StatusOr<Outcome> ParseOutcome(absl::string_view text) {
  size_t expansion = kMaxExpressionBytes;
  return ParseOutcome(text, 1, &expansion);
}

}  // namespace conformance
