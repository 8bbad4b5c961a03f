// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/expected_failures.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace conformance {
namespace {

constexpr char kNoReason[] = "(nobody has looked at it yet)";

bool IsFailure(Verdict verdict) {
  return verdict == Verdict::kFail || verdict == Verdict::kCrash ||
         verdict == Verdict::kTimeout || verdict == Verdict::kProtocolError;
}

// How it fails, without line numbers, so that an entry survives edits above.
std::string Gives(const ScenarioResult& result) {
  const Judgement& judgement = result.judgement;
  if (judgement.verdict != Verdict::kFail ||
      !judgement.divergence.has_value()) {
    return std::string(VerdictName(judgement.verdict));
  }
  return absl::StrCat(judgement.divergence->source, " -> ",
                      judgement.divergence->outcome);
}

absl::Status At(absl::string_view path, int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ":", line, ": ", what));
}

absl::Status CheckComplete(absl::string_view path,
                           const ExpectedFailure& entry) {
  if (entry.gives.empty()) {
    return At(path, entry.line, "the entry has no line 'gives: …'");
  }
  if (entry.reason.empty()) {
    return At(path, entry.line, "the entry has no line 'reason: …'");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExpectedFailures> ParseExpectedFailures(absl::string_view path,
                                                       absl::string_view text) {
  ExpectedFailures list;
  int number = 0;
  for (const absl::string_view raw : absl::StrSplit(text, '\n')) {
    ++number;
    absl::string_view line = absl::StripTrailingAsciiWhitespace(raw);
    const bool is_free = line.empty() || line[0] == '#';
    if (is_free) {
      if (list.entries.empty() && !line.empty()) {
        absl::StrAppend(&list.preamble, line, "\n");
      }
    } else if (!absl::ascii_isspace(line[0])) {
      if (!list.entries.empty()) {
        const absl::Status status = CheckComplete(path, list.entries.back());
        if (!status.ok()) return status;
      }
      ExpectedFailure entry;
      entry.scenario = std::string(line);
      entry.line = number;
      list.entries.push_back(std::move(entry));
    } else {
      line = absl::StripLeadingAsciiWhitespace(line);
      if (list.entries.empty()) {
        return At(path, number, "a scenario's id must come first");
      }
      ExpectedFailure& entry = list.entries.back();
      if (absl::ConsumePrefix(&line, "gives:")) {
        entry.gives = std::string(absl::StripAsciiWhitespace(line));
      } else if (absl::ConsumePrefix(&line, "reason:")) {
        entry.reason = std::string(absl::StripAsciiWhitespace(line));
      } else {
        return At(path, number, "expected 'gives: …' or 'reason: …'");
      }
    }
  }
  if (!list.entries.empty()) {
    const absl::Status status = CheckComplete(path, list.entries.back());
    if (!status.ok()) return status;
  }
  return list;
}

std::string FormatExpectedFailures(const ExpectedFailures& list) {
  std::string text = list.preamble;
  for (const ExpectedFailure& entry : list.entries) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", entry.scenario,
                    "\n  gives: ", entry.gives, "\n  reason: ", entry.reason,
                    "\n");
  }
  return text;
}

void ApplyExpectedFailures(const ExpectedFailures& list, absl::string_view path,
                           CertificationResult& result) {
  std::map<absl::string_view, ScenarioResult*> by_id;
  for (ScenarioResult& scenario : result.scenarios) {
    by_id[scenario.entry->variant.id] = &scenario;
  }
  for (const ExpectedFailure& entry : list.entries) {
    const auto stale = [&](absl::string_view what) {
      result.stale_expectations.push_back(
          absl::StrCat(path, ":", entry.line, ": ", entry.scenario, " ", what));
    };
    const auto found = by_id.find(entry.scenario);
    if (found == by_id.end()) {
      stale("did not run");
      continue;
    }
    Judgement& judgement = found->second->judgement;
    if (judgement.verdict == Verdict::kPass) {
      judgement.verdict = Verdict::kUnexpectedPass;
      judgement.explanation =
          absl::StrCat("passes, but is on the list of expected failures (",
                       entry.reason, "); remove it, or use --fix");
      continue;
    }
    if (!IsFailure(judgement.verdict)) {
      if (judgement.verdict == Verdict::kExpectedFail) {
        stale("is twice on the list");
      } else {
        stale(absl::StrCat("is ", VerdictName(judgement.verdict)));
      }
      continue;
    }
    const std::string gives = Gives(*found->second);
    if (gives == entry.gives) {
      judgement.verdict = Verdict::kExpectedFail;
      judgement.explanation = entry.reason;
    } else {
      stale(absl::StrCat("fails differently: ", gives, ", and not ",
                         entry.gives));
    }
  }
}

ExpectedFailures FixedExpectedFailures(const ExpectedFailures& old,
                                       const CertificationResult& result) {
  ExpectedFailures fixed;
  fixed.preamble = old.preamble;
  for (const ScenarioResult& scenario : result.scenarios) {
    if (!IsFailure(scenario.judgement.verdict)) continue;
    ExpectedFailure entry;
    entry.scenario = scenario.entry->variant.id;
    entry.gives = Gives(scenario);
    entry.reason = kNoReason;
    for (const ExpectedFailure& before : old.entries) {
      // Another divergence needs another look.
      if (before.scenario == entry.scenario && before.gives == entry.gives) {
        entry.reason = before.reason;
      }
    }
    fixed.entries.push_back(std::move(entry));
  }
  return fixed;
}

}  // namespace conformance
