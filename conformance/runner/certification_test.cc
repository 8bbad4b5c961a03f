// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/certification.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "conformance/scenario/digest.h"
#include "conformance/scenario/outcome_parser.h"
#include "conformance/scenario/parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::HasSubstr;

class CertificationTest : public ::testing::Test {
 protected:
  // One scenario, recorded on 3.11.2 (b"old") and 3.15.2 (b"new"), or not.
  void Load(bool recorded, const std::string& header = "") {
    const auto text = [&](const std::string& line) {
      return absl::StrCat("recorded on 3.11.2 3.15.2\nscenario a/b\n  \"X.\"\n",
                          header, line,
                          "\n>>> await reader.read(1)\n[3.11] b\"old\"\n"
                          "[3.14+] b\"new\"\n");
    };
    file_ = ParseScenarios("f", text("")).file;
    if (recorded) {
      const std::string digest = ScenarioDigest(file_.scenarios.at(0));
      file_ =
          ParseScenarios("f", text(absl::StrCat("  recorded ", digest, "\n")))
              .file;
    }
    entry_.file = &file_;
    entry_.scenario = &file_.scenarios.at(0);
    entry_.variant = Expand(*entry_.scenario).at(0);
    input_.edition = *Version::Parse("3.15");
    input_.oracle = *Version::Parse("3.11.2");
    input_.replay_recorded = true;
  }

  ScenarioHistory Gives(const std::string& text) const {
    ScenarioHistory history;
    RunHistory run;
    run.outcomes.push_back(ObservedOutcome{entry_.scenario->steps[0].line, 0,
                                           *ParseOutcome(text)});
    history.runs.push_back(run);
    return history;
  }

  ScenarioResult JudgeBoth(const std::string& testee,
                           const std::string& oracle) const {
    const ScenarioHistory oracle_history = Gives(oracle);
    return JudgeScenario(MakePlan(entry_, input_), input_, Gives(testee),
                         &oracle_history);
  }

  ScenarioFile file_;
  CatalogEntry entry_;
  PlanInput input_;
};

TEST_F(CertificationTest, EachIsJudgedInItsOwnEdition) {
  Load(true);
  const Plan plan = MakePlan(entry_, input_);
  EXPECT_EQ(plan.basis, Plan::Basis::kRecorded);
  EXPECT_EQ(plan.version->ToString(), "3.15.2");
  EXPECT_EQ(plan.replayed_version->ToString(), "3.11.2");
  EXPECT_TRUE(plan.replay);
  const ScenarioResult result = JudgeBoth("b\"new\"", "b\"old\"");
  EXPECT_EQ(result.judgement.verdict, Verdict::kPass);
  EXPECT_EQ(result.drift, "");
  EXPECT_EQ(result.basis, "recorded from CPython 3.15.2");
}

TEST_F(CertificationTest, AHistoryWithoutRunsIsNoPass) {
  Load(true);
  const ScenarioResult result = JudgeScenario(MakePlan(entry_, input_), input_,
                                              ScenarioHistory(), nullptr);
  EXPECT_EQ(result.judgement.verdict, Verdict::kInconclusive);
}

TEST_F(CertificationTest, AnOracleThatDeviatesIsDrift) {
  Load(true);
  const ScenarioResult pass = JudgeBoth("b\"new\"", "b\"other\"");
  EXPECT_EQ(pass.judgement.verdict, Verdict::kPass);
  EXPECT_THAT(pass.drift, HasSubstr("recorded for 3.11.2"));
  CertificationResult certification;
  certification.scenarios.push_back(pass);
  EXPECT_FALSE(certification.AsExpected());
  // And no judge of a testee that fails.
  const ScenarioResult fail = JudgeBoth("b\"wrong\"", "b\"other\"");
  EXPECT_EQ(fail.judgement.verdict, Verdict::kInconclusive);
}

