// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/expectation.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/scenario/edition.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/parser.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

// What is expected of the one statement in the last variant.
Expectation Of(absl::string_view outcomes, absl::string_view edition) {
  const ParsedFile parsed = ParseScenarios(
      "f",
      absl::StrCat("scenario a/b\n  for t in tcp, unix\n>>> f()\n", outcomes));
  EXPECT_TRUE(parsed.problems.empty());
  const Scenario& scenario = parsed.file.scenarios[0];
  return ExpectedOf(scenario.steps[0], 0, Version::Parse(edition).value(),
                    Expand(scenario).back());
}

TEST(ExpandTest, MultipliesVariables) {
  const ParsedFile parsed = ParseScenarios(
      "f", "scenario a/b\n  for x in tcp, unix\n  for y in 1.2, 1.3\n>>> f()");
  std::vector<std::string> ids;
  for (const Variant& variant : Expand(parsed.file.scenarios[0])) {
    ids.push_back(variant.id);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"a/b[tcp,1.2]", "a/b[tcp,1.3]",
                                           "a/b[unix,1.2]", "a/b[unix,1.3]"}));
}

TEST(ExpectedOfTest, SelectsByEditionAndVariant) {
  const char* outcomes = "[t=tcp] 1\n[t=unix 3.8-3.11] 2\n[t=unix 3.12+] 3\n";
  EXPECT_EQ(Of(outcomes, "3.11.2").ToString(), "2");
  EXPECT_EQ(Of(outcomes, "3.15.2").ToString(), "3");
  EXPECT_EQ(Of(outcomes, "3.15").ToString(), "3");
  EXPECT_TRUE(Of("[t=tcp] 1", "3.15.2").implicit);
  EXPECT_EQ(Of("", "3.15.2").ToString(), "None");
}

TEST(CompareTest, TakesAnyAlternativeAndNamesTheChoice) {
  const Expectation words = Of("[cpython] pending\n[safe] 5\n", "3.15");
  EXPECT_EQ(words.ToString(), "[cpython] pending or [safe] 5");
  EXPECT_EQ(Compare(words, Outcome::Returned(5), false).word, "safe");
  EXPECT_EQ(Compare(words, Outcome::Pending(), false).word, "cpython");
  EXPECT_FALSE(Compare(words, Outcome::Returned(6), false).matches);
  const Expectation either = Of("| b\"a\"\n| b\"ab\"\n", "3.15");
  EXPECT_TRUE(Compare(either, Outcome::Returned(Bytes{"ab"}), false).matches);
  EXPECT_FALSE(Compare(either, Outcome::Returned(Bytes{"b"}), false).matches);
}

TEST(CompareTest, LongBytesByTheirDigest) {
  std::string data;
  for (int i = 0; i < 1000; ++i) data.push_back(static_cast<char>(i));
  const Outcome observed = Outcome::Returned(Bytes{data});
  const Expectation digest = Of(OutcomeText(observed), "3.15");
  EXPECT_TRUE(Compare(digest, observed, false).matches);
  data[999] = 'x';
  EXPECT_FALSE(Compare(digest, Outcome::Returned(Bytes{data}), false).matches);
}

TEST(CompareTest, WhatIsRaisedIsNotReturnedWhateverItIsCalled) {
  ErrorValue error;
  error.kind = "returned ValueError";
  EXPECT_FALSE(Compare(Of("returned ValueError()", "3.15"),
                       Outcome::Raised(error), false)
                   .matches);
  error.kind = "";  // Its text is that of an empty tuple.
  EXPECT_FALSE(
      Compare(Of("()", "3.15"), Outcome::Raised(error), false).matches);
}

TEST(CompareTest, MessagesOnlyWhereAskedFor) {
  ErrorValue error;
  error.kind = "ValueError";
  error.message = "boom";
  const Expectation expected = Of("ValueError()  # bang", "3.15");
  EXPECT_TRUE(Compare(expected, Outcome::Raised(error), false).matches);
  EXPECT_FALSE(Compare(expected, Outcome::Raised(error), true).matches);
}

}  // namespace
}  // namespace conformance
