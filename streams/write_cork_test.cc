// SPDX-License-Identifier: Apache-2.0

// StreamWriter::set_cork(), as the peer sees it.
#include "streams/write_cork.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

class WriteCorkTest : public testing::Test {
 protected:
  WriteCorkTest() {
    auto sockets = StreamSocket::CreatePair().value();
    peer_ = std::move(sockets.second);
    auto socket = std::make_shared<StreamSocket>(std::move(sockets.first));
    StreamPair pair =
        loop_
            .RunUntilComplete(OpenConnection(
                loop_, OpenConnectionOptions().set_socket(std::move(socket))))
            .value();
    reader_ = std::move(pair.reader);
    writer_ = std::move(pair.writer);
    writer_->set_cork(true);
  }

  // As if the peer had sent them: unread input.
  void Feed(absl::string_view bytes) {
    ASSERT_TRUE(reader_->FeedData(bytes).ok());
  }
  void Turn() { loop_.RunTurn(absl::ZeroDuration()); }

  // What has reached the peer since the last call; "EOF" at the end.
  std::string Sent() {
    std::array<char, 1024> buffer;
    std::string result;
    for (;;) {
      const ssize_t count =
          os::Receive(peer_.fd(), buffer.data(), buffer.size());
      if (count < 0) return result;
      if (count == 0) return result + "EOF";
      result.append(buffer.data(), static_cast<size_t>(count));
    }
  }
  absl::Status Drain() { return loop_.RunUntilComplete(writer_->Drain()); }

  EventLoop loop_;
  StreamSocket peer_;
  std::unique_ptr<StreamReader> reader_;
  std::unique_ptr<StreamWriter> writer_;
};

TEST_F(WriteCorkTest, WithoutInputAWriteGoesOutAtOnce) {
  writer_->Write("a");
  EXPECT_EQ(Sent(), "a");
}

TEST(WriteCorkWithoutLoopTest, AWriteIsInVain) {
  auto loop = std::make_unique<EventLoop>();
  auto sockets = StreamSocket::CreatePair().value();
  auto socket = std::make_shared<StreamSocket>(std::move(sockets.first));
  const StreamPair pair =
      loop
          ->RunUntilComplete(OpenConnection(
              *loop, OpenConnectionOptions().set_socket(std::move(socket))))
          .value();
  pair.writer->set_cork(true);
  ASSERT_TRUE(pair.reader->FeedData("12").ok());
  pair.writer->Write("a");
  loop = nullptr;
  EXPECT_TRUE(pair.writer->Write("b").ok());
}

TEST_F(WriteCorkTest, TheAnswerToTheLastInputTakesTheOthersAlong) {
  Feed("12");
  writer_->Write("a");
  EXPECT_EQ(Sent(), "");
  ASSERT_TRUE(reader_->Consume(2).ok());
  writer_->Write("b");
  EXPECT_EQ(Sent(), "ab");
}

TEST_F(WriteCorkTest, WhatNobodyTakesAlongGoesOutInTheNextTurn) {
  Feed("12");
  writer_->Write("a");
  writer_->Write("b");
  EXPECT_EQ(Sent(), "");
  Turn();
  EXPECT_EQ(Sent(), "ab");
  Turn();
  EXPECT_EQ(Sent(), "");
}

TEST_F(WriteCorkTest, DrainDoesNotWaitForIt) {
  Feed("12");
  writer_->Write("a");
  auto drained = Spawn(loop_, writer_->Drain());
  Turn();
  EXPECT_TRUE(drained.done());
}

TEST_F(WriteCorkTest, NoMoreThanTheBoundIsKept) {
  Feed("1");
  const std::string half(40 * 1024, 'h');
  writer_->Write(half);
  EXPECT_EQ(Sent(), "");
  writer_->Write(half);
  EXPECT_EQ(Sent(), half);
  const std::string large(100 * 1024, 'l');
  writer_->Write(large);
  EXPECT_EQ(Sent(), half + large);
}

