// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/socket_transport.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"
#include "streams/os/socket.h"
#include "streams/transport/protocol.h"
#include "streams/transport/socket_transport_fixture.h"

namespace streams {
namespace {

using testing::ElementsAre;

TEST_F(SocketTransportTest, TheProtocolHearsOfTheConnectionFirst) {
  PeerSends("x");
  EXPECT_THAT(log_, ElementsAre());
  Turn();
  EXPECT_THAT(log_, ElementsAre("made"));
  EXPECT_TRUE(opened_.done());
  Turn();
  EXPECT_THAT(log_, ElementsAre("made", "x"));
}

TEST_F(SocketTransportTest, ClosesAtEofUnlessTheProtocolKeepsItOpen) {
  PeerSends("x");
  peer_.Close();
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "x", "eof", "lost"));
}

// The first part of a large message is its protocol's before the rest is there,
// but not where others would wait for a second turn.
TEST_F(SocketTransportTest, AMessageComesInPartsIfNobodyWaitsBehindIt) {
  const std::string message(100'000, 'x');
  PeerSends(message);
  Settle();
  EXPECT_THAT(protocol_->sizes, ElementsAre(65'536, 34'464));

  auto others = StreamSocket::CreatePair().value();
  const auto other_protocol = std::make_shared<RecordingProtocol>(log_);
  const auto other = SocketTransport::Start(loop_, std::move(others.first),
                                            other_protocol, {});
  Settle();
  PeerSends(message);
  ASSERT_EQ(os::Send(others.second.fd(), "y", 1), 1);
  Settle();
  EXPECT_THAT(protocol_->sizes, ElementsAre(65'536, 34'464, 100'000));
  EXPECT_THAT(other_protocol->sizes, ElementsAre(1));
}

// The kernel tells of it once: the block, which is exactly as long as was
// expected, must not be looked behind by a call that doesn't tell.
TEST_F(SocketTransportTest, AResetBehindAFullBlockIsNotTakenForEof) {
  PeerSends(std::string(1000, 'x'));
  Settle();
  ASSERT_TRUE(transport_->Write("never read, hence the reset").ok());
  PeerSends(std::string(1024, 'x'));
  peer_.Close();
  Settle();
  EXPECT_THAT(log_,
              ElementsAre("made", "much", "much", "lost ConnectionResetError"));
}

TEST_F(SocketTransportTest, EofIsToldOnceIfTheConnectionIsKept) {
  protocol_->keeps_open = true;
  ASSERT_TRUE(peer_.ShutdownWrite().ok());
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "eof"));
  EXPECT_FALSE(transport_->IsClosing());
  EXPECT_TRUE(transport_->Write("late").ok());
  EXPECT_EQ(PeerReceivesAll(), 4u);
}

TEST_F(SocketTransportTest, NothingIsReadWhilePaused) {
  Settle();
  EXPECT_TRUE(transport_->PauseReading().ok());
  EXPECT_FALSE(transport_->IsReading());
  PeerSends("x");
  Settle();
  EXPECT_THAT(log_, ElementsAre("made"));
  EXPECT_TRUE(transport_->ResumeReading().ok());
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "x"));
}

TEST_F(SocketTransportTest, PausesAndResumesWritingAtTheMarks) {
  Settle();
  ASSERT_TRUE(transport_->SetWriteBufferLimits(100'000, 1'000).ok());
  log_.clear();
  const size_t much = 4 << 20;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(transport_->Write(std::string(much, 'x')).ok());
    EXPECT_THAT(log_, ElementsAre("pause"));
    EXPECT_EQ(PeerReceivesAll(), much);
    EXPECT_THAT(log_, ElementsAre("pause", "resume"));
    EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
    log_.clear();
  }
}

TEST_F(SocketTransportTest, TheLargestMarksDoNotOverflow) {
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  EXPECT_TRUE(transport_->SetWriteBufferLimits(std::nullopt, kLargest).ok());
  EXPECT_EQ(transport_->GetWriteBufferLimits().high,
            static_cast<size_t>(kLargest));
}

