// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_VERDICT_H_
#define CONFORMANCE_RUNNER_VERDICT_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace conformance {

enum class Verdict {
  kPass,
  kFail,
  kExpectedFail,    // It fails just as the list of expected failures says.
  kUnexpectedPass,  // It is on that list, and passes.
  kUnsupported,     // The testee declared that it cannot.
  kCrash,
  kTimeout,
  kProtocolError,
  kInconclusive,  // There is nothing to judge by, or the oracle deviates too.
};

inline constexpr std::array<Verdict, 9> kAllVerdicts = {
    Verdict::kPass,           Verdict::kFail,          Verdict::kExpectedFail,
    Verdict::kUnexpectedPass, Verdict::kUnsupported,   Verdict::kCrash,
    Verdict::kTimeout,        Verdict::kProtocolError, Verdict::kInconclusive,
};

// "pass", "expected-fail" … as in the reports.
absl::string_view VerdictName(Verdict verdict);

// Whether a run with this verdict is as it should be.
bool IsExpected(Verdict verdict);

// The first statement whose outcome was not what was expected.
struct Divergence {
  int line = 0;  // In the scenario file.
  int statement = 0;
  std::string source;    // The statement, as written.
  std::string expected;  // As in a scenario file.
  std::string actual;
  std::string outcome;  // The same, without the text of an error.
};

struct Judgement {
  Verdict verdict = Verdict::kPass;
  std::optional<Divergence> divergence;
  // Why, where the divergence does not say it; about the testee.
  std::string explanation;
  // The deliberate choices that it made: "safe".
  std::vector<std::string> choices;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_VERDICT_H_
