// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/parser.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "conformance/scenario/expected_parser.h"
#include "conformance/scenario/header_parser.h"
#include "conformance/scenario/statement_parser.h"
#include "conformance/scenario/syntax_error.h"
#include "conformance/scenario/token.h"
#include "conformance/scenario/utf8.h"

namespace conformance {
namespace {

constexpr size_t kMaxFileSize = size_t{4} << 20;
constexpr size_t kMaxTextLine = size_t{64} << 10;
constexpr size_t kMaxFileExpansion = size_t{64} << 20;
// Outcomes are expanded one at a time, and not kept: this bounds the time.
constexpr size_t kMaxOutcomeExpansion = size_t{4} << 30;
constexpr size_t kMaxOutcomesOfStep = 500;
constexpr absl::string_view kTesteePrompt = ">>>";
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Whether `line` is the word `scenario` and something after it.
bool BeginsScenario(absl::string_view line) {
  return absl::ConsumePrefix(&line, "scenario") && !line.empty() &&
         absl::ascii_isblank(line[0]);
}

// The name of the peer in front of `>`; empty if there is none.
absl::string_view PeerPrompt(absl::string_view line) {
  const size_t end =
      std::find_if_not(
          line.begin(), line.end(),
          [](char c) { return absl::ascii_isalnum(c) || c == '_'; }) -
      line.begin();
  return end > 0 && end < line.size() && line[end] == '>' &&
                 !absl::ascii_isdigit(line[0])
             ? line.substr(0, end)
             : absl::string_view();
}

// Whether a statement may stand in a line with others: they all go to the
// testee at once.
bool CanBeJoined(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::kAdvanceClock:
    case Statement::Kind::kEvents:
    case Statement::Kind::kStats:
      return false;
    default:
      return true;
  }
}

class FileParser {
 public:
  explicit FileParser(absl::string_view path) {
    result_.file.path = std::string(path);
  }

  ParsedFile Parse(absl::string_view text) && {
    if (text.size() > kMaxFileSize) {
      Report(absl::InvalidArgumentError(
          absl::StrCat("the file has more than ", kMaxFileSize, " bytes")));
      return std::move(result_);
    }
    absl::ConsumePrefix(&text, kByteOrderMark);
    while (!text.empty() && result_.problems.size() < kMaxProblems) {
      const size_t end = text.find('\n');
      ++number_;
      Report(ParseLine(text.substr(0, end)));
      text.remove_prefix(end == absl::string_view::npos ? text.size()
                                                        : end + 1);
    }
    return std::move(result_);
  }

 private:
  void Report(const absl::Status& status) {
    if (status.ok()) return;
    Problem problem;
    problem.line = number_;
    problem.column = ColumnOf(status);
    problem.message = std::string(status.message());
    result_.problems.push_back(std::move(problem));
  }

  absl::Status ParseLine(absl::string_view line) {
    if (line.size() > kMaxTextLine) {
      return SyntaxError(
          1, absl::StrCat("the line has more than ", kMaxTextLine, " bytes"));
    }
    if (!IsUtf8(line)) return SyntaxError(1, "the line is not UTF-8");
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (text.empty() || text[0] == '#') return absl::OkStatus();
    const int column = 1 + static_cast<int>(text.data() - line.data());
    const bool indented = column > 1;
    if (!indented && BeginsScenario(text)) {
      return BeginScenario(text);
    }
    if (!indented && result_.file.scenarios.empty() &&
        absl::StartsWith(text, "recorded on ")) {
      return ParseRecordedOn(text);
    }
    if (result_.file.scenarios.empty()) {
      return SyntaxError(column, "expected `scenario AREA/BEHAVIOUR-IN-WORDS`");
    }
    Scenario& scenario = result_.file.scenarios.back();
    if (absl::StartsWith(text, kTesteePrompt)) {
      return ParseStep(text, column, "", kTesteePrompt.size());
    }
    if (const absl::string_view peer = PeerPrompt(text); !peer.empty()) {
      return ParseStep(text, column, peer, peer.size() + 1);
    }
    if (scenario.steps.empty()) {
      if (indented) return ParseHeaderLine(text, column, number_, scenario);
      return SyntaxError(column,
                         "expected an indented line of the header, or a step "
                         "(`>>> …`, `peer> …`)");
    }
    return ParseOutcomeLine(text, column, scenario.steps.back());
  }