TEST_F(SocketTransportTest, RefusesMarksThatMakeNoSense) {
  EXPECT_EQ(GetErrorKind(transport_->SetWriteBufferLimits(1, 2)),
            ErrorKind::kValue);
  EXPECT_EQ(GetErrorKind(transport_->SetWriteBufferLimits(-4, {})),
            ErrorKind::kValue);
  EXPECT_TRUE(transport_->SetWriteBufferLimits({}, 25).ok());
  EXPECT_EQ(transport_->GetWriteBufferLimits().high, 100u);
}

TEST_F(SocketTransportTest, CloseWaitsForTheWriteBufferAbortDoesNot) {
  Settle();
  EXPECT_TRUE(transport_->Write(std::string(4 << 20, 'x')).ok());
  transport_->Close();
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "pause"));
  transport_->Abort();
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "pause", "lost"));
  EXPECT_EQ(transport_->GetProtocol(), nullptr);
}

TEST_F(SocketTransportTest, EofFollowsTheWriteBuffer) {
  Settle();
  EXPECT_TRUE(transport_->Write(std::string(1 << 20, 'x')).ok());
  EXPECT_TRUE(transport_->WriteEof().ok());
  EXPECT_EQ(GetErrorKind(transport_->Write("y")), ErrorKind::kRuntime);
  EXPECT_EQ(PeerReceivesAll(), size_t{1} << 20);
  char byte;
  EXPECT_EQ(os::Receive(peer_.fd(), &byte, 1), 0);
}

TEST_F(SocketTransportTest, AWriteToAPeerThatIsGoneEndsTheConnection) {
  protocol_->keeps_open = true;
  Settle();
  peer_.Close();
  EXPECT_TRUE(transport_->Write("x").ok());
  EXPECT_TRUE(transport_->IsClosing());
  EXPECT_TRUE(transport_->Write("y").ok());
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "lost BrokenPipeError"));
}

TEST_F(SocketTransportTest, WritingOnAndOnInVainIsWarnedOf) {
  std::vector<std::string> warnings;
  loop_.SetWarningHandler(
      [&warnings](absl::string_view category, absl::string_view message) {
        warnings.push_back(absl::StrCat(category, ": ", message));
      });
  Settle();
  transport_->Abort();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(transport_->Write("x").ok());
  EXPECT_TRUE(transport_->Write("").ok());  // Doesn't count.
  EXPECT_TRUE(transport_->WriteLines({}).ok());
  Settle();
  EXPECT_TRUE(transport_->Write("x").ok());
  EXPECT_THAT(warnings, ElementsAre());
  EXPECT_TRUE(transport_->WriteLines({"x"}).ok());
  EXPECT_THAT(warnings,
              ElementsAre("asyncio: socket.send() raised exception."));
}

TEST_F(SocketTransportTest, AnErrorOfTheProtocolIsFatalAndReported) {
  protocol_->data_status = MakeError(ErrorKind::kAssertion, "no");
  PeerSends("x");
  Settle();
  EXPECT_THAT(log_,
              ElementsAre("made", "x",
                          "Fatal error: protocol.data_received() call failed.",
                          "lost AssertionError"));
}

// A protocol that hands the connection over to another, as an upgrade does.
class UpgradingProtocol final : public Protocol {
 public:
  UpgradingProtocol(std::vector<std::string>& log,
                    std::shared_ptr<Protocol> next)
      : log_(log), next_(std::move(next)) {}

  void ConnectionMade(std::shared_ptr<Transport> transport) override {
    transport_ = std::move(transport);
  }
  absl::Status DataReceived(absl::string_view /*bytes*/) override {
    std::shared_ptr<Transport> transport = std::move(transport_);
    transport->SetProtocol(std::move(next_));
    log_.push_back("upgraded" + name_);
    return absl::OkStatus();
  }
  bool EofReceived() override { return false; }
  void ConnectionLost(const absl::Status& /*error*/) override {}
  void PauseWriting() override {}
  void ResumeWriting() override {}

