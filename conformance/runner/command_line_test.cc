// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/command_line.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ParseCommandLineTest, SplitsAtBlanks) {
  const auto command = ParseCommandLine("  python3 testee.py\t--loop  uvloop ");
  ASSERT_TRUE(command.ok());
  EXPECT_THAT(command->arguments,
              ElementsAre("python3", "testee.py", "--loop", "uvloop"));
  EXPECT_THAT(command->environment, IsEmpty());
}

TEST(ParseCommandLineTest, QuotesAndBackslashesProtect) {
  const auto command =
      ParseCommandLine(R"(a 'b  "c"' "d 'e' \" \x" f\ g '' h'i'"j")");
  ASSERT_TRUE(command.ok());
  EXPECT_THAT(command->arguments,
              ElementsAre("a", "b  \"c\"", "d 'e' \" \\x", "f g", "", "hij"));
}

TEST(ParseCommandLineTest, LeadingAssignmentsAreTheEnvironment) {
  const auto command = ParseCommandLine("A=1 B_2='x y' prog C=3");
  ASSERT_TRUE(command.ok());
  EXPECT_THAT(command->environment,
              ElementsAre(Pair("A", "1"), Pair("B_2", "x y")));
  EXPECT_THAT(command->arguments, ElementsAre("prog", "C=3"));
}

TEST(ParseCommandLineTest, RefusesWhatNamesNoProgram) {
  EXPECT_FALSE(ParseCommandLine("").ok());
  EXPECT_FALSE(ParseCommandLine("  ").ok());
  EXPECT_FALSE(ParseCommandLine("A=1").ok());
  EXPECT_FALSE(ParseCommandLine("prog 'open").ok());
}

TEST(ShellQuoteTest, RoundTrips) {
  for (const std::string word :
       {"plain-1.2/x", "", "a b", "it's", "$HOME", "[tcp,1.3]", "\\", "\""}) {
    const auto command = ParseCommandLine("prog " + ShellQuote(word));
    ASSERT_TRUE(command.ok());
    EXPECT_THAT(command->arguments, ElementsAre("prog", word));
  }
  EXPECT_EQ(ShellQuote("plain-1.2/x"), "plain-1.2/x");
}

}  // namespace
}  // namespace conformance