  absl::Status BeginScenario(absl::string_view text) {
    Scenario scenario;
    scenario.line = number_;
    scenario.last_header_line = number_;
    scope_ = StatementScope();
    text.remove_prefix(absl::string_view("scenario ").size());
    text = absl::StripAsciiWhitespace(text.substr(0, text.find('#')));
    scenario.id = std::string(text);
    // Kept even so: what follows belongs to it.
    result_.file.scenarios.push_back(std::move(scenario));
    if (IsScenarioId(text)) return absl::OkStatus();
    return SyntaxError(10,
                       "an id is AREA/BEHAVIOUR-IN-WORDS, in lower case, with "
                       "hyphens");
  }

  absl::Status ParseRecordedOn(absl::string_view text) {
    if (result_.file.recorded_line > 0) {
      return SyntaxError(1, "`recorded on` comes twice");
    }
    result_.file.recorded_line = number_;
    text = text.substr(0, text.find('#'));
    absl::StatusOr<std::vector<Version>> versions = ParseVersions(
        text.substr(absl::string_view("recorded on ").size()), 13);
    if (!versions.ok()) return versions.status();
    result_.file.recorded_on = *std::move(versions);
    return absl::OkStatus();
  }

  absl::Status ParseStep(absl::string_view text, int column,
                         absl::string_view actor, size_t prompt) {
    Step step;
    step.line = number_;
    step.actor = std::string(actor);
    if (step.is_peer()) scope_.peers.insert(step.actor);
    const absl::string_view rest = text.substr(prompt);
    absl::StatusOr<Line> line =
        Tokenize(rest, column + static_cast<int>(prompt));
    absl::Status status = line.status();
    if (line.ok()) {
      step.source = std::string(
          absl::StripAsciiWhitespace(rest.substr(0, line->comment)));
      status = ParseStatements(line->tokens, text, column, step);
    }
    // Kept even so, lest its outcomes be taken for those of the step before.
    step_is_bad_ = !status.ok();
    result_.file.scenarios.back().steps.push_back(std::move(step));
    return status;
  }

  absl::Status ParseStatements(absl::Span<const Token> tokens,
                               absl::string_view text, int column, Step& step) {
    size_t begin = 0;
    for (size_t i = 0; i <= tokens.size(); ++i) {
      if (i < tokens.size() && !tokens[i].Is(";")) continue;
      const absl::Span<const Token> part = tokens.subspan(begin, i - begin);
      const int end_column = i < tokens.size() ? tokens[i].column
                             : tokens.empty()
                                 ? column + static_cast<int>(text.size())
                                 : tokens.back().end();
      // A `;` at the end is nobody's statement.
      if (part.empty() && begin > 0 && i == tokens.size()) break;
      absl::StatusOr<Statement> statement =
          step.is_peer()
              ? ParsePeerStatement(part, end_column, scope_, &expansion_)
              : ParseTesteeStatement(part, end_column, scope_, &expansion_);
      if (!statement.ok()) return statement.status();
      statement->source = std::string(absl::StripAsciiWhitespace(text.substr(
          statement->column - column, end_column - statement->column)));
      scope_.Apply(*statement);
      step.statements.push_back(*std::move(statement));
      begin = i + 1;
    }
    return CheckJoined(step);
  }

  absl::Status CheckJoined(const Step& step) const {
    const size_t count = step.statements.size();
    for (size_t i = 0; count > 1 && i < count; ++i) {
      const Statement& statement = step.statements[i];
      if (step.is_peer()) {
        return SyntaxError(step.statements[1].column,
                           "a peer does one thing in a step");
      }
      if (!CanBeJoined(statement)) {
        return SyntaxError(statement.column, "this stands alone in its step");
      }
      if (statement.await && i + 1 < count) {
        return SyntaxError(statement.column,
                           "only the last statement of a step may `await`");
      }
    }
    return absl::OkStatus();
  }

  absl::Status ParseOutcomeLine(absl::string_view text, int column,
                                Step& step) {
    // One mistake, one message.
    if (step_is_bad_) return absl::OkStatus();
    if (step.expected.size() == kMaxOutcomesOfStep) {
      return SyntaxError(column, "too many outcomes of one step");
    }
    absl::StatusOr<ExpectedOutcome> expected = ParseExpected(
        text, column, number_, step.statements.size(), &outcome_expansion_);
    if (!expected.ok()) return expected.status();
    step.expected.push_back(*std::move(expected));
    return absl::OkStatus();
  }

  ParsedFile result_;
  StatementScope scope_;
  size_t expansion_ = kMaxFileExpansion;
  size_t outcome_expansion_ = kMaxOutcomeExpansion;
  int number_ = 0;
  bool step_is_bad_ = false;
};

}  // namespace

ParsedFile ParseScenarios(absl::string_view path, absl::string_view text) {
  return FileParser(path).Parse(text);
}

}  // namespace conformance
