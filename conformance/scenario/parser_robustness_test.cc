// SPDX-License-Identifier: Apache-2.0
//
// The parser on files that somebody damaged: it answers every one of them with
// a model or with problems, and the validator takes what it gives.

#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/scenario/digest.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/parser.h"
#include "conformance/scenario/problem.h"
#include "conformance/scenario/requirements.h"
#include "conformance/scenario/validator.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

constexpr absl::string_view kFile = R"(recorded on 3.11.2 3.15.2

scenario read-until/keeps-buffer
  "It stays."
  for transport in tcp, unix
  since 3.8
  needs tls-1.3
  recorded 5f0c1b7e on 3.15.2

peer> listen(receive_buffer=4096)
>>> reader, writer = await open_connection(peer)
>>> task = create_task(reader.read(10)); writer.write(b"a\x00" * 100)
[transport=unix 3.8-3.11] 2: None
| 2: [3.12+] pending  # text
>>> task
(1, b"a" + b"b" * 40, {"k": <Socket>}, ValueError(errno="EPIPE"))
>>> len(await reader.read(-1)) >= 0x10
>>> del reader, writer
)";

const char* const kPieces[] = {"\n",
                               ">>> ",
                               "peer> ",
                               "  for x in 1, 2\n",
                               "[",
                               "]",
                               "(",
                               ")",
                               "b\"",
                               "\"",
                               "\\",
                               " * 99999999",
                               "#",
                               ";",
                               "=",
                               "|",
                               "1: ",
                               "await ",
                               "{",
                               "<",
                               ">",
                               "\xff",
                               "\0x",
                               "-",
                               "scenario a/b\n",
                               "create_task(",
                               ".",
                               ",",
                               "3.11+",
                               "len("};

std::string Mutate(std::string text, std::mt19937& random) {
  const int changes = 1 + static_cast<int>(random() % 3);
  for (int i = 0; i < changes && !text.empty(); ++i) {
    const size_t at = random() % text.size();
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, 1 + random() % 12);
        break;
      case 2:
        text.insert(at, kPieces[random() % std::size(kPieces)]);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), random() % 60));
        break;
    }
  }
  return text;
}

TEST(ParserRobustnessTest, SurvivesDamagedFiles) {
  std::mt19937 random(20240229);
  int clean = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = Mutate(std::string(kFile), random);
    const ParsedFile parsed = ParseScenarios("f", text);
    ASSERT_LE(parsed.problems.size(), static_cast<size_t>(kMaxProblems));
    for (const Problem& problem : parsed.problems) {
      ASSERT_FALSE(FormatProblem("f", text, problem).empty());
    }
    if (HasErrors(parsed.problems)) continue;
    ++clean;
    Validate(parsed.file);
    for (const Scenario& scenario : parsed.file.scenarios) {
      ASSERT_EQ(ScenarioDigest(scenario).size(), 8u);
      RequirementsOf(scenario, Expand(scenario)[0]);
    }
  }
  // Otherwise nothing but the error paths was tried.
  EXPECT_GT(clean, 200);
}

}  // namespace
}  // namespace conformance
