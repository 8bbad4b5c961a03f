// SPDX-License-Identifier: Apache-2.0
//
// How decrypted text gets to the protocol: little is shown, much is handed over
// in a string; in one call, either way.

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/coro/free_lists.h"
#include "streams/os/error.h"
#include "streams/testing/ssl_protocol_fixture.h"
#include "streams/transport/string_pool.h"

namespace streams::internal {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

class SslProtocolDataTest : public SslProtocolFixture {
 protected:
  void SetUp() override { StartAndShakeHands(); }

  // No two parts of it are alike.
  static std::string Text(size_t size) {
    std::string text;
    while (text.size() < size) absl::StrAppend(&text, text.size(), ",");
    text.resize(size);
    return text;
  }
  void SendAndSettle(absl::string_view records) {
    peer_->SendBytes(records);
    Settle();
  }
};

TEST_F(SslProtocolDataTest, LittleIsShown) {
  SendAndSettle(peer_->Record(Text(400)));
  EXPECT_EQ(protocol_->received, Text(400));
  EXPECT_EQ(protocol_->blocks, 0);
}

TEST_F(SslProtocolDataTest, From512BytesOnThatIsMuch) {
  SendAndSettle(peer_->Record(Text(600)));
  EXPECT_EQ(protocol_->received, Text(600));
  EXPECT_EQ(protocol_->blocks, 1);
}

TEST_F(SslProtocolDataTest, MuchIsHandedOver) {
  SendAndSettle(peer_->Record(Text(10'000)));
  EXPECT_EQ(protocol_->received, Text(10'000));
  EXPECT_EQ(protocol_->blocks, 1);
}

TEST_F(SslProtocolDataTest, SeveralRecordsAreOneText) {
  const std::string text = Text(60'000);
  std::string records;
  for (size_t i = 0; i < text.size(); i += 10'000) {
    records += peer_->Record(text.substr(i, 10'000));
  }
  SendAndSettle(records);
  EXPECT_EQ(protocol_->received, text);
  EXPECT_EQ(protocol_->blocks, 1);
  EXPECT_THAT(log_, ElementsAre("60000 bytes"));
}

TEST_F(SslProtocolDataTest, LittleTextInManyRecordsIsShown) {
  std::string records;
  for (int i = 0; i < 400; ++i) records += peer_->Record("x");
  ASSERT_GT(records.size(), 8'000u);
  SendAndSettle(records);
  EXPECT_EQ(protocol_->received, std::string(400, 'x'));
  EXPECT_EQ(protocol_->blocks, 0);
  EXPECT_THAT(log_, ElementsAre("400 bytes"));
}

// BoringSSL has taken in the beginning of a record already: its text is more
// than what has arrived since.
TEST_F(SslProtocolDataTest, TheTextMayBeMoreThanWhatArrives) {
  const std::string record = peer_->Record(Text(16'000));
  SendAndSettle(absl::string_view(record).substr(0, 11'000));
  EXPECT_EQ(protocol_->received, "");
  SendAndSettle(absl::string_view(record).substr(11'000));
  EXPECT_EQ(protocol_->received, Text(16'000));
  EXPECT_EQ(protocol_->blocks, 1);
  EXPECT_THAT(log_, ElementsAre("16000 bytes"));
}

TEST_F(SslProtocolDataTest, MemoryThatTheProtocolLeavesServesTheNextText) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  // The records are received into one, after the first time.
  SendAndSettle(peer_->Record(Text(10'000)));
  SendAndSettle(peer_->Record(Text(10'000)));
  const size_t free_bytes = StringPool::FreeBytes();
  EXPECT_GE(free_bytes, 10'000u);
  SendAndSettle(peer_->Record(Text(10'000)));
  EXPECT_EQ(StringPool::FreeBytes(), free_bytes);
}

TEST_F(SslProtocolDataTest, MuchTextInFrontOfAnInvalidRecordIsLost) {
  SendAndSettle(peer_->Record(Text(10'000)) + "this is no record of TLS");
  EXPECT_EQ(protocol_->received, "");
  EXPECT_THAT(log_, ElementsAre(StartsWith("lost: ")));
}

// A step later, but for the last two, which come together: there are no more.
TEST_F(SslProtocolDataTest, ThatARecordIsNearIsPassedOn) {
  for (int step = 0; step < 3; ++step) ssl_protocol_->Prefetch(step);
  EXPECT_THAT(protocol_->prefetched, ElementsAre(0, 1, 2));
  transport_->Abort();
  Settle();
  for (int step = 0; step < 3; ++step) ssl_protocol_->Prefetch(step);
  EXPECT_EQ(protocol_->prefetched.size(), 3u);
}

TEST_F(SslProtocolDataTest, TheProtocolMayFail) {
  protocol_->data_status = MakeError(ErrorKind::kValue, "no");
  SendAndSettle(peer_->Record(Text(10'000)));
  EXPECT_EQ(protocol_->blocks, 1);
  EXPECT_TRUE(transport_->IsClosing());
}

}  // namespace
}  // namespace streams::internal
