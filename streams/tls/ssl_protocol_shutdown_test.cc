// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"
#include "streams/testing/ssl_protocol_fixture.h"
#include "streams/tls/ssl_protocol.h"

// Closing, from both sides, and what is destroyed when. What is expected was
// seen with CPython 3.15.2's sslproto, step by step.
namespace streams::internal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SslProtocolShutdownTest : public SslProtocolFixture {};

TEST_F(SslProtocolShutdownTest, CloseSaysGoodbyeAndWaitsForThePeers) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->Write("bye").ok());
  transport_->Close();
  EXPECT_TRUE(transport_->IsClosing());
  Settle();
  EXPECT_EQ(peer_->ReceiveText(), "bye");
  EXPECT_TRUE(peer_->saw_close_notify());
  EXPECT_FALSE(peer_->saw_eof());
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(transport_->Write("dropped").ok());
  peer_->SendCloseNotify();
  Settle();
  EXPECT_THAT(log_, ElementsAre("eof", "lost"));
  EXPECT_EQ(peer_->ReceiveBytes(), "");
  EXPECT_TRUE(peer_->saw_eof());
  transport_->Close();
  transport_->Abort();
}

TEST_F(SslProtocolShutdownTest, APeerThatDoesNotAnswerIsNotWaitedForForEver) {
  StartAndShakeHands();
  transport_->Close();
  Settle();
  Advance(absl::Seconds(29));
  EXPECT_THAT(log_, IsEmpty());
  Advance(absl::Seconds(1));
  EXPECT_THAT(log_, ElementsAre("lost: TimeoutError(SSL shutdown timed out)"));
}

TEST_F(SslProtocolShutdownTest, ThePeersCloseNotifyIsAnswered) {
  StartAndShakeHands();
  peer_->SendBytes(peer_->Record("last"));
  peer_->SendCloseNotify();
  Turn();
  EXPECT_THAT(log_, ElementsAre("last", "eof"));
  EXPECT_TRUE(transport_->IsClosing());
  Settle();
  EXPECT_THAT(log_, ElementsAre("last", "eof", "lost"));
  peer_->ReceiveText();
  EXPECT_TRUE(peer_->saw_close_notify());
  EXPECT_TRUE(peer_->saw_eof());
}

// A truncated stream looks like a whole one, as in asyncio.
TEST_F(SslProtocolShutdownTest, EofWithoutCloseNotifyIsAnEof) {
  StartAndShakeHands();
  peer_->SendText("last");
  EXPECT_TRUE(peer_->socket().ShutdownWrite().ok());
  Settle();
  EXPECT_THAT(log_, ElementsAre("last", "eof", "lost"));
  // Nobody to say goodbye to.
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_FALSE(peer_->saw_close_notify());
  EXPECT_TRUE(peer_->saw_eof());
}

TEST_F(SslProtocolShutdownTest, EofWhilePausedWaitsForTheReader) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->PauseReading().ok());
  peer_->SendText("last");
  EXPECT_TRUE(peer_->socket().ShutdownWrite().ok());
  Settle();
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(transport_->ResumeReading().ok());
  Settle();
  EXPECT_THAT(log_, ElementsAre("last", "eof", "lost"));
}

// CPython's goes on closing then, and what was not read is lost.
TEST_F(SslProtocolShutdownTest, EofWhileItResumesAndPausesAgain) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->PauseReading().ok());
  peer_->SendText("unread");
  EXPECT_TRUE(peer_->socket().ShutdownWrite().ok());
  Settle();
  EXPECT_TRUE(transport_->ResumeReading().ok());
  EXPECT_TRUE(transport_->PauseReading().ok());
  Settle();
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(transport_->ResumeReading().ok());
  Settle();
  EXPECT_THAT(log_, ElementsAre("unread", "eof", "lost"));
}

// Nobody will read it any more: a peer must not keep the connection by it.
// CPython's is never closed.
TEST_F(SslProtocolShutdownTest, CloseWhileAnEofWaitsForTheReader) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->PauseReading().ok());
  peer_->SendText("last");
  EXPECT_TRUE(peer_->socket().ShutdownWrite().ok());
  Settle();
  EXPECT_THAT(log_, IsEmpty());
  transport_->Close();
  EXPECT_TRUE(transport_->IsClosing());
  Settle();
  EXPECT_THAT(log_, ElementsAre("eof", "lost"));
}

