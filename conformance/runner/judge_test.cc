// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/judge.h"

#include <string>
#include <vector>

#include "conformance/scenario/outcome_parser.h"
#include "conformance/scenario/parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Lines 1 to 15, so that a test can name them.
constexpr char kText[] = R"(recorded on 3.11.2 3.15.2
scenario area/name
  "What it shows."

>>> reader = StreamReader(); reader.feed_data(b"ab")
>>> await reader.read(1)
[3.11] b"a"
[3.14+] b"ab"
>>> await reader.readline()
[cpython] pending
[safe] b""
>>> await reader.read(2)
| b"b"
| b"c"
)";

class JudgeTest : public ::testing::Test {
 protected:
  JudgeTest() : file_(ParseScenarios("test", kText).file) {
    scenario_ = &file_.scenarios.at(0);
    variant_ = Expand(*scenario_).at(0);
  }

  static Version EditionOf(const std::string& text) {
    return *Version::Parse(text);
  }

  // A history with one outcome for each statement, as far as they go.
  RunHistory History(const std::vector<std::string>& texts) const {
    RunHistory history;
    for (const Step& step : scenario_->steps) {
      for (std::size_t i = 0; i < step.statements.size(); ++i) {
        if (history.outcomes.size() == texts.size()) return history;
        history.outcomes.push_back(
            ObservedOutcome{step.line, static_cast<int>(i),
                            *ParseOutcome(texts[history.outcomes.size()])});
      }
    }
    return history;
  }

  Judgement JudgeIn(const std::string& edition,
                    const RunHistory& history) const {
    return Judge(*scenario_,
                 RecordedExpectations(*scenario_, variant_, EditionOf(edition)),
                 history);
  }

  ScenarioFile file_;
  const Scenario* scenario_;
  Variant variant_;
};

TEST_F(JudgeTest, PassesInTheEditionThatItMatches) {
  const RunHistory new_one =
      History({"None", "None", "b\"ab\"", "pending", "b\"b\""});
  EXPECT_EQ(JudgeIn("3.15.2", new_one).verdict, Verdict::kPass);
  EXPECT_EQ(JudgeIn("3.11.2", new_one).verdict, Verdict::kFail);
  const RunHistory old_one =
      History({"None", "None", "b\"a\"", "pending", "b\"b\""});
  EXPECT_EQ(JudgeIn("3.11.2", old_one).verdict, Verdict::kPass);
  EXPECT_EQ(JudgeIn("3.15.2", old_one).verdict, Verdict::kFail);
}

TEST_F(JudgeTest, SaysWhereItDivergesFirst) {
  const Judgement judgement = JudgeIn(
      "3.15.2", History({"None", "None", "b\"a\"", "ValueError()", "b\"b\""}));
  ASSERT_TRUE(judgement.divergence.has_value());
  EXPECT_EQ(judgement.divergence->line, 6);
  EXPECT_EQ(judgement.divergence->statement, 0);
  EXPECT_EQ(judgement.divergence->source, "await reader.read(1)");
  EXPECT_EQ(judgement.divergence->expected, "b\"ab\"");
  EXPECT_EQ(judgement.divergence->actual, "b\"a\"");
}

// Where messages are compared, both are there to be compared by the reader.
TEST_F(JudgeTest, ShowsTheMessageThatItExpected) {
  Expectations expectations(1);
  expectations[0].choices.push_back(
      {"", {*ParseOutcome("ValueError()  # Limit cannot be <= 0")}});
  const RunHistory history = History({"ValueError()  # no"});
  for (const bool compare_messages : {true, false}) {
    Scenario scenario = *scenario_;
    scenario.steps.resize(1);
    scenario.steps[0].statements.resize(1);
    scenario.compare_messages = compare_messages;
    const Judgement judgement = Judge(scenario, expectations, history);
    ASSERT_EQ(judgement.divergence.has_value(), compare_messages);
    if (!compare_messages) continue;
    EXPECT_EQ(judgement.divergence->expected,
              "ValueError()  # Limit cannot be <= 0");
    EXPECT_EQ(judgement.divergence->actual, "ValueError()  # no");
  }
}

TEST_F(JudgeTest, AnyStatementOfAStepMayDiverge) {
  const Judgement judgement =
      JudgeIn("3.15.2",
              History({"None", "TypeError()", "b\"ab\"", "pending", "b\"b\""}));
  ASSERT_TRUE(judgement.divergence.has_value());
  EXPECT_EQ(judgement.divergence->line, 5);
  EXPECT_EQ(judgement.divergence->statement, 1);
  EXPECT_EQ(judgement.divergence->expected, "None");
}

