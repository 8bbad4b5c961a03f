// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/token.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/string_literal.h"
#include "conformance/scenario/syntax_error.h"
#include "conformance/scenario/utf8.h"

namespace conformance {
namespace {

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNamePart(char c) { return absl::ascii_isalnum(c) || c == '_'; }
bool IsDigit(char c) { return absl::ascii_isdigit(c); }

// How much of `text` a number takes, be it well written or not.
size_t NumberSize(absl::string_view text) {
  const bool hexadecimal = absl::StartsWithIgnoreCase(text, "0x");
  size_t size = 0;
  while (size < text.size()) {
    const char c = text[size];
    const bool sign = (c == '+' || c == '-') && !hexadecimal && size > 0 &&
                      absl::ascii_tolower(text[size - 1]) == 'e';
    if (!IsNamePart(c) && c != '.' && !sign) break;
    ++size;
  }
  return size;
}

// Python's rule: single underscores, between digits.
bool RemoveUnderscores(absl::string_view text, std::string* digits) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits->push_back(text[i]);
    } else if (i == 0 || i + 1 == text.size() ||
               !absl::ascii_isxdigit(text[i + 1]) || text[i - 1] == '_') {
      return false;
    }
  }
  return true;
}

bool ParseInteger(absl::string_view digits, int base, int64_t* number) {
  *number = 0;
  if (digits.empty()) return false;
  for (const char c : digits) {
    const char lower = absl::ascii_tolower(c);
    const int digit = IsDigit(c) ? c - '0' : lower - 'a' + 10;
    if (digit < 0 || digit >= base) return false;
    if (__builtin_mul_overflow(*number, base, number) ||
        __builtin_add_overflow(*number, digit, number)) {
      return false;
    }
  }
  return true;
}

bool ParseNumber(absl::string_view text, Value* value) {
  std::string digits;
  if (!RemoveUnderscores(text, &digits)) return false;
  int64_t number = 0;
  for (const auto& [prefix, base] :
       {std::pair("0x", 16), std::pair("0o", 8), std::pair("0b", 2)}) {
    if (!absl::StartsWithIgnoreCase(digits, prefix)) continue;
    if (!ParseInteger(digits.substr(2), base, &number)) return false;
    *value = Value(number);
    return true;
  }
  if (std::all_of(digits.begin(), digits.end(), IsDigit)) {
    const bool zeros = digits.find_first_not_of('0') == std::string::npos;
    if (digits[0] == '0' && !zeros) return false;  // As Python does.
    if (!ParseInteger(digits, 10, &number)) return false;
    *value = Value(number);
    return true;
  }
  double real = 0;
  if (digits.find_first_not_of("0123456789.eE+-") != std::string::npos ||
      !absl::SimpleAtod(digits, &real) || !std::isfinite(real)) {
    return false;
  }
  *value = Value(real);
  return true;
}

size_t OperatorSize(absl::string_view text) {
  for (const absl::string_view two : {"==", "!=", "<=", ">="}) {
    if (absl::StartsWith(text, two)) return 2;
  }
  static constexpr absl::string_view kOne = "()[]{},.:;=+-*<>|";
  return absl::StrContains(kOne, text.substr(0, 1)) ? 1 : 0;
}

// The token at the start of `text`, which is neither space nor comment.
absl::StatusOr<Token> ReadToken(absl::string_view text, int column) {
  Token token;
  token.column = column;
  size_t size = 0;
  if (BeginsStringLiteral(text)) {
    absl::StatusOr<StringLiteral> literal = ParseStringLiteral(text, column);
    if (!literal.ok()) return literal.status();
    token.kind = Token::Kind::kLiteral;
    token.value = std::move(literal->value);
    size = literal->size;
  } else if (IsNameStart(text[0])) {
    token.kind = Token::Kind::kName;
    while (size < text.size() && IsNamePart(text[size])) ++size;
  } else if (IsDigit(text[0]) ||
             (text[0] == '.' && text.size() > 1 && IsDigit(text[1]))) {
    token.kind = Token::Kind::kLiteral;
    size = NumberSize(text);
    if (!ParseNumber(text.substr(0, size), &token.value)) {
      return SyntaxError(column, "not a number of at most 64 bits");
    }
  } else {
    size = OperatorSize(text);
    if (size == 0) {
      const size_t character = std::max<size_t>(Utf8CharacterSize(text), 1);
      const bool printable =
          static_cast<unsigned char>(text[0]) > 0x20 && text[0] != 0x7f;
      return SyntaxError(
          column, printable ? absl::StrCat("unexpected `",
                                           text.substr(0, character), "`")
                            : std::string("unexpected control character"));
    }
  }
  token.text = std::string(text.substr(0, size));
  return token;
}

}  // namespace

absl::StatusOr<Line> Tokenize(absl::string_view text, int column) {
  if (!IsUtf8(text)) return SyntaxError(column, "the line is not UTF-8");
  Line line;
  size_t at = 0;
  while (at < text.size() && text[at] != '#') {
    if (text[at] == ' ' || text[at] == '\t') {
      ++at;
      continue;
    }
    absl::StatusOr<Token> token =
        ReadToken(text.substr(at), column + static_cast<int>(at));
    if (!token.ok()) return token.status();
    at += token->text.size();
    line.tokens.push_back(*std::move(token));
  }
  line.comment = at;
  return line;
}

std::string JoinTokens(absl::Span<const Token> tokens) {
  std::string text;
  for (const Token& token : tokens) {
    absl::StrAppend(&text, text.empty() ? "" : " ", token.text);
  }
  return text;
}

}  // namespace conformance
