// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/testee_process.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::chrono::milliseconds kLong{60'000};
// For what is expected to take for ever.
constexpr std::chrono::milliseconds kShort{100};

std::unique_ptr<TesteeProcess> Shell(const std::string& script,
                                     std::chrono::milliseconds deadline) {
  CommandLine command;
  command.arguments = {"sh", "-c", script};
  return TesteeProcess::Start(command, deadline);
}

void ExpectFailure(const TesteeProcess& testee, TesteeFailureKind kind,
                   const std::string& description) {
  ASSERT_TRUE(testee.failure().has_value());
  EXPECT_EQ(testee.failure()->kind, kind) << testee.failure()->description;
  EXPECT_THAT(testee.failure()->description, HasSubstr(description));
}

TEST(TesteeProcessTest, ExchangesLines) {
  auto testee = Shell("while read line; do echo \"<$line>\"; done", kLong);
  EXPECT_TRUE(testee->SendLine("one"));
  EXPECT_TRUE(testee->SendLine("two"));
  EXPECT_EQ(testee->ReceiveLine(), "<one>");
  EXPECT_EQ(testee->ReceiveLine(), "<two>");
  EXPECT_TRUE(testee->Shutdown());
  EXPECT_FALSE(testee->failure().has_value());
}

TEST(TesteeProcessTest, ALineLongerThanAPipeGoesBothWays) {
  auto testee = Shell("cat", kLong);
  const std::string line(3'000'000, 'x');
  EXPECT_TRUE(testee->SendLine(line));
  EXPECT_EQ(testee->ReceiveLine(), line);
}

TEST(TesteeProcessTest, AProgramThatIsNotThere) {
  CommandLine command;
  command.arguments = {"/nonexistent/testee"};
  auto testee = TesteeProcess::Start(command, kLong);
  ExpectFailure(*testee, TesteeFailureKind::kCouldNotStart,
                "/nonexistent/testee");
  EXPECT_FALSE(testee->SendLine("x"));
  EXPECT_FALSE(testee->ReceiveLine().has_value());
  EXPECT_FALSE(testee->Shutdown());
}

TEST(TesteeProcessTest, OneThatExits) {
  auto testee = Shell("read line; printf half; exit 7", kLong);
  EXPECT_TRUE(testee->SendLine("x"));
  EXPECT_FALSE(testee->ReceiveLine().has_value());
  ExpectFailure(*testee, TesteeFailureKind::kCrash,
                "exited with status 7, having printed \"half\"");
}

TEST(TesteeProcessTest, OneThatASignalKills) {
  auto testee = Shell("kill -ABRT $$", kLong);
  EXPECT_FALSE(testee->ReceiveLine().has_value());
  ExpectFailure(*testee, TesteeFailureKind::kCrash, "signal 6");
}

TEST(TesteeProcessTest, OneThatExitsWhileItsChildHoldsThePipe) {
  auto testee = Shell("tail -f /dev/null & exit 3", kShort);
  EXPECT_FALSE(testee->ReceiveLine().has_value());
  ExpectFailure(*testee, TesteeFailureKind::kCrash, "exited with status 3");
}

TEST(TesteeProcessTest, OneThatHangs) {
  auto testee = Shell("read line; read line", kShort);
  EXPECT_TRUE(testee->SendLine("x"));
  EXPECT_FALSE(testee->ReceiveLine().has_value());
  ExpectFailure(*testee, TesteeFailureKind::kTimeout, "within 0.1 s");
}

TEST(TesteeProcessTest, OneThatDoesNotRead) {
  auto testee = Shell("exec tail -f /dev/null", kShort);
  EXPECT_FALSE(testee->SendLine(std::string(3'000'000, 'x')));
  ExpectFailure(*testee, TesteeFailureKind::kTimeout, "within 0.1 s");
}

TEST(TesteeProcessTest, OneThatClosesItsOutput) {
  auto testee = Shell("exec >&-; read line", kShort);
  EXPECT_FALSE(testee->ReceiveLine().has_value());
  ExpectFailure(*testee, TesteeFailureKind::kProtocolError,
                "closed its standard output");
}

TEST(TesteeProcessTest, OneThatPrintsWithoutEnd) {
  auto testee = Shell("exec cat /dev/zero", kLong);
  EXPECT_FALSE(testee->ReceiveLine().has_value());
  ExpectFailure(*testee, TesteeFailureKind::kProtocolError,
                "a line of more than 16777216 bytes");
}

TEST(TesteeProcessTest, OneThatFloodsAndDoesNotRead) {
  auto testee = Shell("exec yes", kLong);
  EXPECT_FALSE(testee->SendLine(std::string(3'000'000, 'x')));
  ExpectFailure(*testee, TesteeFailureKind::kProtocolError, "floods");
}

TEST(TesteeProcessTest, OneThatDoesNotEndWithItsInput) {
  auto testee = Shell("exec tail -f /dev/null", kShort);
  EXPECT_FALSE(testee->Shutdown());
  ExpectFailure(*testee, TesteeFailureKind::kTimeout, "end of its input");
}

TEST(TesteeProcessTest, OneThatEndsWithAStatus) {
  auto testee = Shell("read line; exit 4", kLong);
  EXPECT_FALSE(testee->Shutdown());
  ExpectFailure(*testee, TesteeFailureKind::kCrash, "status 4");
}

TEST(TesteeProcessTest, StandardErrorIsKept) {
  auto testee = Shell("while read l; do echo \"$l!\" >&2; echo; done", kLong);
  EXPECT_TRUE(testee->SendLine("one"));
  EXPECT_TRUE(testee->ReceiveLine().has_value());
  EXPECT_EQ(testee->TakeStderr(), "one!\n");
  EXPECT_EQ(testee->TakeStderr(), "");
}

TEST(TesteeProcessTest, OfALongStandardErrorTheEndIsKept) {
  auto testee = Shell(
      "head -c 1000000 /dev/zero | tr '\\0' x >&2; echo end >&2; echo done",
      kLong);
  EXPECT_EQ(testee->ReceiveLine(), "done");
  const std::string text = testee->TakeStderr();
  EXPECT_THAT(text, SizeIs(TesteeProcess::kMaximumStderr));
  EXPECT_THAT(text, EndsWith("xxend\n"));
}

TEST(QuoteLineTest, EscapesAndCuts) {
  EXPECT_EQ(QuoteLine("a\"b\x01"), "\"a\\\"b\\x01\"");
  EXPECT_EQ(QuoteLine(std::string(300, 'x')),
            "\"" + std::string(200, 'x') + "\"…");
}

}  // namespace
}  // namespace conformance
