// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_protocol.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"
#include "streams/testing/ssl_protocol_fixture.h"
#include "streams/testing/tls_contexts.h"

// The handshake, data, back pressure. What is expected was seen with CPython
// 3.15.2's sslproto, step by step. Closing: ssl_protocol_shutdown_test.cc.
namespace streams::internal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SslProtocolTest : public SslProtocolFixture {};

// --- The handshake ---

TEST_F(SslProtocolTest, BeginsInTheTurnInWhichTheTransportDoes) {
  Start();
  EXPECT_EQ(peer_->ReceiveBytes(), "");
  Turn();
  EXPECT_EQ(peer_->ReceiveBytes().substr(0, 2), "\x16\x03");
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_FALSE(transport_->IsClosing());
  EXPECT_EQ(transport_->GetSslObject(), nullptr);
}

TEST_F(SslProtocolTest, DataWithTheLastFlightComesRightAfterConnectionMade) {
  Start(TlsOptions(TestServerContext()).set_server_side(true));
  Settle();
  peer_->Handshake();
  Settle();
  // Finished, and text behind it, in one segment.
  peer_->engine().Keep(peer_->ReceiveBytes());
  ASSERT_EQ(peer_->engine().Handshake(), SslEngine::Outcome::kDone);
  ASSERT_EQ(peer_->engine().Write("hello"), SslEngine::Outcome::kDone);
  peer_->SendBytes(peer_->engine().TakeOutgoing().bytes());
  EXPECT_THAT(log_, IsEmpty());
  Turn();
  EXPECT_THAT(log_, ElementsAre("made", "hello"));
  EXPECT_TRUE(handshake_done_->done());
  EXPECT_EQ(protocol_->transport, transport_);
  ASSERT_NE(transport_->GetSslObject(), nullptr);
  EXPECT_EQ(transport_->GetSslObject()->Version(), "TLSv1.3");
}

TEST_F(SslProtocolTest, WhatConnectionMadeWritesGoesOutWithFinished) {
  Start();
  protocol_->on_made = [this] {
    EXPECT_TRUE(protocol_->transport->Write("hello").ok());
  };
  Handshake();
  EXPECT_EQ(peer_->ReceiveText(), "hello");
}

TEST_F(SslProtocolTest, WhatIsWrittenBeforeWaits) {
  Start();
  Turn();
  EXPECT_TRUE(transport_->Write("he").ok());
  EXPECT_TRUE(transport_->Write("llo").ok());
  EXPECT_EQ(transport_->GetWriteBufferSize(), 5u);
  Handshake();
  EXPECT_EQ(peer_->ReceiveText(), "hello");
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
}

TEST_F(SslProtocolTest, ATimeOutAborts) {
  Start(ClientOptions().set_handshake_timeout(absl::Seconds(5)));
  Settle();
  EXPECT_TRUE(transport_->Write("never sent").ok());
  Advance(absl::Seconds(4));
  EXPECT_FALSE(handshake_done_->done());
  Advance(absl::Seconds(1));
  EXPECT_EQ(GetErrorKind(handshake_done_->status()),
            ErrorKind::kConnectionAborted);
  EXPECT_EQ(handshake_done_->status().message(),
            "SSL handshake is taking longer than 5 seconds: aborting the "
            "connection");
  // Nobody was told of the connection; and it is no news to the handler.
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(transport_->IsClosing());
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
  EXPECT_EQ(transport_->GetPeerName(), nullptr);
}

TEST_F(SslProtocolTest, TheDefaultTimeOutIsAMinute) {
  Start();
  Settle();
  Advance(absl::Seconds(59));
  EXPECT_FALSE(handshake_done_->done());
  Advance(absl::Seconds(1));
  EXPECT_EQ(handshake_done_->status().message(),
            "SSL handshake is taking longer than 60.0 seconds: aborting the "
            "connection");
}