TEST_F(JudgeTest, DeliberateChoicesAndAlternativesPass) {
  const Judgement safe = JudgeIn(
      "3.15.2", History({"None", "None", "b\"ab\"", "b\"\"", "b\"c\""}));
  EXPECT_EQ(safe.verdict, Verdict::kPass);
  EXPECT_THAT(safe.choices, ElementsAre("safe"));
  const Judgement neither = JudgeIn(
      "3.15.2", History({"None", "None", "b\"ab\"", "b\"x\"", "b\"c\""}));
  EXPECT_EQ(neither.verdict, Verdict::kFail);
  EXPECT_THAT(neither.choices, IsEmpty());
  const Judgement outside = JudgeIn(
      "3.15.2", History({"None", "None", "b\"ab\"", "pending", "b\"d\""}));
  EXPECT_EQ(outside.verdict, Verdict::kFail);
  EXPECT_EQ(outside.divergence->line, 12);
}

TEST_F(JudgeTest, AFailureOfTheTesteeIsAtTheStepThatItDidNotFinish) {
  const struct {
    RunState state;
    Verdict verdict;
  } kCases[] = {
      {RunState::kCrash, Verdict::kCrash},
      {RunState::kTimeout, Verdict::kTimeout},
      {RunState::kProtocolError, Verdict::kProtocolError},
      {RunState::kPeerTimeout, Verdict::kFail},
      {RunState::kScenarioError, Verdict::kInconclusive},
  };
  for (const auto& one : kCases) {
    RunHistory history = History({"None", "None"});
    history.state = one.state;
    history.explanation = "went wrong";
    history.stopped_at_line = 6;
    const Judgement judgement = JudgeIn("3.15.2", history);
    EXPECT_EQ(judgement.verdict, one.verdict);
    ASSERT_TRUE(judgement.divergence.has_value());
    EXPECT_EQ(judgement.divergence->line, 6);
    EXPECT_EQ(judgement.divergence->expected, "b\"ab\"");
    EXPECT_EQ(judgement.divergence->actual, "went wrong");
  }
}

TEST_F(JudgeTest, ADivergenceBeforeACrashIsTheFirst) {
  RunHistory history = History({"None", "None", "b\"a\""});
  history.state = RunState::kCrash;
  history.stopped_at_line = 9;
  const Judgement judgement = JudgeIn("3.15.2", history);
  EXPECT_EQ(judgement.verdict, Verdict::kCrash);
  EXPECT_EQ(judgement.divergence->line, 6);
}

TEST_F(JudgeTest, AHistoryThatEndsTooEarlyIsNoPass) {
  const Judgement judgement =
      JudgeIn("3.15.2", History({"None", "None", "b\"ab\""}));
  EXPECT_EQ(judgement.verdict, Verdict::kInconclusive);
  EXPECT_EQ(judgement.explanation,
            "its history has 3 outcomes for 5 statements");
}

TEST_F(JudgeTest, UnsupportedIsNoFailure) {
  RunHistory history;
  history.state = RunState::kUnsupported;
  const Judgement judgement = JudgeIn("3.15.2", history);
  EXPECT_EQ(judgement.verdict, Verdict::kUnsupported);
  EXPECT_FALSE(judgement.divergence.has_value());
}

TEST_F(JudgeTest, LiveOutcomesReplaceRecordedOnes) {
  const RunHistory oracle =
      History({"None", "None", "b\"q\"", "pending", "b\"c\""});
  const Expectations live =
      LiveExpectations(*scenario_, variant_, EditionOf("3.15.2"), oracle);
  EXPECT_EQ(Judge(*scenario_, live, oracle).verdict, Verdict::kPass);
  const Judgement recorded_one =
      Judge(*scenario_, live,
            History({"None", "None", "b\"ab\"", "pending", "b\"b\""}));
  ASSERT_EQ(recorded_one.verdict, Verdict::kFail);
  EXPECT_EQ(recorded_one.divergence->expected, "b\"q\"");
}

TEST_F(JudgeTest, LiveOutcomesKeepDeclaredOnes) {
  const RunHistory oracle =
      History({"None", "None", "b\"ab\"", "pending", "b\"c\""});
  const Expectations live =
      LiveExpectations(*scenario_, variant_, EditionOf("3.15.2"), oracle);
  EXPECT_EQ(Judge(*scenario_, live,
                  History({"None", "None", "b\"ab\"", "b\"\"", "b\"b\""}))
                .verdict,
            Verdict::kPass);
  // But what the oracle gives and nobody declared stands alone.
  const RunHistory other =
      History({"None", "None", "b\"ab\"", "pending", "b\"z\""});
  const Expectations alone =
      LiveExpectations(*scenario_, variant_, EditionOf("3.15.2"), other);
  EXPECT_EQ(Judge(*scenario_, alone, oracle).verdict, Verdict::kFail);
}

}  // namespace
}  // namespace conformance