// What fits exactly is kept, one byte more is not; nothing at all changes
// nothing.
TEST_F(WriteCorkTest, TheBoundIsExact) {
  Feed("1");
  const std::string most(64 * 1024 - 1, 'm');
  writer_->Write("a");
  writer_->Write("");
  writer_->Write(most);
  EXPECT_EQ(Sent(), "");
  writer_->Write("b");
  EXPECT_EQ(Sent(), "a" + most);
  writer_->Write(absl::string_view());
  EXPECT_EQ(Sent(), "");
  Turn();
  EXPECT_EQ(Sent(), "b");
}

TEST_F(WriteCorkTest, EverythingElseComesBehindIt) {
  Feed("1");
  writer_->Write("a");
  writer_->WriteLines({"b", "c"});
  EXPECT_EQ(Sent(), "abc");
  writer_->Write("d");
  ASSERT_TRUE(writer_->WriteEof().ok());
  EXPECT_EQ(Sent(), "dEOF");
}

TEST_F(WriteCorkTest, AfterEofAWriteFailsAtOnce) {
  Feed("1");
  ASSERT_TRUE(writer_->WriteEof().ok());
  EXPECT_EQ(GetErrorKind(writer_->Write("a").status()), ErrorKind::kRuntime);
  EXPECT_EQ(Sent(), "EOF");
}

TEST_F(WriteCorkTest, SetAgainAfterEofAWriteFailsAtOnce) {
  Feed("1");
  ASSERT_TRUE(writer_->WriteEof().ok());
  writer_->set_cork(true);
  EXPECT_EQ(GetErrorKind(writer_->Write("a").status()), ErrorKind::kRuntime);
}

TEST_F(WriteCorkTest, AfterEofByTheTransportAWriteFailsAtOnce) {
  Feed("1");
  ASSERT_TRUE(writer_->transport()->WriteEof().ok());
  EXPECT_EQ(GetErrorKind(writer_->Write("a").status()), ErrorKind::kRuntime);
}

TEST_F(WriteCorkTest, CloseSendsIt) {
  Feed("1");
  writer_->Write("a");
  writer_->Close();
  ASSERT_TRUE(loop_.RunUntilComplete(writer_->WaitClosed()).ok());
  EXPECT_EQ(Sent(), "aEOF");
}

TEST_F(WriteCorkTest, ADroppedWriterSendsIt) {
  loop_.SetWarningHandler([](absl::string_view, absl::string_view) {});
  Feed("1");
  writer_->Write("a");
  writer_ = nullptr;
  Turn();
  EXPECT_EQ(Sent(), "aEOF");
}

TEST_F(WriteCorkTest, OffSendsItAndStopsKeeping) {
  Feed("1");
  writer_->Write("a");
  writer_->set_cork(false);
  EXPECT_EQ(Sent(), "a");
  writer_->Write("b");
  EXPECT_EQ(Sent(), "b");
}

TEST_F(WriteCorkTest, StartTlsSendsItInTheClearFirst) {
  Feed("1");
  writer_->Write("ready\n");
  auto upgrade = Spawn(
      loop_,
      writer_->StartTls(
          TlsOptions(SslContext::Client()).set_server_hostname("localhost")));
  while (Sent().substr(0, 6) != "ready\n") {
    ASSERT_FALSE(upgrade.done());
    Turn();
  }
}

TEST_F(WriteCorkTest, OfALostConnectionNothingIsKept) {
  Feed("1");
  writer_->Write("a");
  writer_->transport()->Abort();
  Turn();
  Turn();
  EXPECT_EQ(Sent(), "EOF");
  writer_->Write("b");
  Turn();
  EXPECT_EQ(GetErrorKind(Drain()), ErrorKind::kConnectionReset);
}

}  // namespace
}  // namespace streams
