// SPDX-License-Identifier: Apache-2.0
#include "message_head.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace example {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class MessageHeadTest : public testing::Test {
 protected:
  absl::StatusOr<Fields> Read(absl::string_view bytes) {
    EXPECT_TRUE(reader_.FeedData(bytes).ok());
    reader_.FeedEof();
    return loop_.RunUntilComplete(ReadHead(&reader_, /*max_fields=*/2));
  }

  streams::EventLoop loop_;
  streams::StreamReader reader_{loop_};
};

TEST_F(MessageHeadTest, StopsAtTheEmptyLine) {
  const absl::StatusOr<Fields> fields =
      Read("Host: example.org\r\nAge: 3\r\n\r\nthe body");
  ASSERT_TRUE(fields.ok()) << fields.status();
  EXPECT_THAT(*fields,
              ElementsAre(Pair("Age", "3"), Pair("Host", "example.org")));
  EXPECT_EQ(reader_.buffered(), "the body");
}

TEST_F(MessageHeadTest, AnEndWithinTheHeadIsAnError) {
  EXPECT_TRUE(absl::IsInvalidArgument(Read("Host: example.org\r\n").status()));
}

TEST_F(MessageHeadTest, ALineWithoutAColonIsAnError) {
  EXPECT_TRUE(absl::IsInvalidArgument(Read("Host\r\n\r\n").status()));
}

TEST_F(MessageHeadTest, ThePeerCannotGoOnForEver) {
  EXPECT_TRUE(absl::IsResourceExhausted(Read("A: 1\nB: 2\nC: 3\n\n").status()));
}

TEST_F(MessageHeadTest, WaitsForTheRestOfALine) {
  streams::TaskHandle<absl::StatusOr<Fields>> head =
      streams::Spawn(loop_, ReadHead(&reader_, /*max_fields=*/2));
  ASSERT_TRUE(reader_.FeedData("Host: exam").ok());
  while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
  }
  EXPECT_FALSE(head.done());
  ASSERT_TRUE(reader_.FeedData("ple.org\n\n").ok());
  const absl::StatusOr<Fields> fields = loop_.RunUntilDone(head);
  ASSERT_TRUE(fields.ok()) << fields.status();
  EXPECT_THAT(*fields, ElementsAre(Pair("Host", "example.org")));
}

}  // namespace
}  // namespace example