TEST_F(SslProtocolShutdownTest, EofWhileWaitingForCloseNotify) {
  StartAndShakeHands();
  transport_->Close();
  Settle();
  EXPECT_TRUE(peer_->socket().ShutdownWrite().ok());
  Settle();
  EXPECT_THAT(log_, ElementsAre("eof", "lost"));
}

TEST_F(SslProtocolShutdownTest, DataInsteadOfCloseNotifyIsAnError) {
  StartAndShakeHands();
  transport_->Close();
  Settle();
  peer_->SendText("more");
  Settle();
  EXPECT_THAT(log_,
              ElementsAre("lost: SSLError([SSL: "
                          "APPLICATION_DATA_AFTER_CLOSE_NOTIFY] application "
                          "data after close notify)"));
}

TEST_F(SslProtocolShutdownTest, UnreadDataOfAPausedReaderIsTheSameError) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->PauseReading().ok());
  peer_->SendText("one");
  Settle();
  transport_->Close();
  Settle();
  EXPECT_THAT(log_,
              ElementsAre("lost: SSLError([SSL: "
                          "APPLICATION_DATA_AFTER_CLOSE_NOTIFY] application "
                          "data after close notify)"));
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_FALSE(peer_->saw_close_notify());
}

TEST_F(SslProtocolShutdownTest, WhatHasArrivedIsDeliveredBeforeClosing) {
  StartAndShakeHands();
  protocol_->on_data = [this] { transport_->Close(); };
  peer_->SendText("one");
  Settle();
  EXPECT_THAT(log_, ElementsAre("one"));
  peer_->ReceiveText();
  EXPECT_TRUE(peer_->saw_close_notify());
  peer_->SendCloseNotify();
  Settle();
  EXPECT_THAT(log_, ElementsAre("one", "eof", "lost"));
}

TEST_F(SslProtocolShutdownTest, AbortLosesAll) {
  StartAndShakeHands();
  transport_->Abort();
  EXPECT_TRUE(transport_->IsClosing());
  EXPECT_THAT(log_, IsEmpty());
  Settle();
  EXPECT_THAT(log_, ElementsAre("lost"));
  EXPECT_EQ(peer_->ReceiveBytes(), "");
  EXPECT_TRUE(peer_->saw_eof());
}

TEST_F(SslProtocolShutdownTest, AbortWithinDataReceived) {
  StartAndShakeHands();
  protocol_->on_data = [this] { transport_->Abort(); };
  peer_->SendText("one");
  peer_->SendCloseNotify();
  Settle();
  EXPECT_THAT(log_, ElementsAre("one", "eof", "lost"));
}

TEST_F(SslProtocolShutdownTest, ThereIsNoHalfOpenConnection) {
  StartAndShakeHands();
  protocol_->keeps_open = true;
  peer_->SendCloseNotify();
  Settle();
  EXPECT_THAT(log_, ElementsAre("eof",
                                "asyncio: returning true from eof_received() "
                                "has no effect when using ssl",
                                "lost"));
}

TEST_F(SslProtocolShutdownTest, WritingOnAndOnIsWarnedOf) {
  StartAndShakeHands();
  transport_->Close();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(transport_->Write("x").ok());
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(transport_->Write("x").ok());
  EXPECT_THAT(log_, ElementsAre("asyncio: SSL connection is closed"));
}

TEST_F(SslProtocolShutdownTest, ALostConnectionCountsAsAWriteInVain) {
  StartAndShakeHands();
  transport_->Abort();
  Settle();
  log_.clear();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(transport_->Write("x").ok());
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(transport_->Write("x").ok());
  EXPECT_THAT(log_, ElementsAre("asyncio: SSL connection is closed"));
}

TEST_F(SslProtocolShutdownTest, AResetReachesTheApplication) {
  StartAndShakeHands();
  lower_->ForceClose(OsError(104));
  Settle();
  EXPECT_THAT(log_,
              ElementsAre("lost: ConnectionResetError([Errno 104] Connection "
                          "reset by peer)"));
}

TEST_F(SslProtocolShutdownTest, ConnectionLostComesOneTurnAfterTheSockets) {
  StartAndShakeHands();
  transport_->Abort();
  Turn();
  EXPECT_EQ(transport_->GetProtocol(), nullptr);
  EXPECT_EQ(transport_->GetSocket(), nullptr);
  EXPECT_THAT(log_, IsEmpty());
  Turn();
  EXPECT_THAT(log_, ElementsAre("lost"));
}

