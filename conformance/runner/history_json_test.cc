// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/history_json.h"

#include <string>
#include <vector>

#include "conformance/scenario/outcome_parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace conformance {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> NoAlternatives(const ScenarioHistory&,
                                        const ObservedOutcome&) {
  return {};
}

Histories Example() {
  Histories histories;
  histories.hello.implementation_name = "tiny";
  histories.hello.implementation_version = "1";
  histories.hello.edition = "3.11.2";
  ScenarioHistory scenario;
  scenario.id = "area/x[tcp]";
  scenario.scenario = "area/x";
  scenario.file = "x.scenario";
  scenario.line = 12;
  scenario.digest = "5f0c1b7e";
  scenario.variables = {{"transport", "tcp"}};
  RunHistory run;
  run.stderr_text = "not UTF-8: \xff";
  for (const std::string& text : std::vector<std::string>{
           "None", "pending", "b\"a\\xff\"", "(\"127.0.0.1\", 80)",
           "LimitOverrunError(consumed=6)  # too long # really",
           "returned ValueError()", "<StreamReader>",
           "bytes(length=70000, sha256=\"" + std::string(64, 'a') + "\")"}) {
    run.outcomes.push_back(ObservedOutcome{14, 0, *ParseOutcome(text)});
  }
  scenario.runs.push_back(run);
  run.state = RunState::kCrash;
  run.explanation = "exited with status 3";
  run.stopped_at_line = 15;
  run.outcomes.resize(1);
  scenario.runs.push_back(run);
  histories.scenarios.push_back(scenario);
  return histories;
}

TEST(HistoryJsonTest, RoundTrips) {
  const Histories before = Example();
  const std::string text = HistoriesToJson(before, NoAlternatives);
  const absl::StatusOr<Histories> after = HistoriesFromJson(text);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->hello.edition, "3.11.2");
  ASSERT_EQ(after->scenarios.size(), 1u);
  const ScenarioHistory& scenario = after->scenarios[0];
  EXPECT_EQ(scenario.id, "area/x[tcp]");
  EXPECT_EQ(scenario.digest, "5f0c1b7e");
  ASSERT_EQ(scenario.runs.size(), 2u);
  EXPECT_TRUE(SameRun(scenario.runs[0], before.scenarios[0].runs[0]));
  EXPECT_TRUE(SameRun(scenario.runs[1], before.scenarios[0].runs[1]));
  EXPECT_FALSE(SameRun(scenario.runs[0], scenario.runs[1]));
  EXPECT_EQ(scenario.runs[1].stopped_at_line, 15);
}

TEST(HistoryJsonTest, HasWhatARecorderNeeds) {
  const nlohmann::json json = nlohmann::json::parse(
      HistoriesToJson(Example(),
                      [](const ScenarioHistory&, const ObservedOutcome&) {
                        return std::vector<std::string>{"b\"a\""};
                      }),
      nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(json.is_object());
  const nlohmann::json& scenario = json["scenarios"][0];
  EXPECT_EQ(scenario["state"], "crash");
  EXPECT_EQ(scenario["explanation"], "exited with status 3");
  EXPECT_EQ(scenario["variables"]["transport"], "tcp");
  const nlohmann::json& outcome = scenario["runs"][0]["outcomes"][4];
  EXPECT_EQ(outcome["text"], "LimitOverrunError(consumed=6)");
  EXPECT_EQ(outcome["message"], "too long # really");
  EXPECT_EQ(outcome["alternatives"][0], "b\"a\"");
  EXPECT_FALSE(scenario["runs"][0]["outcomes"][0].contains("message"));
}

TEST(HistoryJsonTest, AClassMayHaveANameThatIsNotOneInPython) {
  Histories before = Example();
  ErrorValue error;
  error.kind = "std::system_error";
  error.message = "Connection reset by peer";
  RunHistory& run = before.scenarios[0].runs[0];
  run.outcomes[0].outcome = Outcome::Raised(error);
  run.outcomes[1].outcome = Outcome::Returned(Object{"*net.TCPConn"});
  const absl::StatusOr<Histories> after =
      HistoriesFromJson(HistoriesToJson(before, NoAlternatives));
  ASSERT_TRUE(after.ok()) << after.status();
  const RunHistory& again = after->scenarios[0].runs[0];
  EXPECT_EQ(OutcomeText(again.outcomes[0].outcome), "std::system_error()");
  EXPECT_EQ(OutcomeText(again.outcomes[1].outcome), "<*net.TCPConn>");
}

TEST(HistoryJsonTest, RefusesWhatIsNoHistory) {
  for (const std::string text :
       {"", "[]", "{}", "{\"scenarios\": 1}",
        "{\"scenarios\": [{\"id\": \"x\", \"runs\": [{}]}]}"}) {
    EXPECT_FALSE(HistoriesFromJson(text).ok()) << text;
  }
}

TEST(CompactedTest, KeepsTheText) {
  Outcome large = Outcome::Returned(
      Bytes{std::string(300, 'a') + "b" + std::string(100'000, '\x01') + "c"});
  for (int i = 0; i < 300; ++i) {
    large.value.get_if<Bytes>()->data += static_cast<char>(i);
  }
  const Outcome compact = Compacted(large);
  EXPECT_FALSE(compact.value.is<Bytes>());
  EXPECT_EQ(OutcomeText(compact), OutcomeText(large));
  EXPECT_THAT(OutcomeText(compact), HasSubstr("sha256"));
}

}  // namespace
}  // namespace conformance
