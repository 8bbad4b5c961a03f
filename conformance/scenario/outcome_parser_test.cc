// SPDX-License-Identifier: Apache-2.0
//
// Outcomes to text and back.

#include "conformance/scenario/outcome_parser.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "conformance/protocol/value.h"
#include "conformance/scenario/outcome.h"
#include "conformance/scenario/syntax_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::HasSubstr;

ErrorValue Overrun() {
  ErrorValue error;
  error.kind = "LimitOverrunError";
  SetNamed(error.attributes, "consumed", 6);
  error.message = "Separator is found, but chunk is longer than limit";
  return error;
}

TEST(OutcomeTextTest, IsThatOfTheGuide) {
  EXPECT_EQ(OutcomeText(Outcome::Nothing()), "None");
  EXPECT_EQ(OutcomeText(Outcome::Pending()), "pending");
  EXPECT_EQ(OutcomeText(Outcome::Returned(Bytes{"abc\n"})), "b\"abc\\n\"");
  EXPECT_EQ(OutcomeText(Outcome::Returned(12)), "12");
  EXPECT_EQ(
      OutcomeText(Outcome::Returned(Tuple{{std::string("127.0.0.1"), 80}})),
      "(\"127.0.0.1\", 80)");
  EXPECT_EQ(OutcomeText(Outcome::Returned(Tuple{{1}})), "(1,)");
  EXPECT_EQ(OutcomeText(Outcome::Returned(1.0)), "1.0");
  EXPECT_EQ(OutcomeText(Outcome::Returned(0.1)), "0.1");
  EXPECT_EQ(OutcomeText(Outcome::Raised(Overrun())),
            "LimitOverrunError(consumed=6)");
  EXPECT_EQ(OutcomeTextWithMessage(Outcome::Raised(Overrun())),
            "LimitOverrunError(consumed=6)  # Separator is found, but chunk is "
            "longer than limit");
  ErrorValue returned;
  returned.kind = "ValueError";
  EXPECT_EQ(OutcomeText(Outcome::Returned(returned)), "returned ValueError()");
  EXPECT_EQ(OutcomeText(Outcome::Returned(Object{"StreamReader"})),
            "<StreamReader>");
}

TEST(OutcomeTextTest, ShortensRunsAndLongValues) {
  const auto text = [](const std::string& bytes) {
    return OutcomeText(Outcome::Returned(Bytes{bytes}));
  };
  EXPECT_EQ(text(std::string(31, 'x')), "b\"" + std::string(31, 'x') + "\"");
  EXPECT_EQ(text(std::string(70000, 'x')), "b\"x\" * 70000");
  EXPECT_EQ(text("ab" + std::string(32, '\xff') + "\n"),
            "b\"ab\" + b\"\\xff\" * 32 + b\"\\n\"");
  std::string mixed;
  for (int i = 0; i < 500; ++i) mixed += "ab";
  EXPECT_EQ(text(mixed),
            "bytes(length=1000, sha256=\"bd224a350e0aa49ca9e089f136c4dc8f"
            "c22c785afb474b5abe0e94d0e9f60aee\")");
  EXPECT_EQ(OutcomeText(Outcome::Returned(std::string(40, 'x'))), "\"x\" * 40");
}

TEST(OutcomeTextTest, TheOrderOfADictDoesNotCount) {
  const Value a = Dict{{{std::string("a"), 1}, {std::string("b"), 2}}};
  const Value b = Dict{{{std::string("b"), 2}, {std::string("a"), 1}}};
  EXPECT_TRUE(SameOutcome(Outcome::Returned(a), Outcome::Returned(b), false));
}

TEST(SameOutcomeTest, TellsKindsApart) {
  ErrorValue error = Overrun();
  EXPECT_FALSE(
      SameOutcome(Outcome::Raised(error), Outcome::Returned(error), false));
  EXPECT_FALSE(
      SameOutcome(Outcome::Returned(1), Outcome::Returned(true), false));
  ErrorValue other = error;
  other.message = "another text";
  EXPECT_TRUE(
      SameOutcome(Outcome::Raised(error), Outcome::Raised(other), false));
  EXPECT_FALSE(
      SameOutcome(Outcome::Raised(error), Outcome::Raised(other), true));
  SetNamed(other.attributes, "consumed", 7);
  EXPECT_FALSE(
      SameOutcome(Outcome::Raised(error), Outcome::Raised(other), false));
}