TEST_F(SslProtocolShutdownTest, APeerThatDoesNotReadCannotDelayClosing) {
  StartAndShakeHands();
  const std::string text(1 << 20, 'x');
  EXPECT_TRUE(transport_->Write(text).ok());
  log_.clear();
  peer_->SendCloseNotify();
  Settle();
  EXPECT_THAT(log_, ElementsAre("eof"));
  Advance(absl::Seconds(30));
  EXPECT_THAT(log_, ElementsAre("eof",
                                "lost: TimeoutError(SSL shutdown timed "
                                "out)"));
}

TEST_F(SslProtocolShutdownTest, NorCanOneThatLeavesWithoutAWord) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->Write(std::string(1 << 20, 'x')).ok());
  log_.clear();
  ASSERT_TRUE(peer_->socket().ShutdownWrite().ok());
  Settle();
  EXPECT_THAT(log_, ElementsAre("eof"));
  Advance(absl::Seconds(30));
  EXPECT_THAT(log_, ElementsAre("eof",
                                "lost: TimeoutError(SSL shutdown timed "
                                "out)"));
}

// Half-closed, as RFC 8446 (6.1) has it: it is still there, and reads.
TEST_F(SslProtocolShutdownTest, APeerThatReadsSlowlyGetsAll) {
  StartAndShakeHands();
  const std::string text(4 << 20, 'x');
  // The second half waits above the socket's transport.
  EXPECT_TRUE(transport_->Write(text.substr(0, text.size() / 2)).ok());
  EXPECT_TRUE(transport_->Write(text.substr(text.size() / 2)).ok());
  log_.clear();
  peer_->SendCloseNotify();
  Settle();
  size_t received = 0;
  while (received < text.size()) {
    Advance(absl::Seconds(20));
    const size_t count = peer_->ReceiveText().size();
    ASSERT_GT(count, 0u) << received;
    received += count;
    Settle();
  }
  Settle();
  EXPECT_THAT(log_, ElementsAre("eof", "resume", "lost"));
}

// --- Who goes first ---

TEST_F(SslProtocolShutdownTest, AnOpenConnectionKeepsItselfAlive) {
  StartAndShakeHands();
  const std::weak_ptr<SslProtocol> weak = ssl_protocol_;
  transport_.reset();
  ssl_protocol_.reset();
  lower_.reset();
  protocol_->transport.reset();
  peer_->SendText("one");
  Settle();
  EXPECT_THAT(log_, ElementsAre("one"));
  peer_->socket().Close();
  Settle();
  EXPECT_THAT(log_, ElementsAre("one", "eof", "lost"));
  EXPECT_TRUE(weak.expired());
}

TEST_F(SslProtocolShutdownTest, TheLoopGoesFirst) {
  StartAndShakeHands();
  const std::weak_ptr<SslProtocol> weak = ssl_protocol_;
  ssl_protocol_.reset();
  handshake_done_.reset();
  loop_.reset();
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(transport_->IsClosing());
  EXPECT_TRUE(transport_->Write("x").ok());
  transport_->Close();
  transport_->Abort();
  EXPECT_TRUE(transport_->PauseReading().ok());
  EXPECT_TRUE(transport_->ResumeReading().ok());
  EXPECT_NE(transport_->GetSslObject(), nullptr);
  protocol_->transport.reset();
  transport_.reset();
  EXPECT_TRUE(weak.expired());
}

TEST_F(SslProtocolShutdownTest, TheLoopGoesDuringTheHandshake) {
  Start();
  Turn();
  const std::weak_ptr<SslProtocol> weak = ssl_protocol_;
  ssl_protocol_.reset();
  transport_.reset();
  handshake_done_.reset();
  loop_.reset();
  EXPECT_TRUE(weak.expired());
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(SslProtocolShutdownTest, TheLoopGoesBeforeTheApplicationIsTold) {
  StartAndShakeHands();
  transport_->Abort();
  Turn();
  const std::weak_ptr<SslProtocol> weak = ssl_protocol_;
  ssl_protocol_.reset();
  handshake_done_.reset();
  loop_.reset();
  protocol_->transport.reset();
  transport_.reset();
  EXPECT_TRUE(weak.expired());
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(SslProtocolShutdownTest, TheObjectOutlivesTheConnection) {
  StartAndShakeHands();
  const SslObject* const object = transport_->GetSslObject();
  transport_->Abort();
  Settle();
  EXPECT_EQ(transport_->GetSslObject(), object);
  EXPECT_EQ(object->Version(), "TLSv1.3");
  EXPECT_TRUE(object->GetPeerCertificate().has_value());
}

}  // namespace
}  // namespace streams::internal
