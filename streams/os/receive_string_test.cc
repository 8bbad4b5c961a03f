// SPDX-License-Identifier: Apache-2.0
#include "streams/os/receive_string.h"

#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/os/socket.h"

namespace streams {
namespace {

class ReceiveStringTest : public testing::Test {
 protected:
  ReceiveStringTest() {
    auto pair = StreamSocket::CreatePair().value();
    ours_ = std::move(pair.first);
    theirs_ = std::move(pair.second);
  }

  void Send(absl::string_view bytes) {
    ASSERT_EQ(os::Send(theirs_.fd(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  ssize_t Receive(size_t size) {
    return os::ReceiveString(ours_.fd(), size, &bytes_);
  }

  StreamSocket ours_, theirs_;
  std::string bytes_ = "of old";
};

TEST_F(ReceiveStringTest, ReplacesTheString) {
  Send("abc");
  EXPECT_EQ(Receive(100), 3);
  EXPECT_EQ(bytes_, "abc");
}

TEST_F(ReceiveStringTest, AtMostAsMuchAsIsAskedFor) {
  Send("abcde");
  EXPECT_EQ(Receive(3), 3);
  EXPECT_EQ(bytes_, "abc");
  EXPECT_EQ(Receive(3), 2);
  EXPECT_EQ(bytes_, "de");
}

TEST_F(ReceiveStringTest, TakesLargeBlocksAsTheyCome) {
  std::string sent(100'000, 'x');
  sent += "end";
  Send(sent);
  EXPECT_EQ(Receive(200'000), 100'003);
  EXPECT_EQ(bytes_, sent);
}

TEST_F(ReceiveStringTest, NothingYet) {
  EXPECT_EQ(Receive(100), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(bytes_, "");
}

TEST_F(ReceiveStringTest, ZeroAtEof) {
  theirs_.Close();
  EXPECT_EQ(Receive(100), 0);
  EXPECT_EQ(bytes_, "");
}

}  // namespace
}  // namespace streams
