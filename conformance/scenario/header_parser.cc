// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/header_parser.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/expression.h"
#include "conformance/scenario/expression_parser.h"
#include "conformance/scenario/string_literal.h"
#include "conformance/scenario/syntax_error.h"
#include "conformance/scenario/token.h"
#include "conformance/scenario/vocabulary.h"

namespace conformance {
namespace {

constexpr absl::string_view kWords[] = {
    "must",  "should", "since",   "until",    "for",
    "needs", "see",    "compare", "segments", "recorded"};

constexpr size_t kDigestSize = 8;

absl::string_view WithoutComment(absl::string_view text) {
  return absl::StripAsciiWhitespace(text.substr(0, text.find('#')));
}

std::string DidYouMean(absl::string_view word,
                       absl::Span<const absl::string_view> words) {
  const std::string nearest = NearestName(word, words);
  return nearest.empty() ? "" : absl::StrCat("; did you mean `", nearest, "`?");
}

bool IsIdentifier(absl::string_view text) {
  return !text.empty() && !absl::ascii_isdigit(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

// The value as the id shows it: one literal of Python, or else a word.
absl::StatusOr<VariantValue> ParseVariantValue(absl::string_view text,
                                               int column) {
  const bool printable = !text.empty() && std::all_of(text.begin(), text.end(),
                                                      absl::ascii_isgraph);
  if (!printable || text.find_first_of("[]") != absl::string_view::npos) {
    return SyntaxError(column,
                       "a value is a word of printable ASCII, as in `for "
                       "transport in tcp, unix`");
  }
  VariantValue value;
  value.text = std::string(text);
  value.value = value.text;
  const absl::StatusOr<Line> line = Tokenize(text);
  if (!line.ok()) return value;
  // A literal, a sign in front of one included; whatever else is a word.
  size_t budget = kMaxExpressionBytes;
  const absl::StatusOr<Expression> expression =
      ParseExpression(line->tokens, column, {}, &budget);
  if (expression.ok() && expression->is(Expression::Kind::kLiteral)) {
    value.value = expression->literal;
  }
  return value;
}

// `NAME in A, B`
absl::Status ParseFor(absl::string_view rest, int column, int number,
                      Scenario& scenario) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits(absl::ByAnyChar(" \t"), 1));
  absl::string_view values = absl::StripLeadingAsciiWhitespace(parts.second);
  const bool has_in = absl::ConsumePrefix(&values, "in") && !values.empty() &&
                      absl::ascii_isblank(values[0]);
  Variable variable;
  variable.name = std::string(parts.first);
  variable.line = number;
  if (!IsIdentifier(variable.name) || !has_in) {
    return SyntaxError(column, "expected `for NAME in A, B`");
  }
  for (const Variable& other : scenario.variables) {
    if (other.name == variable.name) {
      return SyntaxError(column, "this variable exists already");
    }
  }
  for (const absl::string_view text : absl::StrSplit(values, ',')) {
    absl::StatusOr<VariantValue> value =
        ParseVariantValue(absl::StripAsciiWhitespace(text), column);
    if (!value.ok()) return value.status();
    for (const VariantValue& other : variable.values) {
      if (other.text == value->text) {
        return SyntaxError(column,
                           absl::StrCat("`", other.text, "` comes twice"));
      }
    }
    variable.values.push_back(*std::move(value));
    if (variable.values.size() > kMaxVariants) {
      return SyntaxError(column, "too many values");
    }
  }
  size_t variants = variable.values.size();
  for (const Variable& other : scenario.variables) {
    variants *= other.values.size();
  }
  if (variants > kMaxVariants) {
    return SyntaxError(column, absl::StrCat("more than ", kMaxVariants,
                                            " variants of one scenario"));
  }
  scenario.variables.push_back(std::move(variable));
  return absl::OkStatus();
}

absl::Status ParseNeeds(absl::string_view rest, int column,
                        Scenario& scenario) {
  for (absl::string_view need : absl::StrSplit(rest, ',')) {
    need = absl::StripAsciiWhitespace(need);
    const auto known = Capabilities();
    if (std::find(known.begin(), known.end(), need) == known.end()) {
      return SyntaxError(column, absl::StrCat("unknown capability `", need, "`",
                                              DidYouMean(need, known)));
    }
    scenario.needs.emplace_back(need);
  }
  return absl::OkStatus();
}

// `DIGEST [on VERSIONS]`
absl::Status ParseRecorded(absl::string_view rest, int column, int number,
                           Scenario& scenario) {
  if (scenario.recorded_digest.has_value()) {
    return SyntaxError(column, "`recorded` comes twice");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits(" on ", 1));
  const absl::string_view digest = absl::StripAsciiWhitespace(parts.first);
  if (digest.size() != kDigestSize ||
      !std::all_of(digest.begin(), digest.end(), absl::ascii_isxdigit)) {
    return SyntaxError(column,
                       "expected `recorded DIGEST` or `recorded DIGEST on "
                       "VERSIONS`; the recorder writes this line");
  }
  if (rest.find(" on ") != absl::string_view::npos) {
    absl::StatusOr<std::vector<Version>> versions =
        ParseVersions(parts.second, column);
    if (!versions.ok()) return versions.status();
    scenario.recorded_on = *std::move(versions);
  }
  scenario.recorded_digest = std::string(digest);
  scenario.recorded_line = number;
  return absl::OkStatus();
}

absl::Status ParseBound(absl::string_view word, absl::string_view rest,
                        int column, Scenario& scenario) {
  std::optional<Version>& bound =
      word == "since" ? scenario.since : scenario.until;
  if (bound.has_value()) {
    return SyntaxError(column, absl::StrCat("`", word, "` comes twice"));
  }
  absl::StatusOr<Version> version = Version::Parse(rest);
  if (!version.ok()) return SyntaxError(column, version.status().message());
  bound = *version;
  return absl::OkStatus();
}

absl::Status ParseSummary(absl::string_view line, int column,
                          Scenario& scenario) {
  absl::StatusOr<StringLiteral> literal = ParseStringLiteral(line, column);
  if (!literal.ok()) return literal.status();
  const auto* text = literal->value.get_if<std::string>();
  if (text == nullptr || !scenario.summary.empty() ||
      !WithoutComment(line.substr(literal->size)).empty()) {
    return SyntaxError(column, "a scenario has one summary, in quotes");
  }
  scenario.summary = *text;
  return absl::OkStatus();
}

// `compare messages`, `segments any`, `must`, `should`: words without a choice.
absl::Status ParseFlag(absl::string_view word, absl::string_view rest,
                       int column, Scenario& scenario) {
  const absl::string_view wanted = word == "compare"    ? "messages"
                                   : word == "segments" ? "any"
                                                        : "";
  if (rest != wanted) {
    return SyntaxError(
        column, absl::StrCat("expected `", word, wanted.empty() ? "" : " ",
                             wanted, "`"));
  }
  if (word == "compare") scenario.compare_messages = true;
  if (word == "segments") scenario.segments_any = true;
  if (word == "must") scenario.level = Level::kMust;
  if (word == "should") scenario.level = Level::kShould;
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseHeaderLine(absl::string_view line, int column, int number,
                             Scenario& scenario) {
  if (line.empty() || line[0] == '#') return absl::OkStatus();
  scenario.last_header_line = number;
  if (line[0] == '"' || line[0] == '\'') {
    return ParseSummary(line, column, scenario);
  }
  const absl::string_view word = line.substr(0, line.find_first_of(" \t#"));
  const absl::string_view after = line.substr(word.size());
  const absl::string_view rest = WithoutComment(after);
  const int rest_column =
      column +
      static_cast<int>(line.size() -
                       absl::StripLeadingAsciiWhitespace(after).size());
  if (word == "see") {
    // No comment: addresses have a `#` of their own.
    scenario.see.emplace_back(absl::StripAsciiWhitespace(after));
    return absl::OkStatus();
  }
  if (word == "for") return ParseFor(rest, rest_column, number, scenario);
  if (word == "needs") return ParseNeeds(rest, rest_column, scenario);
  if (word == "recorded") {
    return ParseRecorded(rest, rest_column, number, scenario);
  }
  if (word == "since" || word == "until") {
    return ParseBound(word, rest, rest_column, scenario);
  }
  if (std::find(std::begin(kWords), std::end(kWords), word) !=
      std::end(kWords)) {
    return ParseFlag(word, rest, column, scenario);
  }
  return SyntaxError(
      column, absl::StrCat("`", word.substr(0, 40), "` is no word of a header",
                           DidYouMean(word, kWords)));
}

bool IsScenarioId(absl::string_view id) {
  const size_t slash = id.find('/');
  const auto is_part = [](absl::string_view part) {
    return !part.empty() && absl::ascii_isalnum(part[0]) &&
           std::all_of(part.begin(), part.end(), [](char c) {
             return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
                    c == '-' || c == '.';
           });
  };
  return slash != absl::string_view::npos && is_part(id.substr(0, slash)) &&
         is_part(id.substr(slash + 1));
}

absl::StatusOr<std::vector<Version>> ParseVersions(absl::string_view text,
                                                   int column) {
  std::vector<Version> versions;
  for (const absl::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(" \t,"), absl::SkipEmpty())) {
    absl::StatusOr<Version> version = Version::Parse(word);
    if (!version.ok() || !version->is_full()) {
      return SyntaxError(column, absl::StrCat("`", word.substr(0, 40),
                                              "` is not a full version, as "
                                              "3.11.2 is one"));
    }
    if (std::find(versions.begin(), versions.end(), *version) !=
        versions.end()) {
      return SyntaxError(column, absl::StrCat(word, " comes twice"));
    }
    versions.push_back(*version);
  }
  if (versions.empty()) return SyntaxError(column, "versions are missing");
  return versions;
}

}  // namespace conformance
