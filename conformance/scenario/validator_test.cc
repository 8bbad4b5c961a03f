// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/validator.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/digest.h"
#include "conformance/scenario/parser.h"
#include "conformance/scenario/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The messages about a file, in which DIGEST stands for that of its first
// scenario.
std::vector<std::string> Messages(absl::string_view text) {
  const auto parse = [](const std::string& t) {
    return ParseScenarios("f", t);
  };
  const std::string draft = absl::StrReplaceAll(text, {{"DIGEST", "00000000"}});
  const std::string digest = ScenarioDigest(parse(draft).file.scenarios[0]);
  const ParsedFile parsed =
      parse(absl::StrReplaceAll(text, {{"DIGEST", digest}}));
  std::vector<std::string> messages;
  for (const Problem& problem : parsed.problems) {
    ADD_FAILURE() << problem.message;
  }
  for (const Problem& problem : Validate(parsed.file)) {
    messages.push_back(absl::StrCat(problem.line, ": ", problem.message));
  }
  return messages;
}

std::vector<std::string> OfSteps(absl::string_view steps) {
  return Messages(absl::StrCat("scenario a/b\n", steps, "\n"));
}

TEST(ValidateTest, IdsAreUnique) {
  EXPECT_THAT(Messages("scenario a/b\n>>> f()\nscenario a/b\n>>> f()\n"),
              ElementsAre("3: `a/b` exists already, in line 1"));
}

TEST(ValidateTest, AScenarioHasSteps) {
  EXPECT_THAT(Messages("scenario a/b\n"), ElementsAre("1: there are no steps"));
}

TEST(ValidateTest, NamesAreBoundBeforeTheyAreUsed) {
  EXPECT_THAT(OfSteps(">>> reader = f()\n>>> raeder.read(1)"),
              ElementsAre("3: nothing has the name `raeder` here; did you mean "
                          "`reader`?"));
  EXPECT_THAT(OfSteps(">>> a = f()\n>>> del a\n>>> a.b()"),
              ElementsAre(HasSubstr("4: nothing has the name `a`")));
  EXPECT_THAT(OfSteps(">>> f(peer)\npeer> listen()"),
              ElementsAre(HasSubstr("2: nothing has the name `peer`")));
  EXPECT_THAT(OfSteps(">>> a = f(x=1); len(a)\n>>> g(accept, a + b\"x\")"),
              IsEmpty());
  EXPECT_THAT(OfSteps("  for n in 1, 2\n>>> f(n)"), IsEmpty());
}

TEST(ValidateTest, PeersBeginByBeingOne) {
  EXPECT_THAT(OfSteps("peer> send(b\"x\")"),
              ElementsAre("2: peer `peer` must listen, accept or connect "
                          "first"));
  EXPECT_THAT(OfSteps("peer> listen()\nother> accept(peer)\npeer> close()"),
              IsEmpty());
}

std::string Recorded(absl::string_view steps, absl::string_view header = "") {
  return absl::StrCat("recorded on 3.11.2 3.11.7 3.15.2\nscenario a/b\n",
                      header, "  recorded DIGEST\n", steps, "\n");
}

TEST(ValidateTest, OutcomesCoverEveryEditionOnce) {
  EXPECT_THAT(Messages(Recorded(">>> f()\n1")), IsEmpty());
  EXPECT_THAT(Messages(Recorded(">>> f()\n[3.11] 1\n[3.15+] 2")), IsEmpty());
  EXPECT_THAT(Messages(Recorded(">>> f()\n[3.11.2] 1\n[3.15+] 2")),
              ElementsAre("5: there is no outcome in edition 3.11.7"));
  EXPECT_THAT(Messages(Recorded(">>> f()\n1\n[3.15] 2")),
              ElementsAre("5: there is more than one outcome in edition "
                          "3.15.2"));
  EXPECT_THAT(Messages(Recorded(">>> f()\n| 1\n| 2")), IsEmpty());
  EXPECT_THAT(Messages(Recorded(">>> f()\n[cpython] 1\n[safe] 2")), IsEmpty());
  EXPECT_THAT(Messages(Recorded(">>> f()\n1\n[safe] 2")),
              ElementsAre(HasSubstr("with a word and one without")));
  EXPECT_THAT(Messages(Recorded(">>> f()\n1\n[3.9] 2")),
              ElementsAre("6: this is for no recorded edition: [3.9]"));
  EXPECT_THAT(Messages(Recorded(">>> f()\n[3.15] 2", "  since 3.12\n")),
              IsEmpty());
}

TEST(ValidateTest, OutcomesCoverEveryVariantOnce) {
  const char* header = "  for t in tcp, unix\n";
  EXPECT_THAT(Messages(Recorded(">>> f(t)\n[t=tcp] 1\n[t=unix] 2", header)),
              IsEmpty());
  EXPECT_THAT(Messages(Recorded(">>> f(t)\n[t=tcp] 1", header)),
              ElementsAre("6: there is no outcome in edition 3.11.2 of "
                          "a/b[unix]"));
  EXPECT_THAT(OfSteps(">>> f()\n[t=tcp] 1"),
              ElementsAre("3: `t` is no variable of a `for` line"));
  EXPECT_THAT(Messages(Recorded(">>> f(t)\n[t=tcp] 1\n[t=unxi] 2", header)),
              testing::Contains("7: `unxi` is no value of `t`"));
}

TEST(ValidateTest, AStaleRecordingIsAWarning) {
  const ParsedFile parsed = ParseScenarios(
      "f", "recorded on 3.15.2\nscenario a/b\n  recorded 12345678\n>>> f()\n");
  const std::vector<Problem> problems = Validate(parsed.file);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].severity, Problem::Severity::kWarning);
  EXPECT_THAT(problems[0].message, HasSubstr("changed after it was recorded"));
}

}  // namespace
}  // namespace conformance
