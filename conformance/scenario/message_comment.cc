// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/message_comment.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/string_literal.h"

namespace conformance {

std::string EscapeMessage(absl::string_view message) {
  // A literal without its quotes; inside it, quotes need no escape.
  const std::string literal = StrLiteral(message);
  std::string text;
  for (size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] == '\\') {
      if (literal[i + 1] != '"') text.push_back('\\');
      text.push_back(literal[++i]);
    } else {
      text.push_back(literal[i]);
    }
  }
  if (absl::EndsWith(text, " ")) {
    text.pop_back();
    text += "\\x20";
  }
  if (absl::StartsWith(text, " ")) text = absl::StrCat("\\x20", text.substr(1));
  return text;
}

std::string UnescapeMessage(absl::string_view comment) {
  // EscapeMessage leaves quotes as they are.
  const std::string literal =
      absl::StrCat("\"", absl::StrReplaceAll(comment, {{"\"", "\\x22"}}), "\"");
  const absl::StatusOr<StringLiteral> parsed = ParseStringLiteral(literal, 1);
  if (!parsed.ok() || parsed->size != literal.size()) {
    return std::string(comment);
  }
  return *parsed->value.get_if<std::string>();
}

}  // namespace conformance
