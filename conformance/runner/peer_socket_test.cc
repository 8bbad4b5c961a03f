// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/peer_socket.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace conformance {
namespace {

Deadline Long() { return Deadline::After(std::chrono::seconds(60)); }
Deadline Passed() { return Deadline::After(std::chrono::seconds(0)); }

// Both transports; each test has two connected sockets.
class PeerSocketTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    address_.is_unix = GetParam();
    address_.host = "127.0.0.1";
    std::string folder = "/tmp/peerXXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    address_.path = folder_ + "/socket";
    ASSERT_TRUE(PeerSocket::Listen(4096, address_, listener_).ok());
    ASSERT_TRUE(
        PeerSocket::Connect(address_, std::nullopt, Long(), client_).ok());
    ASSERT_TRUE(listener_.Accept(Long(), server_).ok());
  }
  void TearDown() override {
    unlink(address_.path.c_str());
    rmdir(folder_.c_str());
  }

  std::string folder_;
  PeerAddress address_;
  PeerSocket listener_;
  PeerSocket client_;
  PeerSocket server_;
};

TEST_P(PeerSocketTest, WhatIsSentLiesThereAtOnce) {
  std::size_t available = 0;
  for (std::size_t i = 1; i <= 200; ++i) {
    ASSERT_TRUE(client_.Send("x", Long()).ok());
    ASSERT_TRUE(server_.Available(available).ok());
    ASSERT_EQ(available, i);
    // Answers, so that acknowledgements get to be delayed.
    ASSERT_TRUE(server_.Send("y", Long()).ok());
    std::string answer;
    ASSERT_TRUE(client_.Receive(1, Long(), answer).ok());
  }
}

TEST_P(PeerSocketTest, ReceivesExactlyOrUpToEof) {
  ASSERT_TRUE(client_.Send("abcdefgh", Long()).ok());
  std::string data;
  EXPECT_TRUE(server_.Receive(3, Long(), data).ok());
  EXPECT_EQ(data, "abc");
  ASSERT_TRUE(client_.HalfClose().ok());
  data.clear();
  EXPECT_TRUE(server_.Receive(2, Long(), data).ok());
  EXPECT_EQ(data, "de");
  data.clear();
  EXPECT_TRUE(server_.Receive(9, Long(), data).ok());
  EXPECT_EQ(data, "fgh");
  // The other direction is still open.
  ASSERT_TRUE(server_.Send("answer", Long()).ok());
  server_.Close();
  data.clear();
  EXPECT_TRUE(client_.ReceiveUntilEof(Long(), data).ok());
  EXPECT_EQ(data, "answer");
}

TEST_P(PeerSocketTest, EveryWaitEndsAtItsDeadline) {
  std::string data;
  ASSERT_TRUE(client_.Send("a", Long()).ok());
  EXPECT_TRUE(server_.Receive(2, Passed(), data).timed_out);
  EXPECT_EQ(data, "a");
  EXPECT_TRUE(client_.ReceiveUntilEof(Passed(), data).timed_out);
  EXPECT_TRUE(client_.Send(std::string(20'000'000, 'x'), Passed()).timed_out);
  PeerSocket none;
  EXPECT_TRUE(listener_.Accept(Passed(), none).timed_out);
}

TEST_P(PeerSocketTest, SendingToOneThatClosedIsAnError) {
  server_.Close();
  const SocketResult first = client_.Send("x", Long());
  const SocketResult second = client_.Send("x", Long());
  EXPECT_EQ(second.error, EPIPE);
  EXPECT_EQ(first.ok(), !GetParam());
}

TEST_P(PeerSocketTest, ResetArrivesAsAnError) {
  const SocketResult reset = client_.Reset();
  if (GetParam()) {
    EXPECT_EQ(reset.error, EOPNOTSUPP);
    return;
  }
  EXPECT_TRUE(reset.ok());
  EXPECT_FALSE(client_.is_open());
  std::string data;
  EXPECT_EQ(server_.Receive(1, Long(), data).error, ECONNRESET);
}

TEST_P(PeerSocketTest, NobodyListens) {
  listener_.Close();
  PeerSocket none;
  EXPECT_EQ(PeerSocket::Connect(address_, std::nullopt, Long(), none).error,
            ECONNREFUSED);
  address_.path += "-not-there";
  address_.host = "not numeric";
  EXPECT_EQ(PeerSocket::Connect(address_, std::nullopt, Long(), none).error,
            GetParam() ? ENOENT : EINVAL);
  EXPECT_FALSE(none.is_open());
}

INSTANTIATE_TEST_SUITE_P(Transports, PeerSocketTest, ::testing::Bool(),
                         [](const auto& parameter) {
                           return parameter.param ? "Unix" : "Tcp";
                         });

}  // namespace
}  // namespace conformance
