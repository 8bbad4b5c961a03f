// SPDX-License-Identifier: Apache-2.0
//
// The words that a line of a scenario consists of.
#ifndef CONFORMANCE_SCENARIO_TOKEN_H_
#define CONFORMANCE_SCENARIO_TOKEN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "conformance/protocol/value.h"

namespace conformance {

struct Token {
  enum class Kind { kName, kLiteral, kOperator };

  Kind kind = Kind::kOperator;
  std::string text;  // As written.
  Value value;       // kLiteral: a number, a string or bytes.
  int column = 0;    // In bytes, from 1.

  bool Is(absl::string_view operator_text) const {
    return kind == Kind::kOperator && text == operator_text;
  }
  bool IsName(absl::string_view name) const {
    return kind == Kind::kName && text == name;
  }
  int end() const { return column + static_cast<int>(text.size()); }
};

struct Line {
  std::vector<Token> tokens;
  // Where `#` stands in the text; its size if there is no comment.
  size_t comment = 0;
};

// `column` is that of the first byte of `text`. What may stand in a comment is
// not looked at, but that it is UTF-8.
absl::StatusOr<Line> Tokenize(absl::string_view text, int column = 1);

// The tokens with one space between each: the same for all ways to space them.
std::string JoinTokens(absl::Span<const Token> tokens);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_TOKEN_H_
