// SPDX-License-Identifier: Apache-2.0

// TLS from the first byte on: the argument ssl.

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/streams.h"
#include "streams/tls_stream_fixture.h"

namespace streams {
namespace {

using testing::HasSubstr;

TEST_F(TlsStreamTest, ConnectsAndServes) {
  Serve(ServerContext());
  const auto context = ClientContext();
  ASSERT_TRUE(Connect(OpenConnectionOptions().set_ssl(context)).ok());
  RunUntil([this] { return accepted_.writer != nullptr; });
  ExpectEcho("over TLS\n");
  const SslObject* const ssl_object = client_.writer->GetSslObject();
  ASSERT_NE(ssl_object, nullptr);
  EXPECT_EQ(ssl_object->Version(), "TLSv1.3");
  EXPECT_EQ(ssl_object->context(), context);
  EXPECT_EQ(ssl_object->server_hostname(), "127.0.0.1");
  EXPECT_TRUE(ssl_object->GetPeerCertificate().has_value());
  EXPECT_EQ(client_.writer->GetPeerName()->port(), port_);
  EXPECT_NE(client_.writer->GetSocket(), nullptr);
  EXPECT_FALSE(client_.writer->CanWriteEof());
  client_.writer->Close();
  EXPECT_EQ(loop_.RunUntilComplete(accepted_.reader->Read()).value(), "");
  EXPECT_TRUE(loop_.RunUntilComplete(client_.writer->WaitClosed()).ok());
}

TEST_F(TlsStreamTest, TheServersNameMustFit) {
  Serve(ServerContext());
  const absl::Status status = Connect(OpenConnectionOptions().set_ssl(
      TlsOptions(ClientContext()).set_server_hostname("example.org")));
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kSslCertVerification);
  Settle();
  EXPECT_EQ(accepted_.writer, nullptr);  // The callback comes after it only.
  EXPECT_THAT(exceptions_, testing::IsEmpty());
}

TEST_F(TlsStreamTest, AServerThatIsNotTrusted) {
  Serve(ServerContext());
  EXPECT_EQ(GetErrorKind(
                Connect(OpenConnectionOptions().set_ssl(WrongClientContext()))),
            ErrorKind::kSslCertVerification);
}

TEST_F(TlsStreamTest, AClientThatSpeaksNoTls) {
  Serve(ServerContext());
  ASSERT_TRUE(Connect(OpenConnectionOptions()).ok());
  client_.writer->Write("GET / HTTP/1.0\r\n\r\n");
  (void)loop_.RunUntilComplete(client_.reader->Read());
  EXPECT_EQ(accepted_.writer, nullptr);
  EXPECT_THAT(exceptions_, testing::IsEmpty());
  server_->Close();
  EXPECT_TRUE(loop_.RunUntilComplete(server_->WaitClosed()).ok());
}

TEST_F(TlsStreamTest, ArgumentsThatMeanNothing) {
  const auto message = [this](TlsOptions ssl) {
    return std::string(
        Connect(OpenConnectionOptions().set_ssl(std::move(ssl))).message());
  };
  EXPECT_EQ(message(TlsOptions().set_server_hostname("x")),
            "server_hostname is only meaningful with ssl");
  EXPECT_EQ(message(TlsOptions().set_handshake_timeout(absl::Seconds(1))),
            "ssl_handshake_timeout is only meaningful with ssl");
  EXPECT_EQ(message(TlsOptions().set_shutdown_timeout(absl::Seconds(1))),
            "ssl_shutdown_timeout is only meaningful with ssl");
}

TEST_F(TlsStreamTest, ASocketHasNoName) {
  auto sockets = StreamSocket::CreatePair().value();
  const auto socket = std::make_shared<StreamSocket>(std::move(sockets.first));
  const auto refused = loop_.RunUntilComplete(OpenConnection(
      loop_,
      OpenConnectionOptions().set_socket(socket).set_ssl(ClientContext())));
  EXPECT_EQ(refused.status().message(),
            "You must set server_hostname when using ssl without a host");
  EXPECT_TRUE(socket->valid());
  const auto unix_refused = loop_.RunUntilComplete(OpenUnixConnection(
      loop_,
      OpenUnixConnectionOptions().set_socket(socket).set_ssl(ClientContext())));
  EXPECT_EQ(unix_refused.status().message(),
            "you have to pass server_hostname when using ssl");
}

TEST_F(TlsStreamTest, ATimeOutThatIsNoneClosesTheSocket) {
  auto sockets = StreamSocket::CreatePair().value();
  const auto socket = std::make_shared<StreamSocket>(std::move(sockets.first));
  const auto refused = loop_.RunUntilComplete(OpenConnection(
      loop_, OpenConnectionOptions().set_socket(socket).set_ssl(
                 TlsOptions(ClientContext())
                     .set_server_hostname("localhost")
                     .set_handshake_timeout(absl::ZeroDuration()))));
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("ssl_handshake_timeout should be a positive number"));
  EXPECT_FALSE(socket->valid());
}

TEST_F(TlsStreamTest, DroppedInAnyTurnLeavesNothingOpen) {
  Serve(ServerContext());
  for (int turns = 0; turns < 20; ++turns) {
    auto opening =
        Spawn(loop_,
              OpenConnection(loop_, "127.0.0.1", port_,
                             OpenConnectionOptions().set_ssl(ClientContext())));
    for (int i = 0; i < turns && !opening.done(); ++i) {
      loop_.RunTurn(absl::ZeroDuration());
    }
    if (opening.done()) opening.TakeResult().value().writer->Close();
    opening.Reset();
    Settle();
    accepted_ = StreamPair();
    Settle();
    EXPECT_EQ(loop_.open_transports(), 0) << "after turn " << turns;
  }
}

