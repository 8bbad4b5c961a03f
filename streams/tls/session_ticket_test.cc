// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/testing/ssl_protocol_fixture.h"
#include "streams/testing/tls_contexts.h"

// A server's session tickets count as sent with the handshake's end, when
// CPython 3.15.2 sends them; they go out with the first answer, or a turn
// later.

namespace streams::internal {
namespace {

using testing::ElementsAre;

class SessionTicketTest : public SslProtocolFixture {
 protected:
  SessionTicketTest() {
    Start(TlsOptions(TestServerContext()).set_server_side(true));
    Settle();
    peer_->Handshake();
    Settle();
  }

  // The client's Finished comes, and the server has nothing to say yet.
  void Finish() {
    peer_->Handshake();
    Turn();
    EXPECT_TRUE(handshake_done_->done());
    EXPECT_EQ(peer_->ReceiveBytes(), "");
    EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
  }

  bool HasTicket() { return peer_->engine().object().Session() != nullptr; }
};

TEST_F(SessionTicketTest, GoesOutWithTheFirstAnswer) {
  Finish();
  EXPECT_FALSE(HasTicket());
  EXPECT_TRUE(transport_->Write("hello").ok());
  EXPECT_EQ(peer_->ReceiveText(), "hello");
  EXPECT_TRUE(HasTicket());
  // Once.
  Settle();
  EXPECT_EQ(peer_->ReceiveBytes(), "");
}

TEST_F(SessionTicketTest, GoesOutATurnLaterIfThereIsNone) {
  Finish();
  Turn();
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
}

TEST_F(SessionTicketTest, GoesOutInFrontOfCloseNotify) {
  Finish();
  transport_->Close();
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
  EXPECT_TRUE(peer_->saw_close_notify());
}

TEST_F(SessionTicketTest, GoesOutBeforeTheConnectionIsAborted) {
  Finish();
  transport_->Abort();
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
}

TEST_F(SessionTicketTest, GoesOutAtAnEofThatComesWithFinished) {
  peer_->engine().Keep(peer_->ReceiveBytes());
  ASSERT_EQ(peer_->engine().Handshake(), SslEngine::Outcome::kDone);
  const std::string finished(peer_->engine().TakeOutgoing().bytes());
  EXPECT_TRUE(ssl_protocol_->DataReceived(finished).ok());
  ssl_protocol_->EofReceived();
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
}

TEST_F(SessionTicketTest, IsForgottenWithAConnectionThatIsAbortedWhenMade) {
  protocol_->on_made = [this] { protocol_->transport->Abort(); };
  peer_->Handshake();
  Settle();
  EXPECT_TRUE(handshake_done_->done());
  EXPECT_THAT(log_, ElementsAre("made", "lost"));
  EXPECT_EQ(peer_->ReceiveBytes(), "");
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
}

TEST_F(SessionTicketTest, IsForgottenWithTheConnection) {
  Finish();
  ssl_protocol_->ConnectionLost(absl::OkStatus());
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
  Settle();
  EXPECT_EQ(peer_->ReceiveBytes(), "");
}

TEST_F(SessionTicketTest, IsForgottenWithTheLoop) {
  Finish();
  loop_.reset();
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
}

// As CPython's: the tickets are in the buffer until ConnectionMade has
// returned.
TEST_F(SessionTicketTest, CountsUntilTheConnectionIsMade) {
  protocol_->on_made = [this] {
    log_.push_back(
        absl::StrCat(protocol_->transport->GetWriteBufferSize() > 100));
    EXPECT_TRUE(
        protocol_->transport->SetWriteBufferLimits(100, std::nullopt).ok());
  };
  Finish();
  EXPECT_THAT(log_, ElementsAre("made", "1", "pause", "resume"));
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "1", "pause", "resume"));
}

TEST_F(SessionTicketTest, CountsWhileWhatCameWithFinishedIsTold) {
  size_t size = 0;
  protocol_->on_data = [&] {
    size = protocol_->transport->GetWriteBufferSize();
  };
  peer_->engine().Keep(peer_->ReceiveBytes());
  ASSERT_EQ(peer_->engine().Handshake(), SslEngine::Outcome::kDone);
  ASSERT_EQ(peer_->engine().Write("hello"), SslEngine::Outcome::kDone);
  peer_->SendBytes(peer_->engine().TakeOutgoing().bytes());
  Turn();
  EXPECT_GT(size, 100u);
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
  EXPECT_EQ(peer_->ReceiveBytes(), "");
  Turn();
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
}

// Below, the socket takes no more: nothing counts as sent.
TEST_F(SessionTicketTest, CountsWhileTheTransportBelowIsPaused) {
  protocol_->on_made = [this] {
    EXPECT_TRUE(
        protocol_->transport->SetWriteBufferLimits(100, std::nullopt).ok());
    log_.clear();
  };
  peer_->Handshake();
  ssl_protocol_->PauseWriting();
  Turn();
  EXPECT_GT(transport_->GetWriteBufferSize(), 100u);
  ssl_protocol_->ResumeWriting();
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
  EXPECT_THAT(log_, ElementsAre("resume"));
}

TEST_F(SessionTicketTest, CountsAgainWhenTheTransportBelowIsPaused) {
  Finish();
  EXPECT_TRUE(transport_->SetWriteBufferLimits(100, std::nullopt).ok());
  log_.clear();
  ssl_protocol_->PauseWriting();
  Turn();
  EXPECT_THAT(log_, ElementsAre("pause"));
  ssl_protocol_->ResumeWriting();
  EXPECT_THAT(log_, ElementsAre("pause", "resume"));
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
}

using SslProtocolTls12Test = SslProtocolFixture;

TEST_F(SslProtocolTls12Test, TicketsArePartOfTheHandshake) {
  auto context = TestServerContext();
  ASSERT_TRUE(context->SetMaximumVersion(TlsVersion::kTls1_2).ok());
  Start(TlsOptions(context).set_server_side(true));
  for (int flight = 0; flight < 2; ++flight) {
    Settle();
    EXPECT_FALSE(peer_->Handshake());
  }
  Settle();
  EXPECT_TRUE(peer_->Handshake());
  EXPECT_NE(peer_->engine().object().Session(), nullptr);
  Settle();
  EXPECT_EQ(peer_->ReceiveBytes(), "");
}

}  // namespace
}  // namespace streams::internal
