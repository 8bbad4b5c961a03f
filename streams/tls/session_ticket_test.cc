// SPDX-License-Identifier: Apache-2.0

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/testing/ssl_protocol_fixture.h"
#include "streams/testing/tls_contexts.h"

// When a server sends its session tickets. asyncio's goes out with the
// handshake's end, which its peer can't tell from these.

namespace streams::internal {
namespace {

using testing::ElementsAre;

// A client's Finished has come, and the server has nothing to say yet.
class SessionTicketTest : public SslProtocolFixture {
 protected:
  void FinishHandshake() {
    Start(TlsOptions(TestServerContext()).set_server_side(true));
    Settle();
    peer_->Handshake();
    Settle();
    peer_->Handshake();
    Turn();
    EXPECT_TRUE(handshake_done_->done());
    EXPECT_EQ(peer_->ReceiveBytes(), "");
    EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
  }

  bool HasTicket() { return peer_->engine().object().Session() != nullptr; }
};

TEST_F(SessionTicketTest, GoesOutWithTheFirstAnswer) {
  FinishHandshake();
  EXPECT_TRUE(transport_->Write("hello").ok());
  EXPECT_EQ(peer_->ReceiveText(), "hello");
  EXPECT_TRUE(HasTicket());
  // Once.
  Settle();
  EXPECT_EQ(peer_->ReceiveBytes(), "");
}

TEST_F(SessionTicketTest, GoesOutATurnLaterIfThereIsNone) {
  FinishHandshake();
  Turn();
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
}

TEST_F(SessionTicketTest, GoesOutInFrontOfCloseNotify) {
  FinishHandshake();
  transport_->Close();
  EXPECT_EQ(peer_->ReceiveText(), "");
  EXPECT_TRUE(HasTicket());
  EXPECT_TRUE(peer_->saw_close_notify());
}

TEST_F(SessionTicketTest, IsForgottenWithTheConnection) {
  protocol_->on_made = [this] { protocol_->transport->Abort(); };
  FinishHandshake();
  Settle();
  EXPECT_THAT(log_, ElementsAre("made", "lost"));
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
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
  Turn();
  EXPECT_TRUE(peer_->Handshake());
  EXPECT_NE(peer_->engine().object().Session(), nullptr);
  Settle();
  EXPECT_EQ(peer_->ReceiveBytes(), "");
}

}  // namespace
}  // namespace streams::internal
