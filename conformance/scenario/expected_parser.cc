// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/expected_parser.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/outcome_parser.h"
#include "conformance/scenario/syntax_error.h"

namespace conformance {
namespace {

// The size of the tag at the start of `line`, brackets included; 0 if there is
// none. A list as an outcome begins with a bracket too, but has brackets or
// quotes inside, or nothing behind it.
size_t TagSize(absl::string_view line) {
  if (line.empty() || line[0] != '[') return 0;
  const size_t close = line.find(']');
  if (close == absl::string_view::npos) return 0;
  const absl::string_view inside = line.substr(1, close - 1);
  if (inside.find_first_of("[\"'({") != absl::string_view::npos) return 0;
  const absl::string_view rest =
      absl::StripLeadingAsciiWhitespace(line.substr(close + 1));
  return rest.empty() || rest[0] == '#' ? 0 : close + 1;
}

// The size of `12:` at the start of `line`; 0 if there is none.
size_t IndexSize(absl::string_view line) {
  const size_t digits = line.find_first_not_of("0123456789");
  return digits != absl::string_view::npos && digits > 0 && line[digits] == ':'
             ? digits + 1
             : 0;
}

bool IsWord(absl::string_view text) {
  return absl::ascii_isalpha(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == '-';
         });
}

absl::Status ParseTagPart(absl::string_view part, int column, OutcomeTag& tag) {
  const size_t equals = part.find('=');
  if (equals != absl::string_view::npos) {
    std::vector<std::string> values =
        absl::StrSplit(part.substr(equals + 1), ',');
    tag.variables.emplace_back(std::string(part.substr(0, equals)),
                               std::move(values));
    return absl::OkStatus();
  }
  if (absl::ascii_isdigit(part[0])) {
    if (!tag.editions.ranges.empty()) {
      return SyntaxError(column, "editions are joined by commas");
    }
    absl::StatusOr<EditionSet> editions = EditionSet::Parse(part);
    if (!editions.ok()) return SyntaxError(column, editions.status().message());
    tag.editions = *std::move(editions);
    return absl::OkStatus();
  }
  if (!IsWord(part) || !tag.word.empty()) {
    return SyntaxError(column,
                       "a tag has editions, variables of `for` and at most one "
                       "word: `[transport=unix 3.12+]`, `[safe]`");
  }
  tag.word = std::string(part);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OutcomeTag> ParseTag(absl::string_view text, int column) {
  const std::string joined =
      absl::StrReplaceAll(text, {{", ", ","}, {"\t", " "}});
  OutcomeTag tag;
  for (const absl::string_view part :
       absl::StrSplit(joined, ' ', absl::SkipEmpty())) {
    if (absl::Status status = ParseTagPart(part, column, tag); !status.ok()) {
      return status;
    }
  }
  if (tag.empty()) return SyntaxError(column, "the tag is empty");
  return tag;
}

absl::StatusOr<ExpectedOutcome> ParseExpected(absl::string_view line,
                                              int column, int number,
                                              size_t statements,
                                              size_t* expansion) {
  ExpectedOutcome expected;
  expected.line = number;
  bool indexed = false;
  absl::string_view rest = line;
  const auto here = [&] {
    return column + static_cast<int>(line.size() - rest.size());
  };
  // In any order; each once.
  while (true) {
    rest = absl::StripLeadingAsciiWhitespace(rest);
    if (!expected.alternative && !rest.empty() && rest[0] == '|') {
      expected.alternative = true;
      rest.remove_prefix(1);
    } else if (const size_t size = TagSize(rest);
               size > 0 && expected.tag.empty()) {
      absl::StatusOr<OutcomeTag> tag =
          ParseTag(rest.substr(1, size - 2), here() + 1);
      if (!tag.ok()) return tag.status();
      expected.tag = *std::move(tag);
      rest.remove_prefix(size);
    } else if (const size_t digits = IndexSize(rest); digits > 0 && !indexed) {
      int index = 0;
      if (!absl::SimpleAtoi(rest.substr(0, digits - 1), &index) || index < 1 ||
          static_cast<size_t>(index) > statements) {
        return SyntaxError(
            here(), absl::StrCat("the step has ", statements, " statements"));
      }
      expected.statement = index - 1;
      indexed = true;
      rest.remove_prefix(digits);
    } else {
      break;
    }
  }
  if (!indexed && statements > 1) {
    return SyntaxError(column,
                       absl::StrCat("the step has ", statements,
                                    " statements: say which this belongs to, "
                                    "as in `2: None`"));
  }
  absl::StatusOr<Outcome> outcome = ParseOutcome(rest, here(), expansion);
  if (!outcome.ok()) return outcome.status();
  expected.outcome = *std::move(outcome);
  return expected;
}

}  // namespace conformance
