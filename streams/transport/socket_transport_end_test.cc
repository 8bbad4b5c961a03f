// SPDX-License-Identifier: Apache-2.0

// How a socket's transport comes to its end, and what it does no more.

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"
#include "streams/os/socket.h"
#include "streams/transport/protocol.h"
#include "streams/transport/socket_transport.h"
#include "streams/transport/socket_transport_fixture.h"

namespace streams {
namespace {

using testing::ElementsAre;

constexpr size_t kMuch = 4 << 20;

TEST_F(SocketTransportTest, HoweverOftenItIsEndedItIsLostOnce) {
  Settle();
  transport_->Close();
  transport_->Abort();
  transport_->ForceClose(MakeError(ErrorKind::kRuntime, "too late"));
  transport_->Close();
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "lost"));
  transport_->Abort();
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "lost"));
}

TEST_F(SocketTransportTest, NothingIsReceivedWhileItCloses) {
  Settle();
  ASSERT_TRUE(transport_->Write(std::string(kMuch, 'x')).ok());
  transport_->Close();
  EXPECT_FALSE(transport_->IsReading());
  PeerSends("y");
  EXPECT_EQ(PeerReceivesAll(), kMuch);
  EXPECT_THAT(log_, ElementsAre("made", "pause", "resume", "lost"));
}

TEST_F(SocketTransportTest, WhatCannotBeSentLaterIsAnErrorToo) {
  Settle();
  ASSERT_TRUE(transport_->PauseReading().ok());  // It would be told of EOF.
  ASSERT_TRUE(transport_->Write(std::string(kMuch, 'x')).ok());
  peer_.Close();
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "pause", "lost BrokenPipeError"));
}

TEST_F(SocketTransportTest, WhatCannotBeSentWhileItClosesIsAnErrorToo) {
  Settle();
  ASSERT_TRUE(transport_->Write(std::string(kMuch, 'x')).ok());
  transport_->Close();
  peer_.Close();
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "pause", "lost BrokenPipeError"));
}

TEST_F(SocketTransportTest, LinesToAPeerThatIsGoneEndTheConnection) {
  protocol_->keeps_open = true;
  Settle();
  peer_.Close();
  EXPECT_TRUE(transport_->WriteLines({"x", "y"}).ok());
  EXPECT_TRUE(transport_->IsClosing());
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "lost BrokenPipeError"));
}

// Reads what another connection was found readable for.
class ReadingProtocol final : public Protocol {
 public:
  explicit ReadingProtocol(int fd) : fd_(fd) {}

  void ConnectionMade(std::shared_ptr<Transport>) override {}
  absl::Status DataReceived(absl::string_view) override {
    char byte;
    EXPECT_EQ(os::Receive(fd_, &byte, 1), 1);
    return absl::OkStatus();
  }
  bool EofReceived() override { return false; }
  void ConnectionLost(const absl::Status&) override {}

 private:
  const int fd_;
};

TEST_F(SocketTransportTest, NothingToReadAfterAllIsNoEnd) {
  Settle();
  auto others = StreamSocket::CreatePair().value();
  const auto other = SocketTransport::Start(
      loop_, std::move(others.first),
      std::make_shared<ReadingProtocol>(transport_->GetSocket()->fd()), {});
  Settle();
  ASSERT_EQ(os::Send(others.second.fd(), "x", 1), 1);
  PeerSends("y");
  Settle();
  EXPECT_THAT(log_, ElementsAre("made"));
  EXPECT_FALSE(transport_->IsClosing());
}

}  // namespace
}  // namespace streams