TEST_F(SslProtocolTest, EofDuringTheHandshakeIsAReset) {
  Start();
  Settle();
  // Closed, with the ClientHello unread, it would be a reset for the kernel.
  ASSERT_TRUE(peer_->socket().ShutdownWrite().ok());
  Settle();
  EXPECT_EQ(GetErrorKind(handshake_done_->status()),
            ErrorKind::kConnectionReset);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(SslProtocolTest, PlaintextIsNoHandshake) {
  Start();
  Settle();
  peer_->SendBytes("220 mail.example.org ESMTP\r\n");
  peer_->ReceiveBytes();
  Settle();
  EXPECT_EQ(GetErrorKind(handshake_done_->status()), ErrorKind::kSsl);
  EXPECT_EQ(handshake_done_->status().message(),
            "[SSL: WRONG_VERSION_NUMBER] wrong version number");
  EXPECT_THAT(log_, IsEmpty());
  // Nothing is said to the peer.
  EXPECT_EQ(peer_->ReceiveBytes(), "");
  EXPECT_TRUE(peer_->saw_eof());
}

TEST_F(SslProtocolTest, ACertificateThatIsRefused) {
  Start(ClientOptions().set_server_hostname("example.org"));
  Handshake();
  EXPECT_EQ(GetErrorKind(handshake_done_->status()),
            ErrorKind::kSslCertVerification);
  EXPECT_EQ(handshake_done_->status().message(),
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "Hostname mismatch, certificate is not valid for 'example.org'.");
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(SslProtocolTest, CloseDuringTheHandshakeAborts) {
  Start();
  Settle();
  ssl_protocol_->ForgetHandshakeDone();
  transport_->Close();
  EXPECT_TRUE(transport_->IsClosing());
  Settle();
  EXPECT_THAT(log_, IsEmpty());
  peer_->ReceiveBytes();
  EXPECT_TRUE(peer_->saw_eof());
}

TEST_F(SslProtocolTest, CloseBeforeTheHandshakeAborts) {
  Start();
  ssl_protocol_->ForgetHandshakeDone();
  transport_->Close();
  Settle();
  EXPECT_EQ(peer_->ReceiveBytes(), "");
  EXPECT_TRUE(peer_->saw_eof());
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(SslProtocolTest, OptionsThatAreRefused) {
  const auto message = [this](const TlsOptions& options) {
    const absl::Status status =
        SslProtocol::Create(*loop_, protocol_, options, nullptr).status();
    EXPECT_EQ(GetErrorKind(status), ErrorKind::kValue);
    return std::string(status.message());
  };
  EXPECT_EQ(message(ClientOptions().set_handshake_timeout(absl::Seconds(-1))),
            "ssl_handshake_timeout should be a positive number, got -1");
  EXPECT_EQ(message(ClientOptions().set_shutdown_timeout(absl::ZeroDuration())),
            "ssl_shutdown_timeout should be a positive number, got 0");
  EXPECT_EQ(message(TlsOptions().set_server_side(true)),
            "Server side SSL needs a valid SSLContext");
  EXPECT_EQ(message(ClientOptions().set_server_hostname("")),
            "check_hostname requires server_hostname");
}

// --- Data ---

TEST_F(SslProtocolTest, WhatArrivesInOneSegmentIsToldAtOnce) {
  StartAndShakeHands();
  // One after the other: + may evaluate its operands in any order.
  std::string records = peer_->Record("one ");
  records += peer_->Record("two ");
  records += peer_->Record("three");
  peer_->SendBytes(records);
  Settle();
  EXPECT_THAT(log_, ElementsAre("one two three"));
}

TEST_F(SslProtocolTest, RecordsInPieces) {
  StartAndShakeHands();
  std::string records = peer_->Record("hello ");
  records += peer_->Record("world");
  for (const char byte : records) {
    peer_->SendBytes({&byte, 1});
    Settle();
  }
  EXPECT_THAT(log_, ElementsAre("hello ", "world"));
}

TEST_F(SslProtocolTest, MuchBothWays) {
  StartAndShakeHands();
  std::string text;
  for (int i = 0; text.size() < 150000; ++i) text += std::to_string(i);
  peer_->SendText(text);
  Settle();
  EXPECT_EQ(protocol_->received, text);
  EXPECT_TRUE(transport_->Write(text).ok());
  std::string got;
  for (int i = 0; i < 100 && got.size() < text.size(); ++i) {
    Settle();
    got += peer_->ReceiveText();
  }
  EXPECT_EQ(got, text);
}

TEST_F(SslProtocolTest, EachWriteAndEachLineIsARecord) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->Write("").ok());
  EXPECT_EQ(peer_->ReceiveBytes(), "");
  EXPECT_TRUE(transport_->Write("one").ok());
  const absl::string_view lines[] = {"two", "", "three"};
  EXPECT_TRUE(transport_->WriteLines(lines).ok());
  const std::string bytes = peer_->ReceiveBytes();
  size_t records = 0;
  for (size_t at = 0; at + 5 <= bytes.size(); ++records) {
    at += 5 + static_cast<unsigned char>(bytes[at + 3]) * 256u +
          static_cast<unsigned char>(bytes[at + 4]);
  }
  EXPECT_EQ(records, 3u);
}

TEST_F(SslProtocolTest, ARecordThatIsNotValidEndsTheConnection) {
  StartAndShakeHands();
  std::string record = peer_->Record("two");
  record.back() = static_cast<char>(record.back() ^ 1);
  // With it goes what was valid, in the same segment.
  peer_->SendBytes(peer_->Record("one"));
  peer_->SendBytes(record);
  Settle();
  EXPECT_THAT(log_,
              ElementsAre("lost: SSLError([SSL: RECORD_LAYER_FAILURE] record "
                          "layer failure)"));
}

TEST_F(SslProtocolTest, AnErrorOfTheProtocolEndsTheConnection) {
  StartAndShakeHands();
  protocol_->data_status = MakeError(ErrorKind::kValue, "no");
  peer_->SendText("one");
  Settle();
  EXPECT_THAT(log_, ElementsAre("one", "handler: Fatal error on SSL protocol",
                                "lost: ValueError(no)"));
}

TEST_F(SslProtocolTest, AProtocolMayBeReplacedByItself) {
  StartAndShakeHands();
  const auto second = std::make_shared<RecordingProtocol>(log_);
  protocol_->on_data = [this, &second] {
    transport_->SetProtocol(second);
    protocol_.reset();
  };
  peer_->SendText("one");
  Settle();
  EXPECT_EQ(transport_->GetProtocol(), second);
  peer_->SendText("two");
  Settle();
  EXPECT_THAT(log_, ElementsAre("one", "two"));
  EXPECT_EQ(second->received, "two");
}

// --- Back pressure ---

TEST_F(SslProtocolTest, NothingIsToldWhilePaused) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->IsReading());
  EXPECT_TRUE(transport_->PauseReading().ok());
  EXPECT_FALSE(transport_->IsReading());
  peer_->SendText("one ");
  Settle();
  peer_->SendText("two");
  Settle();
  EXPECT_THAT(log_, IsEmpty());
  EXPECT_TRUE(transport_->ResumeReading().ok());
  EXPECT_THAT(log_, IsEmpty());
  Turn();
  EXPECT_THAT(log_, ElementsAre("one two"));
}

