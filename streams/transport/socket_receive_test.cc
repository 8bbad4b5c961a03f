// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/socket_receive.h"

#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/coro/free_lists.h"
#include "streams/os/error.h"
#include "streams/os/socket.h"
#include "streams/transport/protocol.h"
#include "streams/transport/string_pool.h"

namespace streams::internal {
namespace {

class RecordingProtocol final : public Protocol {
 public:
  void ConnectionMade(std::shared_ptr<Transport>) override {}
  void ConnectionLost(const absl::Status&) override {}
  absl::Status DataReceived(absl::string_view bytes) override {
    calls.emplace_back("data", bytes.size());
    received.append(bytes.data(), bytes.size());
    return answer;
  }
  absl::Status BlockReceived(std::string&& bytes) override {
    calls.emplace_back("block", bytes.size());
    received += bytes;
    return answer;
  }

  std::vector<std::pair<std::string, size_t>> calls;
  std::string received;
  absl::Status answer;
};

class SocketReceiveTest : public testing::Test {
 protected:
  SocketReceiveTest() {
    auto pair = StreamSocket::CreatePair().value();
    ours_ = std::move(pair.first);
    theirs_ = std::move(pair.second);
  }

  // Sends that many bytes of a text that repeats nowhere, and receives once.
  ssize_t SendAndReceive(size_t size, size_t expected) {
    std::string bytes;
    while (bytes.size() < size) bytes += std::to_string(bytes.size()) + ",";
    bytes.resize(size);
    sent_ += bytes;
    EXPECT_EQ(os::Send(theirs_.fd(), bytes.data(), size),
              static_cast<ssize_t>(size));
    return Receive(expected);
  }
  ssize_t Receive(size_t expected) {
    ssize_t count;
    status_ = ReceiveFor(protocol_, ours_.fd(), expected, most_, &count);
    return count;
  }
  using Calls = std::vector<std::pair<std::string, size_t>>;

  StreamSocket ours_, theirs_;
  RecordingProtocol protocol_;
  size_t most_ = kMaxReceived;
  absl::Status status_;
  std::string sent_;
};

TEST_F(SocketReceiveTest, AfterLittleBytesAreShown) {
  EXPECT_EQ(SendAndReceive(100, 0), 100);
  EXPECT_EQ(SendAndReceive(100'000, 511), 100'000);
  EXPECT_EQ(protocol_.calls, (Calls{{"data", 100}, {"data", 100'000}}));
  EXPECT_EQ(protocol_.received, sent_);
}

TEST_F(SocketReceiveTest, AfterMuchBytesAreHandedOver) {
  EXPECT_EQ(SendAndReceive(100'000, 100'000), 100'000);
  EXPECT_EQ(protocol_.calls, (Calls{{"block", 100'000}}));
  EXPECT_EQ(protocol_.received, sent_);
}

TEST_F(SocketReceiveTest, From512BytesOnThatIsMuch) {
  EXPECT_EQ(SendAndReceive(600, 511), 600);
  EXPECT_EQ(SendAndReceive(600, 512), 600);
  EXPECT_EQ(protocol_.calls, (Calls{{"data", 600}, {"block", 600}}));
  EXPECT_EQ(protocol_.received, sent_);
}

TEST_F(SocketReceiveTest, AsMuchAsIsReceivedAtOnce) {
  // Room for it, in both directions.
  ASSERT_TRUE(ours_.SetReceiveBufferSize(1'000'000).ok());
  ASSERT_TRUE(theirs_.SetSendBufferSize(1'000'000).ok());
  EXPECT_EQ(SendAndReceive(262'144, 262'144), 262'144);
  EXPECT_EQ(SendAndReceive(100, 0), 100);
  EXPECT_EQ(protocol_.calls, (Calls{{"block", 262'144}, {"data", 100}}));
  EXPECT_EQ(protocol_.received, sent_);
}

TEST_F(SocketReceiveTest, MoreThanExpectedComesInOnePieceAllTheSame) {
  EXPECT_EQ(SendAndReceive(100'000, 5'000), 100'000);
  EXPECT_EQ(protocol_.calls, (Calls{{"block", 100'000}}));
  EXPECT_EQ(protocol_.received, sent_);
}

TEST_F(SocketReceiveTest, OneThatIsAloneGetsThePartsOfALargeMessage) {
  most_ = kMaxReceivedAlone;
  EXPECT_EQ(SendAndReceive(100'000, 0), 65'536);
  EXPECT_EQ(Receive(100'000), 34'464);
  EXPECT_EQ(SendAndReceive(100'000, 34'464), 65'536);
  EXPECT_EQ(Receive(65'536), 34'464);
  EXPECT_EQ(protocol_.calls, (Calls{{"data", 65'536},
                                    {"block", 34'464},
                                    {"block", 65'536},
                                    {"block", 34'464}}));
  EXPECT_EQ(protocol_.received, sent_);
}

TEST_F(SocketReceiveTest, MuchLessThanExpectedDoesNotHoldTheMemory) {
  EXPECT_EQ(SendAndReceive(10, 100'000), 10);
  EXPECT_EQ(protocol_.calls, (Calls{{"data", 10}}));
  EXPECT_EQ(protocol_.received, sent_);
}

TEST_F(SocketReceiveTest, MemoryThatTheProtocolLeavesServesTheNextCall) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  // A thread's pool begins empty.
  std::thread([this] {
    SendAndReceive(100'000, 100'000);
    const size_t free_bytes = StringPool::FreeBytes();
    EXPECT_GE(free_bytes, 100'000u);
    SendAndReceive(100'000, 100'000);
    SendAndReceive(10, 100'000);
    EXPECT_EQ(StringPool::FreeBytes(), free_bytes);
    // Twice as much as is expected comes in a larger one, which is there, too.
    SendAndReceive(200'000, 100'000);
    EXPECT_EQ(StringPool::FreeBytes(), free_bytes + 262'144);
    SendAndReceive(200'000, 100'000);
    EXPECT_EQ(StringPool::FreeBytes(), free_bytes + 262'144);
    EXPECT_EQ(Receive(100'000), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(StringPool::FreeBytes(), free_bytes + 262'144);
  }).join();
}

TEST_F(SocketReceiveTest, TheProtocolMayFail) {
  protocol_.answer = MakeError(ErrorKind::kValue, "no");
  EXPECT_EQ(SendAndReceive(10, 0), 10);
  EXPECT_EQ(GetErrorKind(status_), ErrorKind::kValue);
}

TEST_F(SocketReceiveTest, AnErrorBehindAFullBlockIsNotTakenForEof) {
  // Unread bytes at close(): the other end gets ECONNRESET behind the data.
  EXPECT_EQ(os::Send(ours_.fd(), "x", 1), 1);
  const std::string bytes(1024, 'a');
  EXPECT_EQ(os::Send(theirs_.fd(), bytes.data(), bytes.size()), 1024);
  theirs_.Close();
  EXPECT_EQ(Receive(1000), 1024);
  EXPECT_EQ(Receive(1000), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(SocketReceiveTest, NothingAndEof) {
  for (const size_t expected : {size_t{0}, size_t{100'000}}) {
    EXPECT_EQ(Receive(expected), -1);
    EXPECT_EQ(errno, EAGAIN);
  }
  theirs_.Close();
  for (const size_t expected : {size_t{0}, size_t{100'000}}) {
    EXPECT_EQ(Receive(expected), 0);
  }
  EXPECT_TRUE(protocol_.calls.empty());
}

}  // namespace
}  // namespace streams::internal