TEST_F(TlsStreamTest, AHandshakeThatNobodyAnswers) {
  Serve(TlsOptions());
  const absl::Status status = Connect(OpenConnectionOptions().set_ssl(
      TlsOptions(ClientContext())
          .set_handshake_timeout(absl::Milliseconds(20))));
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kConnectionAborted);
}

// --- Servers ---

TEST_F(TlsStreamTest, ClientsOfAServerAreClosedAndAborted) {
  for (const bool aborts : {false, true}) {
    Serve(ServerContext());
    ASSERT_TRUE(Connect(OpenConnectionOptions().set_ssl(ClientContext())).ok());
    RunUntil([this] { return accepted_.writer != nullptr; });
    server_->Close();
    auto closed = Spawn(loop_, server_->WaitClosed());
    Settle();
    EXPECT_FALSE(closed.done());
    if (aborts) {
      server_->AbortClients();
    } else {
      server_->CloseClients();
    }
    EXPECT_TRUE(loop_.RunUntilDone(closed).ok());
    // As asyncio does: without close_notify, which is an EOF to the peer.
    EXPECT_EQ(loop_.RunUntilComplete(client_.reader->Read()).value(), "");
    accepted_ = StreamPair();
    client_.writer->Close();
  }
}

// Drain() gives way to the turn in which it is closed.
TEST_F(TlsStreamTest, AWriterThatIsClosingSaysSo) {
  Serve(ServerContext());
  ASSERT_TRUE(
      Connect(OpenConnectionOptions().set_ssl(
                  TlsOptions(ClientContext()).set_server_hostname("localhost")))
          .ok());
  EXPECT_FALSE(client_.writer->IsClosing());
  auto open_drain = Spawn(loop_, client_.writer->Drain());
  loop_.RunReady();
  EXPECT_TRUE(open_drain.done());
  client_.writer->Close();
  EXPECT_TRUE(client_.writer->IsClosing());
  auto drain = Spawn(loop_, client_.writer->Drain());
  loop_.RunReady();
  EXPECT_FALSE(drain.done());
  loop_.RunReady();
  EXPECT_TRUE(drain.done());
}

TEST_F(TlsStreamTest, AbortingTakesThoseAlongThatShakeHands) {
  Serve(ServerContext());
  ASSERT_TRUE(Connect(OpenConnectionOptions()).ok());
  Settle();
  server_->Close();
  server_->AbortClients();
  EXPECT_TRUE(loop_.RunUntilComplete(server_->WaitClosed()).ok());
}

// A handler asks at the beginning, and tells at the end who it was.
TEST_F(TlsStreamTest, APeersNameThatWasGivenOutlastsTheConnection) {
  for (const bool is_upgraded : {true, false}) {
    const TlsOptions client_ssl =
        TlsOptions(ClientContext()).set_server_hostname("localhost");
    if (is_upgraded) {
      ConnectInTheClear();
    } else {
      Serve(ServerContext());
      ASSERT_TRUE(Connect(OpenConnectionOptions().set_ssl(client_ssl)).ok());
      RunUntil([this] { return accepted_.writer != nullptr; });
    }
    const SocketAddress* const name = accepted_.writer->GetPeerName();
    ASSERT_NE(name, nullptr);
    const StreamSocket* const socket = accepted_.writer->GetSocket();
    ASSERT_NE(socket, nullptr);
    if (is_upgraded) {
      const auto [client, server] = UpgradeBoth(client_ssl, ServerContext());
      ASSERT_TRUE(client.ok() && server.ok());
    }
    client_ = StreamPair();
    EXPECT_EQ(loop_.RunUntilComplete(accepted_.reader->Read()).value(), "");
    EXPECT_TRUE(loop_.RunUntilComplete(accepted_.writer->WaitClosed()).ok());
    Settle();
    EXPECT_EQ(name->host(), "127.0.0.1");
    EXPECT_FALSE(socket->valid());
    accepted_ = StreamPair();
    server_->Close();
  }
}

TEST_F(TlsStreamTest, OverAUnixSocket) {
  StreamPair accepted;
  const std::string path("\0asyncio-streams-tls-test", 25);
  const auto server =
      loop_
          .RunUntilComplete(StartUnixServer(
              loop_,
              [&accepted](std::unique_ptr<StreamReader> reader,
                          std::unique_ptr<StreamWriter> writer) {
                accepted = {std::move(reader), std::move(writer)};
              },
              path, StartUnixServerOptions().set_ssl(ServerContext())))
          .value();
  StreamPair client = loop_
                          .RunUntilComplete(OpenUnixConnection(
                              loop_, path,
                              OpenUnixConnectionOptions().set_ssl(
                                  TlsOptions(ClientContext())
                                      .set_server_hostname("localhost"))))
                          .value();
  client.writer->Write("hello\n");
  RunUntil([&accepted] { return accepted.writer != nullptr; });
  EXPECT_EQ(loop_.RunUntilComplete(accepted.reader->ReadLine()).value(),
            "hello\n");
  accepted.writer->Close();
  client.writer->Close();
  server->Close();
  EXPECT_TRUE(loop_.RunUntilComplete(server->WaitClosed()).ok());
}

}  // namespace
}  // namespace streams