TEST_F(CertificationTest, AReleaseThatWasNotRecordedMayDiffer) {
  Load(true);
  input_.oracle = *Version::Parse("3.11.9");
  const ScenarioResult result = JudgeBoth("b\"new\"", "b\"other\"");
  EXPECT_EQ(result.drift, "");
  EXPECT_EQ(result.warnings.size(), 1u);
  EXPECT_EQ(JudgeBoth("b\"wrong\"", "b\"other\"").judgement.verdict,
            Verdict::kFail);
}

TEST_F(CertificationTest, WhatIsNotRecordedIsJudgedLive) {
  Load(false);
  EXPECT_EQ(MakePlan(entry_, input_).basis, Plan::Basis::kLive);
  const ScenarioResult result = JudgeBoth("b\"live\"", "b\"live\"");
  EXPECT_EQ(result.judgement.verdict, Verdict::kPass);
  EXPECT_THAT(result.basis, HasSubstr("has no recorded outcomes"));
  ASSERT_EQ(result.warnings.size(), 1u);
  EXPECT_THAT(result.warnings[0], HasSubstr("b\"old\""));
  EXPECT_EQ(JudgeBoth("b\"old\"", "b\"live\"").judgement.verdict,
            Verdict::kFail);
}

TEST_F(CertificationTest, WithoutAnOracleThereIsNothingToJudgeBy) {
  Load(false);
  input_.oracle.reset();
  input_.no_oracle = "no python3";
  const ScenarioResult none =
      JudgeScenario(MakePlan(entry_, input_), input_, Gives("b\"x\""), nullptr);
  EXPECT_EQ(none.judgement.verdict, Verdict::kInconclusive);
  EXPECT_THAT(none.judgement.explanation, HasSubstr("no python3"));
  Load(false, "  since 3.13\n");
  const Plan old = MakePlan(entry_, input_);
  EXPECT_EQ(old.basis, Plan::Basis::kNothing);
  EXPECT_THAT(old.reason, HasSubstr("since 3.13"));
}

TEST_F(CertificationTest, AnEditionThatNobodyRecordedIsNotJudgedByAnother) {
  Load(true);
  input_.edition = *Version::Parse("3.16");
  const Plan plan = MakePlan(entry_, input_);
  EXPECT_EQ(plan.basis, Plan::Basis::kNothing);
  EXPECT_THAT(plan.reason, HasSubstr("not recorded for edition 3.16, and the "
                                     "live oracle is CPython 3.11.2"));
  input_.oracle = *Version::Parse("3.16.1");
  EXPECT_EQ(MakePlan(entry_, input_).basis, Plan::Basis::kLive);
}

TEST_F(CertificationTest, AnOracleThatFailsCannotTell) {
  Load(false);
  ScenarioHistory oracle = Gives("b\"x\"");
  oracle.runs[0].state = RunState::kTimeout;
  oracle.runs[0].explanation = "did not answer";
  const ScenarioResult result =
      JudgeScenario(MakePlan(entry_, input_), input_, Gives("b\"x\""), &oracle);
  EXPECT_EQ(result.judgement.verdict, Verdict::kInconclusive);
  EXPECT_THAT(result.judgement.explanation, HasSubstr("did not answer"));
}

TEST_F(CertificationTest, OtherEditionsAreNotAPartOfTheRun) {
  Load(true, "  since 3.11\n  until 3.12\n");
  EXPECT_EQ(MakePlan(entry_, input_).basis, Plan::Basis::kNotApplicable);
}

TEST_F(CertificationTest, TheWorstOfSeveralRunsCounts) {
  Load(true);
  ScenarioHistory testee = Gives("b\"new\"");
  testee.runs.push_back(Gives("b\"wrong\"").runs[0]);
  testee.runs[0].count = 9;
  const ScenarioResult result =
      JudgeScenario(MakePlan(entry_, input_), input_, testee, nullptr);
  EXPECT_EQ(result.judgement.verdict, Verdict::kFail);
  ASSERT_EQ(result.warnings.size(), 1u);
  EXPECT_EQ(result.warnings[0], "its verdict varies over 10 runs");
}

}  // namespace
}  // namespace conformance
