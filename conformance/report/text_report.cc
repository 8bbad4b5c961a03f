// SPDX-License-Identifier: Apache-2.0
#include "conformance/report/text_report.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "conformance/runner/command_line.h"
#include "conformance/runner/verdict.h"
#include "conformance/scenario/outcome.h"

namespace conformance {
namespace {

// Of a testee's standard error, the end tells most: the traceback's last lines.
constexpr std::size_t kShownErrorLines = 12;
constexpr std::size_t kShownMessages = 60;
constexpr std::size_t kShownText = 400;

// What a testee prints may be anything, and the report is read on a terminal.
std::string Printable(const std::string& line) {
  std::string text;
  for (const char c : line) {
    if (absl::ascii_iscntrl(c) && c != '\t') {
      absl::StrAppend(&text, "\\x", absl::Hex(c, absl::kZeroPad2));
    } else {
      text += c;
    }
  }
  return text;
}

std::string Shortened(const std::string& text) {
  if (text.size() <= kShownText) return text;
  return absl::StrCat(text.substr(0, kShownText), "…");
}

std::string Prompt(const Step& step) {
  return absl::StrCat(step.is_peer() ? step.actor : ">>", "> ");
}

// The steps with what came back, up to and with the divergence.
void AppendSteps(const ScenarioResult& result, std::string& text) {
  const auto& divergence = result.judgement.divergence;
  std::size_t index = 0;
  for (const Step& step : result.entry->scenario->steps) {
    const bool is_here =
        divergence.has_value() && divergence->line == step.line;
    std::vector<std::string> sources;
    for (const Statement& statement : step.statements) {
      sources.push_back(statement.source);
    }
    absl::StrAppend(&text, is_here ? "  > " : "    ", Prompt(step),
                    absl::StrJoin(sources, "; "), "\n");
    for (std::size_t i = 0; i < step.statements.size(); ++i, ++index) {
      const bool is_it =
          is_here && static_cast<int>(i) == divergence->statement;
      if (is_it) {
        absl::StrAppend(
            &text, "        expected: ", Shortened(divergence->expected),
            "\n        actual:   ", Shortened(divergence->actual), "\n");
        return;
      }
      if (index >= result.run.outcomes.size()) continue;
      const Outcome& outcome = result.run.outcomes[index].outcome;
      if (outcome.kind == Outcome::Kind::kNone) continue;
      absl::StrAppend(&text, "    ", Shortened(OutcomeTextWithMessage(outcome)),
                      "\n");
    }
  }
}

void AppendStandardError(const std::string& stderr_text, std::string& text) {
  const std::string trimmed =
      std::string(absl::StripTrailingAsciiWhitespace(stderr_text));
  if (trimmed.empty()) return;
  std::vector<std::string> lines = absl::StrSplit(trimmed, '\n');
  absl::StrAppend(&text, "  standard error of the testee:\n");
  std::size_t first = 0;
  if (lines.size() > kShownErrorLines) {
    first = lines.size() - kShownErrorLines;
    absl::StrAppend(&text, "    … (", first, " more lines)\n");
  }
  for (std::size_t i = first; i < lines.size(); ++i) {
    absl::StrAppend(&text, "    ", Printable(Shortened(lines[i])), "\n");
  }
}

void AppendMessages(const std::vector<std::string>& log, std::string& text) {
  if (log.empty()) return;
  absl::StrAppend(&text, "  messages:\n");
  std::size_t first = 0;
  if (log.size() > kShownMessages) {
    first = log.size() - kShownMessages;
    absl::StrAppend(&text, "    … (", first, " more)\n");
  }
  for (std::size_t i = first; i < log.size(); ++i) {
    absl::StrAppend(&text, "    ", Printable(log[i]), "\n");
  }
}

bool IsWorthShowing(const ScenarioResult& result) {
  return !IsExpected(result.judgement.verdict) || !result.drift.empty();
}

// "3 fail", "1 crash" … of what is not as it should be.
std::vector<std::string> UnexpectedCounts(const CertificationResult& result) {
  std::vector<std::string> counts;
  for (const Verdict verdict : kAllVerdicts) {
    const int count = result.Count(verdict);
    if (count == 0 || IsExpected(verdict)) continue;
    absl::string_view word = VerdictName(verdict);
    if (verdict == Verdict::kUnexpectedPass) word = "pass unexpectedly";
    if (verdict == Verdict::kTimeout) word = "time out";
    if (verdict == Verdict::kProtocolError) word = "break the protocol";
    if (verdict == Verdict::kInconclusive) word = "are inconclusive";
    counts.push_back(absl::StrCat(count, " ", word));
  }
  int drifted = 0;
  for (const ScenarioResult& scenario : result.scenarios) {
    if (!scenario.drift.empty()) ++drifted;
  }
  if (drifted > 0) counts.push_back(absl::StrCat(drifted, " drifted"));
  return counts;
}

}  // namespace

std::string FilterFor(absl::string_view id) {
  std::string pattern = "^";
  for (const char c : id) {
    if (absl::string_view("[](){}.*+?^$|\\").find(c) !=
        absl::string_view::npos) {
      pattern += '\\';
    }
    pattern += c;
  }
  return ShellQuote(pattern + "$");
}

std::string FormatScenario(const ScenarioResult& result,
                           absl::string_view reproduction, bool verbose) {
  const Scenario& scenario = *result.entry->scenario;
  const Judgement& judgement = result.judgement;
  const bool drifted = IsExpected(judgement.verdict);
  std::string text = absl::StrCat(
      absl::AsciiStrToUpper(drifted ? "drift" : VerdictName(judgement.verdict)),
      " ", result.entry->variant.id, "  (", result.entry->file->path, ":",
      scenario.line, ")\n");
  if (!scenario.summary.empty()) {
    absl::StrAppend(&text, "  \"", scenario.summary, "\"\n");
  }
  if (!drifted && judgement.verdict != Verdict::kInconclusive &&
      judgement.verdict != Verdict::kUnexpectedPass) {
    AppendSteps(result, text);
  }
  if (!judgement.explanation.empty()) {
    const bool about_testee = judgement.verdict != Verdict::kInconclusive &&
                              judgement.verdict != Verdict::kUnexpectedPass &&
                              judgement.verdict != Verdict::kFail;
    absl::StrAppend(&text, about_testee ? "  the testee " : "  ",
                    judgement.explanation, "\n");
  }
  if (!result.drift.empty() && result.drift != judgement.explanation) {
    absl::StrAppend(&text, "  ", result.drift, "\n");
  }
  if (!result.basis.empty()) {
    absl::StrAppend(&text, "  expected outcomes: ", result.basis, "\n");
  }
  if (!drifted) AppendStandardError(result.run.stderr_text, text);
  if (verbose) AppendMessages(result.run.wire_log, text);
  absl::StrAppend(&text, "  again: ", reproduction,
                  absl::EndsWith(reproduction, "=") ? "" : " --filter ",
                  FilterFor(result.entry->variant.id), "\n");
  return text;
}

std::string FormatResult(const CertificationResult& result,
                         absl::string_view reproduction, bool verbose) {
  std::string text;
  for (const ScenarioResult& scenario : result.scenarios) {
    if (!IsWorthShowing(scenario)) continue;
    absl::StrAppend(&text, FormatScenario(scenario, reproduction, verbose),
                    "\n");
  }
  for (const ScenarioResult& scenario : result.scenarios) {
    for (const std::string& warning : scenario.warnings) {
      absl::StrAppend(&text, "warning: ", scenario.entry->variant.id, ": ",
                      warning, "\n");
    }
  }
  for (const std::string& warning : result.warnings) {
    absl::StrAppend(&text, "warning: ", warning, "\n");
  }
  for (const std::string& stale : result.stale_expectations) {
    absl::StrAppend(&text, "expected failure: ", stale, "\n");
  }
  return text;
}

std::string FormatSummary(const CertificationResult& result) {
  const std::size_t total = result.scenarios.size();
  const int passed = result.Count(Verdict::kPass);
  const int expected = result.Count(Verdict::kExpectedFail);
  const int unsupported = result.Count(Verdict::kUnsupported);
  std::vector<std::string> counts = UnexpectedCounts(result);
  std::string text;
  if (total == 0) return "not certified: no scenario ran";
  if (result.not_run > 0) {
    return absl::StrCat("not certified: ", result.not_run, " of ",
                        total + static_cast<std::size_t>(result.not_run),
                        " scenarios did not run");
  }
  if (counts.empty() && result.stale_expectations.empty()) {
    if (passed + expected == 0) {
      return absl::StrCat("not certified: none of ", total,
                          " scenarios could run");
    }
    text =
        absl::StrCat("certified: ", passed, " of ", total, " scenarios pass");
  } else if (counts.empty()) {
    text = absl::StrCat("not certified: ", result.stale_expectations.size(),
                        " of the expected failures are not true any more");
  } else {
    // "3 of 131 scenarios fail", "3 of 131 scenarios fail, 1 crash".
    const std::size_t space = counts[0].find(' ');
    counts[0] = absl::StrCat(counts[0].substr(0, space), " of ", total,
                             " scenarios", counts[0].substr(space));
    text = absl::StrCat("not certified: ", absl::StrJoin(counts, ", "));
  }
  if (expected > 0) absl::StrAppend(&text, ", ", expected, " fail as expected");
  if (unsupported > 0)
    absl::StrAppend(&text, ", ", unsupported, " unsupported");
  return absl::StrCat(text, ", edition ", result.edition);
}

}  // namespace conformance
