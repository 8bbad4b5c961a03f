// SPDX-License-Identifier: Apache-2.0

// StreamWriter::StartTls(): TLS on a connection that stands.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/status_macros.h"
#include "streams/streams.h"
#include "streams/tls_stream_fixture.h"

namespace streams {
namespace {

Task<absl::StatusOr<std::string>> ReadSome(StreamReader& reader) {
  co_return co_await reader.Read(1 << 16);
}

TEST_F(TlsStreamTest, GoesOnInTls) {
  ConnectInTheClear();
  ExpectEcho("in the clear\n");
  EXPECT_EQ(client_.writer->GetSslObject(), nullptr);
  const auto [client, server] =
      UpgradeBoth(TlsOptions(ClientContext()).set_server_hostname("localhost"),
                  ServerContext());
  EXPECT_TRUE(client.ok()) << client;
  EXPECT_TRUE(server.ok()) << server;
  ASSERT_NE(client_.writer->GetSslObject(), nullptr);
  ASSERT_NE(accepted_.writer->GetSslObject(), nullptr);
  ExpectEcho("over TLS\n");
  client_.writer->Close();
  EXPECT_EQ(loop_.RunUntilComplete(accepted_.reader->Read()).value(), "");
  EXPECT_TRUE(loop_.RunUntilComplete(client_.writer->WaitClosed()).ok());
  // No half-closed connection over TLS: the other side is closed with it.
  EXPECT_TRUE(loop_.RunUntilComplete(accepted_.writer->WaitClosed()).ok());
  // Nor did the stream ask for one.
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(TlsStreamTest, TheReaderPausesTheNewTransport) {
  ConnectInTheClear();
  const auto [client, server] =
      UpgradeBoth(TlsOptions(ClientContext()).set_server_hostname("localhost"),
                  ServerContext());
  ASSERT_TRUE(client.ok() && server.ok());
  // More than twice the limit: reading pauses, then goes on.
  const std::string bytes(3 << 20, 'x');
  client_.writer->Write(bytes);
  Settle();
  EXPECT_FALSE(accepted_.writer->transport()->IsReading());
  EXPECT_EQ(loop_
                .RunUntilComplete(accepted_.reader->ReadExactly(
                    static_cast<int64_t>(bytes.size())))
                .value()
                .size(),
            bytes.size());
}

// Answers a handshake of TLS 1.2, and writes in the same step: the bytes come
// with the end of the handshake.
Task<absl::Status> AnswerAndWrite(StreamWriter& writer,
                                  std::shared_ptr<SslContext> context,
                                  const std::string& bytes) {
  STREAMS_CO_RETURN_IF_ERROR(
      co_await writer.StartTls(TlsOptions(std::move(context))));
  writer.Write(bytes);
  co_return absl::OkStatus();
}

// Before the writer has its new transport, the reader's limit pauses reading.
TEST_F(TlsStreamTest, MoreThanTheLimitComesWithTheHandshakesEnd) {
  Serve(TlsOptions());
  ASSERT_TRUE(Connect(OpenConnectionOptions().set_limit(64)).ok());
  RunUntil([this] { return accepted_.writer != nullptr; });
  auto context = ServerContext();
  ASSERT_TRUE(context->SetMaximumVersion(TlsVersion::kTls1_2).ok());
  auto client = Spawn(
      loop_, client_.writer->StartTls(
                 TlsOptions(ClientContext()).set_server_hostname("localhost")));
  const std::string bytes(1 << 20, 'x');
  auto server = Spawn(loop_, AnswerAndWrite(*accepted_.writer, context, bytes));
  ASSERT_TRUE(loop_.RunUntilDone(client).ok());
  ASSERT_TRUE(loop_.RunUntilDone(server).ok());
  EXPECT_FALSE(client_.writer->transport()->IsReading());
  std::string received;
  while (received.size() < bytes.size()) {
    auto piece = Spawn(loop_, ReadSome(*client_.reader));
    Settle();
    ASSERT_TRUE(piece.done()) << received.size();
    received += loop_.RunUntilDone(piece).value();
  }
  EXPECT_EQ(received, bytes);
}

// What had paused it has become part of the handshake.
TEST_F(TlsStreamTest, AReaderThatWasPausedPausesTheNewTransportAgain) {
  server_ = loop_
                .RunUntilComplete(StartServer(
                    loop_,
                    [this](std::unique_ptr<StreamReader> reader,
                           std::unique_ptr<StreamWriter> writer) {
                      accepted_ = {std::move(reader), std::move(writer)};
                    },
                    "127.0.0.1", 0, StartServerOptions().set_limit(64)))
                .value();
  port_ = server_->Sockets().front()->GetSockName()->port();
  ASSERT_TRUE(Connect(OpenConnectionOptions()).ok());
  auto client = Spawn(
      loop_, client_.writer->StartTls(
                 TlsOptions(ClientContext()).set_server_hostname("localhost")));
  Settle();
  EXPECT_FALSE(accepted_.writer->transport()->IsReading());
  EXPECT_TRUE(
      loop_.RunUntilComplete(accepted_.writer->StartTls(ServerContext())).ok());
  ASSERT_TRUE(loop_.RunUntilDone(client).ok());
  EXPECT_TRUE(accepted_.writer->transport()->IsReading());
  client_.writer->Write(std::string(1000, 'x'));
  Settle();
  EXPECT_FALSE(accepted_.writer->transport()->IsReading());
}

TEST_F(TlsStreamTest, TlsInsideTls) {
  ConnectInTheClear();
  for (int layer = 0; layer < 2; ++layer) {
    const auto [client, server] = UpgradeBoth(
        TlsOptions(ClientContext()).set_server_hostname("localhost"),
        ServerContext());
    ASSERT_TRUE(client.ok()) << client;
    ASSERT_TRUE(server.ok()) << server;
    ExpectEcho("layer\n");
  }
  client_.writer->Close();
  EXPECT_EQ(loop_.RunUntilComplete(accepted_.reader->Read()).value(), "");
}

// The client's hello comes with its last line: the server must not lose it.
TEST_F(TlsStreamTest, WhatIsBufferedBelongsToTheHandshake) {
  ConnectInTheClear();
  client_.writer->Write("STARTTLS\n");
  auto client = Spawn(
      loop_, client_.writer->StartTls(
                 TlsOptions(ClientContext()).set_server_hostname("localhost")));
  Settle();  // All of it is in the server's reader now.
  EXPECT_EQ(loop_.RunUntilComplete(accepted_.reader->ReadLine()).value(),
            "STARTTLS\n");
  EXPECT_GT(accepted_.reader->buffered().size(), 100u);
  EXPECT_TRUE(
      loop_.RunUntilComplete(accepted_.writer->StartTls(ServerContext())).ok());
  EXPECT_TRUE(loop_.RunUntilDone(client).ok());
  ExpectEcho("over TLS\n");
}

// STARTTLS injection: what somebody in the middle appended in the clear.
TEST_F(TlsStreamTest, WhatIsInjectedIsNeverRead) {
  for (const bool into_client : {false, true}) {
    ConnectInTheClear();
    StreamPair& victim = into_client ? client_ : accepted_;
    StreamPair& other = into_client ? accepted_ : client_;
    other.writer->Write("go ahead\ninjected\n");
    EXPECT_EQ(loop_.RunUntilComplete(victim.reader->ReadLine()).value(),
              "go ahead\n");
    const absl::Status status = loop_.RunUntilComplete(victim.writer->StartTls(
        into_client
            ? TlsOptions(ClientContext()).set_server_hostname("localhost")
            : TlsOptions(ServerContext())));
    EXPECT_EQ(GetErrorKind(status), ErrorKind::kSsl) << status;
    EXPECT_EQ(victim.reader->buffered(), "");
    const auto rest = loop_.RunUntilComplete(victim.reader->Read());
    EXPECT_TRUE(!rest.ok() || rest->empty());
    accepted_ = StreamPair();
    client_ = StreamPair();
    server_->Close();
    Settle();
  }
}

TEST_F(TlsStreamTest, AFailedUpgradeClosesTheConnection) {
  ConnectInTheClear();
  const auto [client, server] = UpgradeBoth(
      TlsOptions(WrongClientContext()).set_server_hostname("localhost"),
      ServerContext());
  EXPECT_EQ(GetErrorKind(client), ErrorKind::kSslCertVerification);
  EXPECT_FALSE(server.ok());
  EXPECT_TRUE(client_.writer->IsClosing());
  EXPECT_TRUE(accepted_.writer->IsClosing());
}

TEST_F(TlsStreamTest, WithoutContext) {
  ConnectInTheClear();
  EXPECT_EQ(GetErrorKind(
                loop_.RunUntilComplete(client_.writer->StartTls(TlsOptions()))),
            ErrorKind::kType);
  ExpectEcho("nothing has happened\n");
}

TEST_F(TlsStreamTest, SendsWhatIsBufferedFirst) {
  ConnectInTheClear();
  const std::string bytes(8 << 20, 'x');
  client_.writer->Write(bytes);
  EXPECT_GT(client_.writer->transport()->GetWriteBufferSize(), 0u);
  auto client = Spawn(
      loop_, client_.writer->StartTls(
                 TlsOptions(ClientContext()).set_server_hostname("localhost")));
  EXPECT_EQ(loop_
                .RunUntilComplete(accepted_.reader->ReadExactly(
                    static_cast<int64_t>(bytes.size())))
                .value()
                .size(),
            bytes.size());
  EXPECT_TRUE(
      loop_.RunUntilComplete(accepted_.writer->StartTls(ServerContext())).ok());
  EXPECT_TRUE(loop_.RunUntilDone(client).ok());
}

TEST_F(TlsStreamTest, OnAConnectionThatIsClosed) {
  ConnectInTheClear();
  client_.writer->Close();
  EXPECT_EQ(GetErrorKind(loop_.RunUntilComplete(client_.writer->StartTls(
                TlsOptions(ClientContext()).set_server_hostname("localhost")))),
            ErrorKind::kConnectionReset);
}

TEST_F(TlsStreamTest, OnAConnectionThatIsLost) {
  ConnectInTheClear();
  client_.writer->Close();
  Settle();
  EXPECT_EQ(GetErrorKind(loop_.RunUntilComplete(client_.writer->StartTls(
                TlsOptions(ClientContext()).set_server_hostname("localhost")))),
            ErrorKind::kConnectionReset);
}

TEST_F(TlsStreamTest, CancelledOrDroppedInAnyTurnTheConnectionIsClosed) {
  for (int turns = 1; turns < 8; ++turns) {
    for (const bool is_cancelled : {true, false}) {
      ConnectInTheClear();
      auto upgrade = Spawn(
          loop_,
          client_.writer->StartTls(
              TlsOptions(ClientContext()).set_server_hostname("localhost")));
      for (int i = 0; i < turns; ++i) loop_.RunTurn(absl::ZeroDuration());
      ASSERT_FALSE(upgrade.done());
      if (is_cancelled) {
        upgrade.Cancel();
        EXPECT_TRUE(absl::IsCancelled(loop_.RunUntilDone(upgrade)));
      }
      upgrade.Reset();
      Settle();
      EXPECT_TRUE(client_.writer->IsClosing()) << turns;
      client_ = StreamPair();
      accepted_ = StreamPair();
      server_->Close();
      Settle();
      EXPECT_EQ(loop_.open_transports(), 0);
    }
  }
}

// However the handshake ends, who reads and who waits for the connection's end
// hear of it. CPython's wait for ever, if it is a time-out, a reset, or a
// cancellation.
TEST_F(TlsStreamTest, AFailedUpgradeEndsTheStream) {
  enum Way { kTimeout, kReset, kCancel };
  for (const Way way : {kTimeout, kReset, kCancel}) {
    ConnectInTheClear();
    auto reading = Spawn(loop_, ReadSome(*accepted_.reader));
    auto upgrade = Spawn(loop_, accepted_.writer->StartTls(ServerContext()));
    Settle();
    if (way == kTimeout) {
      loop_.AdvanceClock(absl::Seconds(61));
    } else if (way == kReset) {
      // What is unread makes it a reset.
      accepted_.writer->Write("unread");
      client_.writer->transport()->Abort();
    } else {
      upgrade.Cancel();
    }
    EXPECT_FALSE(loop_.RunUntilDone(upgrade).ok()) << way;
    accepted_.writer->Close();
    auto waiting = Spawn(loop_, accepted_.writer->WaitClosed());
    Settle();
    EXPECT_TRUE(waiting.done()) << way;
    EXPECT_TRUE(reading.done()) << way;
    client_ = StreamPair();
    accepted_ = StreamPair();
    server_->Close();
    Settle();
  }
}

TEST_F(TlsStreamTest, TheWriterMayGoMeanwhile) {
  for (int turns = 0; turns < 8; ++turns) {
    ConnectInTheClear();
    auto upgrade = Spawn(
        loop_,
        client_.writer->StartTls(
            TlsOptions(ClientContext()).set_server_hostname("localhost")));
    for (int i = 0; i < turns; ++i) loop_.RunTurn(absl::ZeroDuration());
    client_.writer = nullptr;
    EXPECT_FALSE(loop_.RunUntilDone(upgrade).ok());
    client_ = StreamPair();
    accepted_ = StreamPair();
    server_->Close();
    Settle();
    EXPECT_EQ(loop_.open_transports(), 0);
  }
}

}  // namespace
}  // namespace streams
