// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/expected_failures.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kText[] =
    "# What is known.\n"
    "\n"
    "area/one[tcp]\n"
    "  gives: await reader.read(1) -> pending\n"
    "  reason: it waits; https://example.org/1\n"
    "\n"
    "area/two\n"
    "  gives: crash\n"
    "  reason: known\n";

class ExpectedFailuresTest : public ::testing::Test {
 protected:
  void Add(const std::string& id, Verdict verdict,
           const std::string& outcome = "") {
    ScenarioResult scenario;
    entries_[count_].variant.id = id;
    scenario.entry = &entries_[count_++];
    scenario.judgement.verdict = verdict;
    if (!outcome.empty()) {
      Divergence divergence;
      divergence.source = "await reader.read(1)";
      divergence.outcome = outcome;
      scenario.judgement.divergence = divergence;
    }
    result_.scenarios.push_back(std::move(scenario));
  }

  Verdict VerdictOf(std::size_t index) const {
    return result_.scenarios[index].judgement.verdict;
  }

  CatalogEntry entries_[8];
  std::size_t count_ = 0;
  CertificationResult result_;
};

TEST_F(ExpectedFailuresTest, RoundTrips) {
  const auto list = ParseExpectedFailures("f", kText);
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->entries.size(), 2u);
  EXPECT_EQ(list->entries[0].scenario, "area/one[tcp]");
  EXPECT_EQ(list->entries[0].gives, "await reader.read(1) -> pending");
  EXPECT_EQ(list->entries[1].reason, "known");
  EXPECT_EQ(FormatExpectedFailures(*list), kText);
}

TEST_F(ExpectedFailuresTest, SaysWhereTheFileIsWrong) {
  const std::pair<std::string, std::string> kCases[] = {
      {"  gives: x\n", "f:1: a scenario's id must come first"},
      {"a/b\n  gives: x\n", "f:1: the entry has no line 'reason"},
      {"a/b\n  reason: x\nc/d\n", "f:1: the entry has no line 'gives"},
      {"a/b\n  because: x\n", "f:2: expected 'gives"},
  };
  for (const auto& [text, message] : kCases) {
    const auto list = ParseExpectedFailures("f", text);
    ASSERT_FALSE(list.ok()) << text;
    EXPECT_THAT(std::string(list.status().message()), HasSubstr(message));
  }
}

TEST_F(ExpectedFailuresTest, WhatFailsAsItSaysIsExpected) {
  Add("area/one[tcp]", Verdict::kFail, "pending");
  Add("area/two", Verdict::kCrash);
  Add("area/three", Verdict::kPass);
  ApplyExpectedFailures(*ParseExpectedFailures("f", kText), "f", result_);
  EXPECT_EQ(VerdictOf(0), Verdict::kExpectedFail);
  EXPECT_EQ(VerdictOf(1), Verdict::kExpectedFail);
  EXPECT_EQ(VerdictOf(2), Verdict::kPass);
  EXPECT_TRUE(result_.AsExpected());
}

TEST_F(ExpectedFailuresTest, WhatPassesOrFailsDifferentlyIsNot) {
  Add("area/one[tcp]", Verdict::kFail, "b\"x\"");
  Add("area/two", Verdict::kPass);
  ApplyExpectedFailures(*ParseExpectedFailures("f", kText), "f", result_);
  EXPECT_EQ(VerdictOf(0), Verdict::kFail);
  EXPECT_EQ(VerdictOf(1), Verdict::kUnexpectedPass);
  EXPECT_THAT(
      result_.stale_expectations,
      ElementsAre(HasSubstr("f:3: area/one[tcp] fails differently: await "
                            "reader.read(1) -> b\"x\"")));
  EXPECT_FALSE(result_.AsExpected());
}

TEST_F(ExpectedFailuresTest, WhatDidNotRunIsNot) {
  Add("area/one[tcp]", Verdict::kUnsupported);
  ApplyExpectedFailures(*ParseExpectedFailures("f", kText), "f", result_);
  EXPECT_THAT(result_.stale_expectations,
              ElementsAre(HasSubstr("is unsupported"),
                          HasSubstr("area/two did not run")));
  EXPECT_FALSE(result_.AsExpected());
}

TEST_F(ExpectedFailuresTest, FixingKeepsTheReasonsThatStillHold) {
  Add("area/one[tcp]", Verdict::kFail, "b\"x\"");
  Add("area/two", Verdict::kCrash);
  Add("area/three", Verdict::kPass);
  const auto old = ParseExpectedFailures("f", kText);
  const ExpectedFailures fixed = FixedExpectedFailures(*old, result_);
  ASSERT_EQ(fixed.entries.size(), 2u);
  EXPECT_EQ(fixed.entries[0].gives, "await reader.read(1) -> b\"x\"");
  EXPECT_EQ(fixed.entries[0].reason, "(nobody has looked at it yet)");
  EXPECT_EQ(fixed.entries[1].reason, "known");
  ApplyExpectedFailures(fixed, "f", result_);
  EXPECT_TRUE(result_.AsExpected());
  EXPECT_THAT(result_.stale_expectations, IsEmpty());
}

}  // namespace
}  // namespace conformance
