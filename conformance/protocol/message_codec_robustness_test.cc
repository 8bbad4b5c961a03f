// SPDX-License-Identifier: Apache-2.0
//
// The codec on lines that somebody damaged: it answers every one of them, and
// what it takes, it writes and reads again as the same.

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/protocol/message.h"
#include "conformance/protocol/message_codec.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

std::vector<std::string> DialogueLines() {
  std::ifstream file("conformance/protocol/dialogue.ndjson");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    // What is inside `"message":`.
    const size_t begin = line.find("\"message\":");
    if (begin == std::string::npos) continue;
    lines.push_back(line.substr(begin + 10, line.size() - begin - 11));
  }
  return lines;
}

// Pieces that steer a mutation to where codecs break.
const char* const kPieces[] = {"\"",      "\\u0000",
                               "\\",      "{",
                               "}",       "[",
                               "]",       ",",
                               ":",       "null",
                               "-1",      "1e400",
                               "\"id\":", "\"times\":99999999999",
                               "\xff",    "\\ud800",
                               "\"\"",    "0"};

std::string Mutate(std::string line, std::mt19937& random) {
  const int changes = 1 + static_cast<int>(random() % 2);
  for (int i = 0; i < changes && !line.empty(); ++i) {
    const size_t at = random() % line.size();
    switch (random() % 4) {
      case 0:
        line[at] = static_cast<char>(random());
        break;
      case 1:
        line.erase(at, 1 + random() % 8);
        break;
      case 2:
        line.insert(at, kPieces[random() % std::size(kPieces)]);
        break;
      default:
        line.insert(at, line.substr(random() % line.size(), random() % 40));
        break;
    }
  }
  return line;
}

TEST(MessageCodecRobustnessTest, SurvivesDamagedLines) {
  const std::vector<std::string> lines = DialogueLines();
  ASSERT_GT(lines.size(), 10u);
  std::mt19937 random(20240229);
  int taken = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string line = Mutate(lines[random() % lines.size()], random);
    if (const auto message = DecodeRunnerLine(line); message.ok()) {
      ++taken;
      const auto again = DecodeRunnerLine(EncodeLine(*message));
      ASSERT_TRUE(again.ok() && *again == *message) << line;
    }
    if (const auto message = DecodeTesteeLine(line); message.ok()) {
      ++taken;
      const auto again = DecodeTesteeLine(EncodeLine(*message));
      ASSERT_TRUE(again.ok() && *again == *message) << line;
    }
  }
  // Otherwise the mutations only ever break the JSON, and test nothing else.
  EXPECT_GT(taken, 1000);
}

}  // namespace
}  // namespace conformance