 private:
  std::vector<std::string>& log_;
  std::string name_ = " from a protocol of plain text";
  std::shared_ptr<Protocol> next_;
  std::shared_ptr<Transport> transport_;
};

TEST_F(SocketTransportTest, AProtocolMayReplaceItselfWhileItRuns) {
  auto upgrading = std::make_shared<UpgradingProtocol>(log_, protocol_);
  const std::weak_ptr<Protocol> old = upgrading;
  auto sockets = StreamSocket::CreatePair().value();
  auto transport =
      SocketTransport::Start(loop_, std::move(sockets.first),
                             std::move(upgrading), SocketTransport::Options());
  Settle();
  log_.clear();
  ASSERT_EQ(os::Send(sockets.second.fd(), "x", 1), 1);
  Settle();
  ASSERT_EQ(os::Send(sockets.second.fd(), "y", 1), 1);
  Settle();
  EXPECT_THAT(log_, ElementsAre("upgraded from a protocol of plain text", "y"));
  EXPECT_TRUE(old.expired());
  transport->Abort();
  Settle();
}

TEST_F(SocketTransportTest, ClosedBeforeItIsOpenItIsLostAfterThat) {
  std::weak_ptr<SocketTransport> weak = transport_;
  transport_->Close();
  transport_ = nullptr;
  loop_.CallSoon([this] { log_.push_back("later"); });
  Turn();
  EXPECT_THAT(log_, ElementsAre("made", "lost", "later"));
  EXPECT_TRUE(opened_.done());
  Settle();
  EXPECT_TRUE(weak.expired());
}

TEST_F(SocketTransportTest, AnOpenTransportNeedsNobodyToHoldIt) {
  std::weak_ptr<SocketTransport> weak = transport_;
  transport_ = nullptr;
  Settle();
  EXPECT_FALSE(weak.expired());
  peer_.Close();
  Settle();
  EXPECT_TRUE(weak.expired());
  EXPECT_EQ(loop_.open_transports(), 0);
}

// Closes its transport with bytes pending, makes room for them, and writes once
// more, all in one call. Nobody but the transport owns it.
class ClosesAndWrites final : public Protocol {
 public:
  ClosesAndWrites(StreamSocket& peer, std::vector<std::string>& log)
      : peer_(peer), log_(log) {}
  ~ClosesAndWrites() override { log_.push_back("destroyed"); }

  void ConnectionMade(std::shared_ptr<Transport> transport) override {
    transport_ = std::move(transport);
  }
  absl::Status DataReceived(absl::string_view /*bytes*/) override {
    // Nothing of this object is used once it may be gone.
    const std::shared_ptr<Transport> transport = transport_;
    std::vector<std::string>& log = log_;
    const StreamSocket& peer = peer_;
    const std::string block(4096, 'x');
    while (transport->GetWriteBufferSize() == 0) {
      EXPECT_TRUE(transport->Write(block).ok());
    }
    transport->Close();
    std::string all(1 << 20, '\0');
    while (os::Receive(peer.fd(), all.data(), all.size()) > 0) {
    }
    const absl::string_view last = "y";
    EXPECT_TRUE(transport->WriteLines({&last, 1}).ok());
    EXPECT_EQ(transport->GetWriteBufferSize(), 0u);
    log.push_back("returns");
    return absl::OkStatus();
  }
  void ConnectionLost(const absl::Status& /*error*/) override {
    log_.push_back("lost");
    transport_ = nullptr;
  }

 private:
  StreamSocket& peer_;
  std::vector<std::string>& log_;
  std::shared_ptr<Transport> transport_;
};

TEST_F(SocketTransportTest, AProtocolOutlivesTheCallInWhichItEndsIt) {
  Settle();
  transport_->SetProtocol(std::make_shared<ClosesAndWrites>(peer_, log_));
  transport_->GetProtocol()->ConnectionMade(transport_);
  transport_ = nullptr;
  Settle();
  log_.clear();
  PeerSends("?");
  Settle();
  EXPECT_THAT(log_, ElementsAre("lost", "returns", "destroyed"));
}

}  // namespace
}  // namespace streams
