// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/command_line.h"

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace conformance {
namespace {

// Takes words off the front of a command line.
class WordReader {
 public:
  explicit WordReader(absl::string_view text) : text_(text) {}

  // The next word, or nothing at the end.
  absl::StatusOr<std::optional<std::string>> Next() {
    while (position_ < text_.size() && absl::ascii_isspace(text_[position_])) {
      ++position_;
    }
    if (position_ == text_.size()) return std::nullopt;
    std::string word;
    while (position_ < text_.size() && !absl::ascii_isspace(text_[position_])) {
      const char c = text_[position_++];
      if (c == '\'' || c == '"') {
        if (absl::Status status = Quoted(c, word); !status.ok()) return status;
      } else if (c == '\\' && position_ < text_.size()) {
        word += text_[position_++];
      } else {
        word += c;
      }
    }
    return word;
  }

 private:
  absl::Status Quoted(char quote, std::string& word) {
    while (position_ < text_.size()) {
      char c = text_[position_++];
      if (c == quote) return absl::OkStatus();
      const bool escapes =
          quote == '"' && c == '\\' && position_ < text_.size() &&
          (text_[position_] == '"' || text_[position_] == '\\');
      if (escapes) c = text_[position_++];
      word += c;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "the quote ", std::string(1, quote), " is not closed in: ", text_));
  }

  absl::string_view text_;
  std::size_t position_ = 0;
};

// The length of NAME in NAME=VALUE, or 0 if `word` is not of that form.
std::size_t AssignedNameLength(absl::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == absl::string_view::npos || equals == 0) return 0;
  if (absl::ascii_isdigit(word[0])) return 0;
  for (const char c : word.substr(0, equals)) {
    if (!absl::ascii_isalnum(c) && c != '_') return 0;
  }
  return equals;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(absl::string_view text) {
  CommandLine command;
  WordReader reader(text);
  for (;;) {
    absl::StatusOr<std::optional<std::string>> word = reader.Next();
    if (!word.ok()) return word.status();
    if (!word->has_value()) break;
    const std::size_t name = AssignedNameLength(**word);
    if (name > 0 && command.arguments.empty()) {
      command.environment.emplace_back((*word)->substr(0, name),
                                       (*word)->substr(name + 1));
    } else {
      command.arguments.push_back(**std::move(word));
    }
  }
  if (command.arguments.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no program in the command line: '", text, "'"));
  }
  return command;
}

std::string ShellQuote(absl::string_view word) {
  bool plain = !word.empty();
  for (const char c : word) {
    plain = plain && (absl::ascii_isalnum(c) ||
                      absl::string_view("_-./=:,+@%").find(c) !=
                          absl::string_view::npos);
  }
  if (plain) return std::string(word);
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

}  // namespace conformance