TEST_F(SslProtocolTest, APausedReaderPausesTheSocket) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->PauseReading().ok());
  const std::string text(64 * 1024, 'x');
  size_t sent = 0;
  while (lower_->IsReading()) {
    peer_->SendText(text);
    sent += text.size();
    Settle();
    ASSERT_LT(sent, size_t{2} << 20);
  }
  EXPECT_GE(sent, size_t{256} * 1024);
  EXPECT_LE(sent, size_t{512} * 1024);
  EXPECT_TRUE(transport_->ResumeReading().ok());
  Settle();
  EXPECT_TRUE(lower_->IsReading());
  EXPECT_EQ(protocol_->received.size(), sent);
}

// What they are doesn't matter: nothing is decrypted while nobody reads.
TEST_F(SslProtocolTest, TheSocketPausesAtTheMark) {
  StartAndShakeHands();
  EXPECT_TRUE(transport_->PauseReading().ok());
  for (size_t fed = 0; fed < 256; ++fed) {
    ASSERT_TRUE(lower_->IsReading());
    peer_->SendBytes(std::string(fed < 255 ? 1024 : 1023, 'x'));
    Settle();
  }
  EXPECT_TRUE(lower_->IsReading());
  peer_->SendBytes("x");
  Settle();
  EXPECT_FALSE(lower_->IsReading());
}

TEST_F(SslProtocolTest, APeerThatDoesNotReadPausesTheWriter) {
  StartAndShakeHands();
  EXPECT_EQ(transport_->GetWriteBufferLimits().high, 512u * 1024);
  EXPECT_EQ(transport_->GetWriteBufferLimits().low, 128u * 1024);
  const std::string text(64 * 1024, 'x');
  size_t written = 0;
  while (log_.empty()) {
    EXPECT_TRUE(transport_->Write(text).ok());
    written += text.size();
    ASSERT_LT(written, size_t{4} << 20);
  }
  EXPECT_THAT(log_, ElementsAre("pause"));
  EXPECT_GE(transport_->GetWriteBufferSize(), 512u * 1024);
  std::string got;
  for (int i = 0; i < 1000 && got.size() < written; ++i) {
    got += peer_->ReceiveText();
    Settle();
  }
  EXPECT_EQ(got.size(), written);
  EXPECT_THAT(log_, ElementsAre("pause", "resume"));
  EXPECT_EQ(transport_->GetWriteBufferSize(), 0u);
}

TEST_F(SslProtocolTest, WriteBufferLimits) {
  StartAndShakeHands();
  EXPECT_EQ(transport_->SetWriteBufferLimits(1, 2).message(),
            "high (1) must be >= low (2) must be >= 0");
  EXPECT_TRUE(transport_->SetWriteBufferLimits(std::nullopt, 10).ok());
  EXPECT_EQ(transport_->GetWriteBufferLimits().high, 40u);
  EXPECT_THAT(log_, IsEmpty());
  // A mark of zero is reached by nothing at all: as in asyncio.
  EXPECT_TRUE(transport_->SetWriteBufferLimits(0, std::nullopt).ok());
  EXPECT_THAT(log_, ElementsAre("pause"));
  EXPECT_TRUE(transport_->Write("x").ok());
  EXPECT_THAT(log_, ElementsAre("pause", "resume"));
}

TEST_F(SslProtocolTest, TheOtherEndOfTheWriterIsNotClosedAlone) {
  StartAndShakeHands();
  EXPECT_FALSE(transport_->CanWriteEof());
  EXPECT_EQ(GetErrorKind(transport_->WriteEof()), ErrorKind::kNotImplemented);
  EXPECT_THAT(log_, IsEmpty());
}

}  // namespace
}  // namespace streams::internal
