// SPDX-License-Identifier: Apache-2.0
//
// The example session of the protocol, against the codec: every message of it
// is understood, comes back as the same line, and none of the kinds is missing.

#include <fstream>
#include <set>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "conformance/protocol/message.h"
#include "conformance/protocol/message_codec.h"
#include "conformance/protocol/message_type.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace conformance {
namespace {

template <typename Message>
void Check(const absl::StatusOr<Message>& message, const std::string& line,
           std::set<std::string>* seen) {
  ASSERT_TRUE(message.ok()) << message.status();
  seen->insert(std::string(MessageType(*message)));
  // By content: members that say nothing new (`"await":false` of a `get`) may
  // be left out.
  const auto written = nlohmann::json::parse(line);
  const auto again = nlohmann::json::parse(EncodeLine(*message));
  EXPECT_EQ(written, again);
}

TEST(DialogueTest, EveryMessageIsUnderstoodAndNoneIsMissing) {
  std::ifstream file("conformance/protocol/dialogue.ndjson");
  std::set<std::string> runner;
  std::set<std::string> testee;
  for (std::string text; std::getline(file, text);) {
    SCOPED_TRACE(text);
    const auto entry = nlohmann::json::parse(text, nullptr, false);
    ASSERT_FALSE(entry.is_discarded());
    const std::string line = entry["message"].dump();
    if (entry["from"] == "runner") {
      Check(DecodeRunnerLine(line), line, &runner);
    } else {
      ASSERT_EQ(entry["from"], "testee");
      Check(DecodeTesteeLine(line), line, &testee);
    }
  }
  EXPECT_EQ(runner.size(), std::variant_size_v<RunnerMessage>);
  EXPECT_EQ(testee.size(), std::variant_size_v<TesteeMessage>);
}

}  // namespace
}  // namespace conformance
