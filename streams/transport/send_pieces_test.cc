// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/send_pieces.h"

#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/os/socket.h"

namespace streams::internal {
namespace {

class SendPiecesTest : public testing::Test {
 protected:
  SendPiecesTest() {
    auto pair = StreamSocket::CreatePair().value();
    near_ = std::move(pair.first);
    far_ = std::move(pair.second);
  }

  std::string Received() {
    std::string all;
    char block[65536];
    for (;;) {
      const ssize_t count = os::Receive(far_.fd(), block, sizeof block);
      if (count <= 0) return all;
      all.append(block, static_cast<size_t>(count));
    }
  }

  StreamSocket near_;
  StreamSocket far_;
};

TEST_F(SendPiecesTest, SendsAllInOrder) {
  std::string expected;
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) {
    // Empty ones among them, and more than go with one system call.
    texts.push_back(i % 3 == 0 ? std::string() : std::to_string(i) + ";");
    expected += texts.back();
  }
  const std::vector<absl::string_view> pieces(texts.begin(), texts.end());
  EXPECT_EQ(SendPieces(near_.fd(), pieces),
            static_cast<ssize_t>(expected.size()));
  EXPECT_EQ(Received(), expected);
}

TEST_F(SendPiecesTest, NothingIsNothing) {
  const std::vector<absl::string_view> empties(100);
  EXPECT_EQ(SendPieces(near_.fd(), empties), 0);
  EXPECT_EQ(SendPieces(near_.fd(), {}), 0);
}

TEST_F(SendPiecesTest, NoMoreThanAsyncioSendsAtOnce) {
  const std::vector<absl::string_view> pieces(2000, "x");
  EXPECT_EQ(SendPieces(near_.fd(), pieces), 1024);
}

TEST_F(SendPiecesTest, StopsWhereTheKernelDoes) {
  const std::string block(100000, 'x');
  const std::vector<absl::string_view> pieces(200, block);
  const ssize_t sent = SendPieces(near_.fd(), pieces);
  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, 200 * 100000);
  EXPECT_EQ(SendPieces(near_.fd(), pieces), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(Received().size(), static_cast<size_t>(sent));
}

TEST_F(SendPiecesTest, TellsTheError) {
  far_.Close();
  const std::vector<absl::string_view> pieces(2, "x");
  EXPECT_EQ(SendPieces(near_.fd(), pieces), -1);
  EXPECT_EQ(errno, EPIPE);
}

}  // namespace
}  // namespace streams::internal