TEST(ParseOutcomeTest, ReadsWhatPeopleWrite) {
  const auto canonical = [](const char* text) {
    const auto outcome = ParseOutcome(text);
    return outcome.ok() ? OutcomeTextWithMessage(*outcome)
                        : std::string(outcome.status().message());
  };
  EXPECT_EQ(canonical("None"), "None");
  EXPECT_EQ(canonical(" pending  # still"), "pending");
  EXPECT_EQ(canonical("b'a' b'b'"), "b\"ab\"");
  EXPECT_EQ(canonical("-5"), "-5");
  EXPECT_EQ(canonical("[1, b'x', (None,)]"), "[1, b\"x\", (None,)]");
  EXPECT_EQ(canonical("(<Socket>, ValueError())"), "(<Socket>, ValueError())");
  EXPECT_EQ(canonical("ValueError()  #  boom "), "ValueError()  # boom");
  EXPECT_EQ(canonical("ssl.SSLError()"), "ssl.SSLError()");
  EXPECT_EQ(canonical("bytes(length=1, sha256=\"00\")"),
            "bytes(length=1, sha256=\"00\")");
}

TEST(ParseOutcomeTest, RefusesWhatIsNone) {
  const auto error = [](const char* text) {
    const auto outcome = ParseOutcome(text);
    return outcome.ok() ? "ok" : std::string(outcome.status().message());
  };
  EXPECT_THAT(error(""), HasSubstr("missing"));
  EXPECT_THAT(error("# only"), HasSubstr("missing"));
  EXPECT_THAT(error("reader"), HasSubstr("an outcome is a value"));
  EXPECT_THAT(error("ValueError(1)"), HasSubstr("has a name"));
  EXPECT_THAT(error("bytes(length=1)"), HasSubstr("sha256"));
  EXPECT_THAT(error("returned 5"), HasSubstr("exception"));
  EXPECT_THAT(error("b\"x\" * 1000000000000"), HasSubstr("too large"));
  EXPECT_THAT(error("b\"x"), HasSubstr("does not end"));
  EXPECT_EQ(ColumnOf(ParseOutcome("(1, b\"\\q\")").status()), 7);
}

std::string RandomText(std::mt19937& random, bool utf8) {
  static const char* const kPieces[] = {"a",  "\"", "'", "\\",   "\n",  "\r",
                                        "\t", " ",  "#", "\x7f", "\x01"};
  std::string text;
  const int pieces = static_cast<int>(random() % 8);
  for (int i = 0; i < pieces; ++i) {
    switch (random() % 4) {
      case 0:
        text += std::string(random() % 70, 'x');
        break;
      case 1:
        text += utf8 ? "\u00e9\u0085\u2028\U0001f600" : "\xff\x80";
        break;
      default:
        text += kPieces[random() % std::size(kPieces)];
    }
  }
  return text;
}

Value RandomValue(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 12 : 7)) {
    case 0:
      return None();
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<int64_t>(random()) - (int64_t{1} << 31);
    case 3:
      return static_cast<double>(random()) / 7;
    case 4:
      return RandomText(random, true);
    case 5:
      return Bytes{RandomText(random, false)};
    case 6:
      return Object{"StreamReader"};
    case 7:
      return Tuple{{RandomValue(random, depth - 1)}};
    case 8:
      return List{
          {RandomValue(random, depth - 1), RandomValue(random, depth - 1)}};
    case 9:
      return Dict{{{std::string("k"), RandomValue(random, depth - 1)}}};
    case 10:
      return Tuple();
    default: {
      ErrorValue error;
      error.kind = "IncompleteReadError";
      SetNamed(error.attributes, "partial", RandomValue(random, depth - 1));
      return error;
    }
  }
}

TEST(ParseOutcomeTest, TextIsReadBackAsTheSame) {
  std::mt19937 random(7);
  for (int i = 0; i < 5000; ++i) {
    Outcome outcome = Outcome::Returned(RandomValue(random, 4));
    if (i % 3 == 0) {
      ErrorValue error = Overrun();
      error.message = RandomText(random, true);
      outcome = i % 2 == 0 ? Outcome::Raised(error) : Outcome::Returned(error);
    }
    const std::string text = OutcomeTextWithMessage(outcome);
    ASSERT_EQ(text.find('\n'), std::string::npos);
    const absl::StatusOr<Outcome> back = ParseOutcome(text);
    ASSERT_TRUE(back.ok()) << text << ": " << back.status();
    EXPECT_EQ(back->kind, outcome.kind) << text;
    EXPECT_EQ(OutcomeTextWithMessage(*back), text);
    EXPECT_TRUE(SameOutcome(*back, outcome, true)) << text;
    EXPECT_EQ(back->message(), outcome.message()) << text;
  }
}

}  // namespace
}  // namespace conformance
