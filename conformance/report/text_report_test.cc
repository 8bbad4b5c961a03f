// SPDX-License-Identifier: Apache-2.0
#include "conformance/report/text_report.h"

#include <utility>

#include "gtest/gtest.h"

namespace conformance {
namespace {

CertificationResult Result(const std::vector<Verdict>& verdicts) {
  CertificationResult result;
  result.edition = "3.15";
  for (const Verdict verdict : verdicts) {
    ScenarioResult scenario;
    scenario.judgement.verdict = verdict;
    result.scenarios.push_back(std::move(scenario));
  }
  return result;
}

TEST(FormatSummaryTest, IsReadByAPerson) {
  EXPECT_EQ(FormatSummary(Result({Verdict::kPass, Verdict::kPass})),
            "certified: 2 of 2 scenarios pass, edition 3.15");
  EXPECT_EQ(FormatSummary(Result({Verdict::kPass, Verdict::kExpectedFail,
                                  Verdict::kUnsupported})),
            "certified: 1 of 3 scenarios pass, 1 fail as expected, 1 "
            "unsupported, edition 3.15");
  EXPECT_EQ(
      FormatSummary(Result({Verdict::kFail, Verdict::kCrash, Verdict::kPass})),
      "not certified: 1 of 3 scenarios fail, 1 crash, edition 3.15");
}

TEST(FormatSummaryTest, NothingIsNeverCertified) {
  EXPECT_EQ(FormatSummary(Result({})), "not certified: no scenario ran");
  EXPECT_EQ(FormatSummary(Result({Verdict::kUnsupported})),
            "not certified: none of 1 scenarios could run");
}

TEST(FormatSummaryTest, APartIsNotCertified) {
  CertificationResult part = Result({Verdict::kPass});
  part.not_run = 2;
  EXPECT_EQ(FormatSummary(part), "not certified: 2 of 3 scenarios did not run");
}

TEST(FormatSummaryTest, DriftAndStaleExpectationsCount) {
  CertificationResult drifted = Result({Verdict::kPass});
  drifted.scenarios[0].drift = "CPython does something else";
  EXPECT_EQ(FormatSummary(drifted),
            "not certified: 1 of 1 scenarios drifted, edition 3.15");
  CertificationResult stale = Result({Verdict::kPass});
  stale.stale_expectations.push_back("x did not run");
  EXPECT_EQ(FormatSummary(stale),
            "not certified: 1 of the expected failures are not true any more, "
            "edition 3.15");
}

TEST(FilterForTest, MatchesJustThatId) {
  EXPECT_EQ(FilterFor("read/x[tcp,1.3]"), "'^read/x\\[tcp,1\\.3\\]$'");
}

}  // namespace
}  // namespace conformance
