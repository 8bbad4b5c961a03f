// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_engine.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"
#include "streams/os/ssl_error.h"
#include "streams/testing/test_certificate.h"
#include "streams/testing/tls_contexts.h"
#include "streams/tls/engine_pair.h"
#include "streams/tls/peer_certificate.h"

// Errors, and their words, are those of CPython 3.15.2 in the same situation.
namespace streams::internal {
namespace {

using Outcome = SslEngine::Outcome;

void ExpectError(const absl::Status& error, ErrorKind kind,
                 absl::string_view message) {
  EXPECT_EQ(GetErrorKind(error), kind) << error.message();
  EXPECT_EQ(error.message(), message);
}

TEST(SslEngineTest, BothWays) {
  EnginePair pair(TestClientContext(), TestServerContext(), "localhost");
  ASSERT_TRUE(pair.Handshake());
  ASSERT_EQ(pair.client().Write("hello"), Outcome::kDone);
  Deliver(pair.client(), pair.server());
  EXPECT_EQ(ReadText(pair.server()), "hello");
  const std::string large(100000, 'x');
  ASSERT_EQ(pair.server().Write(large), Outcome::kDone);
  Deliver(pair.server(), pair.client());
  EXPECT_EQ(ReadText(pair.client()), large);
  EXPECT_EQ(pair.client().incoming_size(), 0u);
}

TEST(SslEngineTest, CloseNotifyBothWays) {
  EnginePair pair(TestClientContext(), TestServerContext(), "localhost");
  ASSERT_TRUE(pair.Handshake());
  EXPECT_EQ(pair.client().Shutdown(), Outcome::kWantRead);
  Deliver(pair.client(), pair.server());
  char byte;
  size_t count = 0;
  EXPECT_EQ(pair.server().Read(&byte, 1, count), Outcome::kClosed);
  // The other direction is open still.
  EXPECT_EQ(pair.server().Shutdown(), Outcome::kDone);
  Deliver(pair.server(), pair.client());
  EXPECT_EQ(pair.client().Shutdown(), Outcome::kDone);
  EXPECT_EQ(pair.client().Write("too late"), Outcome::kFailed);
}

TEST(SslEngineTest, DataInsteadOfCloseNotify) {
  EnginePair pair(TestClientContext(), TestServerContext(), "localhost");
  ASSERT_TRUE(pair.Handshake());
  EXPECT_EQ(pair.client().Shutdown(), Outcome::kWantRead);
  ASSERT_EQ(pair.server().Write("late"), Outcome::kDone);
  Deliver(pair.server(), pair.client());
  EXPECT_EQ(pair.client().Shutdown(), Outcome::kFailed);
  ExpectError(pair.client().error(), ErrorKind::kSsl,
              "[SSL: APPLICATION_DATA_AFTER_CLOSE_NOTIFY] application data "
              "after close notify");
}

TEST(SslEngineTest, ARecordThatWasChanged) {
  EnginePair pair(TestClientContext(), TestServerContext(), "localhost");
  ASSERT_TRUE(pair.Handshake());
  ReadText(pair.client());
  ASSERT_EQ(pair.server().Write("hello"), Outcome::kDone);
  std::string record(pair.server().TakeOutgoing().bytes());
  record.back() = static_cast<char>(record.back() ^ 1);
  pair.client().Keep(record);
  char buffer[100];
  size_t count = 0;
  EXPECT_EQ(pair.client().Read(buffer, sizeof buffer, count), Outcome::kFailed);
  ExpectError(pair.client().error(), ErrorKind::kSsl,
              "[SSL: RECORD_LAYER_FAILURE] record layer failure");
}

TEST(SslEngineTest, PlaintextAfterTheHandshake) {
  for (const char* const text : {"GET / HTTP/1.0\r\n\r\n", "hello world\r\n"}) {
    EnginePair pair(TestClientContext(), TestServerContext(), "localhost");
    ASSERT_TRUE(pair.Handshake());
    pair.server().Keep(text);
    EXPECT_EQ(ReadText(pair.server()), "");
    ExpectError(pair.server().error(), ErrorKind::kSsl,
                "[SSL: RECORD_LAYER_FAILURE] record layer failure");
  }
}

// --- What is agreed on ---

TEST(SslEngineTest, VersionsThatDoNotMeet) {
  auto client = TestClientContext();
  auto server = TestServerContext();
  ASSERT_TRUE(client->SetMaximumVersion(TlsVersion::kTls1_2).ok());
  ASSERT_TRUE(server->SetMinimumVersion(TlsVersion::kTls1_3).ok());
  EnginePair pair(client, server, "localhost");
  EXPECT_FALSE(pair.Handshake());
  ExpectError(pair.server().error(), ErrorKind::kSsl,
              "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol");
  ExpectError(pair.client().error(), ErrorKind::kSsl,
              "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol "
              "version");
}

TEST(SslEngineTest, OldVersionsAreRefusedByDefault) {
  auto client = TestClientContext();
  ASSERT_TRUE(client->SetMinimumVersion(TlsVersion::kTls1_0).ok());
  ASSERT_TRUE(client->SetMaximumVersion(TlsVersion::kTls1_1).ok());
  EnginePair pair(client, TestServerContext(), "localhost");
  EXPECT_FALSE(pair.Handshake());
  ExpectError(pair.server().error(), ErrorKind::kSsl,
              "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol");
}

TEST(SslEngineTest, CiphersThatDoNotMeet) {
  auto client = TestClientContext();
  auto server = TestServerContext();
  ASSERT_TRUE(client->SetMaximumVersion(TlsVersion::kTls1_2).ok());
  ASSERT_TRUE(client->SetCiphers("ECDHE-ECDSA-AES128-GCM-SHA256").ok());
  ASSERT_TRUE(server->SetCiphers("ECDHE-ECDSA-AES256-GCM-SHA384").ok());
  EnginePair pair(client, server, "localhost");
  EXPECT_FALSE(pair.Handshake());
  ExpectError(pair.server().error(), ErrorKind::kSsl,
              "[SSL: NO_SHARED_CIPHER] no shared cipher");
  ExpectError(pair.client().error(), ErrorKind::kSsl,
              "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] ssl/tls alert handshake "
              "failure");
}

TEST(SslEngineTest, OfCiphersTheServerChooses) {
  auto client = TestClientContext();
  auto server = TestServerContext();
  const std::string small = "ECDHE-ECDSA-AES128-GCM-SHA256";
  const std::string large = "ECDHE-ECDSA-AES256-GCM-SHA384";
  ASSERT_TRUE(client->SetMaximumVersion(TlsVersion::kTls1_2).ok());
  ASSERT_TRUE(client->SetCiphers(small + ":" + large).ok());
  ASSERT_TRUE(server->SetCiphers(large + ":" + small).ok());
  EnginePair pair(client, server, "localhost");
  ASSERT_TRUE(pair.Handshake());
  EXPECT_EQ(pair.client().object().Cipher()->name, large);
}

TEST(SslEngineTest, WhatTheObjectTells) {
  auto client = TestClientContext();
  EnginePair pair(client, TestServerContext(), "localhost");
  EXPECT_FALSE(pair.client().object().Cipher().has_value());
  ASSERT_TRUE(pair.Handshake());
  const SslObject& object = pair.client().object();
  EXPECT_EQ(object.Version(), "TLSv1.3");
  ASSERT_TRUE(object.Cipher().has_value());
  EXPECT_EQ(object.Cipher()->name.substr(0, 4), "TLS_");
  EXPECT_EQ(object.Cipher()->protocol, "TLSv1.3");
  EXPECT_GE(object.Cipher()->bits, 128);
  EXPECT_EQ(object.context(), client);
  EXPECT_EQ(object.server_hostname(), "localhost");
  EXPECT_FALSE(pair.server().object().server_hostname().has_value());
  EXPECT_FALSE(object.SelectedAlpnProtocol().has_value());
  EXPECT_FALSE(object.SessionReused());
  EXPECT_TRUE(object.GetPeerCertificate()->is_verified);
}

TEST(SslEngineTest, CipherNamesOfTls12AreOpenSsls) {
  auto client = TestClientContext();
  ASSERT_TRUE(client->SetMaximumVersion(TlsVersion::kTls1_2).ok());
  ASSERT_TRUE(client->SetCiphers("ECDHE-ECDSA-AES128-GCM-SHA256").ok());
  EnginePair pair(client, TestServerContext(), "localhost");
  ASSERT_TRUE(pair.Handshake());
  EXPECT_EQ(pair.client().object().Version(), "TLSv1.2");
  const auto cipher = pair.client().object().Cipher();
  ASSERT_TRUE(cipher.has_value());
  EXPECT_EQ(cipher->name, "ECDHE-ECDSA-AES128-GCM-SHA256");
  EXPECT_EQ(cipher->protocol, "TLSv1.2");
  EXPECT_EQ(cipher->bits, 128);
}

TEST(SslEngineTest, AlpnTheServerChooses) {
  auto client = TestClientContext();
  auto server = TestServerContext();
  ASSERT_TRUE(client->SetAlpnProtocols({"http/1.1", "h2"}).ok());
  ASSERT_TRUE(server->SetAlpnProtocols({"h2", "http/1.1"}).ok());
  EnginePair pair(client, server, "localhost");
  ASSERT_TRUE(pair.Handshake());
  EXPECT_EQ(pair.client().object().SelectedAlpnProtocol(), "h2");
  EXPECT_EQ(pair.server().object().SelectedAlpnProtocol(), "h2");
  // Nothing in common: none, but a connection.
  ASSERT_TRUE(server->SetAlpnProtocols({"imap"}).ok());
  EnginePair without(client, server, "localhost");
  ASSERT_TRUE(without.Handshake());
  EXPECT_FALSE(without.client().object().SelectedAlpnProtocol().has_value());
}

TEST(SslEngineTest, ServerNameChoosesTheCertificate) {
  auto server = TestServerContext();
  std::optional<std::string> asked = "nothing yet";
  server->SetServerNameCallback(
      [&asked](const std::optional<std::string>& name)
          -> absl::StatusOr<std::shared_ptr<SslContext>> {
        asked = name;
        if (name == "refused.org") return absl::NotFoundError("no such name");
        if (name != "example.org") return nullptr;
        // It lives on with the connection only.
        return TestServerContext(DefaultTestAuthority().Issue(
            TestCertificateOptions().set_alternative_names("DNS:example.org")));
      });
  EnginePair example(TestClientContext(), server, "example.org");
  EXPECT_TRUE(example.Handshake()) << example.client().error().message();
  EXPECT_EQ(asked, "example.org");
  EnginePair localhost(TestClientContext(), server, "localhost");
  EXPECT_TRUE(localhost.Handshake());
  // An address is never asked for (RFC 6066, 3).
  EnginePair address(TestClientContext(), server, "127.0.0.1");
  EXPECT_TRUE(address.Handshake());
  EXPECT_EQ(asked, std::nullopt);
  EnginePair refused(TestClientContext(), server, "refused.org");
  EXPECT_FALSE(refused.Handshake());
  ExpectError(refused.client().error(), ErrorKind::kSsl,
              "[SSL: TLSV1_UNRECOGNIZED_NAME] tlsv1 unrecognized name");
}

TEST(SslEngineTest, SessionsAreResumed) {
  auto client = TestClientContext();
  for (const TlsVersion version : {TlsVersion::kTls1_2, TlsVersion::kTls1_3}) {
    ASSERT_TRUE(client->SetMaximumVersion(version).ok());
    auto server = TestServerContext();
    EnginePair first(client, server, "localhost");
    ASSERT_TRUE(first.Handshake());
    // A ticket of TLS 1.3 comes behind the handshake, without any text.
    EXPECT_EQ(ReadText(first.client()), "");
    const auto session = first.client().object().Session();
    ASSERT_NE(session, nullptr);
    EnginePair second(client, server, "localhost", session.get());
    ASSERT_TRUE(second.Handshake());
    EXPECT_TRUE(second.client().object().SessionReused());
    EXPECT_TRUE(second.server().object().SessionReused());
    EXPECT_TRUE(second.client().object().GetPeerCertificate()->is_verified);
    // Another server does not know it.
    EnginePair third(client, TestServerContext(), "localhost", session.get());
    ASSERT_TRUE(third.Handshake());
    EXPECT_FALSE(third.client().object().SessionReused());
  }
}

// Resuming, nobody looks at certificates: a session must not carry the trust of
// one context into another.
TEST(SslEngineTest, SessionsOfAnotherContextAreRefused) {
  auto server = TestServerContext();
  auto trusting = SslContext::Client();
  trusting->set_check_hostname(false);
  ASSERT_TRUE(trusting->SetVerifyMode(VerifyMode::kNone).ok());
  EnginePair first(trusting, server, "localhost");
  ASSERT_TRUE(first.Handshake());
  EXPECT_EQ(ReadText(first.client()), "");
  const auto session = first.client().object().Session();
  ASSERT_NE(session, nullptr);
  ExpectError(
      SslEngine::Create(TestClientContext(), false, "localhost", session.get())
          .status(),
      ErrorKind::kValue, "Session refers to a different SSLContext.");
}

// One that shows another certificate, and asks for others', is another server.
TEST(SslEngineTest, SessionsOfAnotherServerNameAreNotResumed) {
  auto client = TestClientContext();
  client->set_check_hostname(false);
  for (const TlsVersion version : {TlsVersion::kTls1_2, TlsVersion::kTls1_3}) {
    ASSERT_TRUE(client->SetMaximumVersion(version).ok());
    auto server = TestServerContext();
    auto other = TestServerContext();
    server->SetServerNameCallback(
        [&other](const std::optional<std::string>& name)
            -> absl::StatusOr<std::shared_ptr<SslContext>> {
          return name == "other.org" ? other : nullptr;
        });
    EnginePair first(client, server, "localhost");
    ASSERT_TRUE(first.Handshake());
    EXPECT_EQ(ReadText(first.client()), "");
    const auto session = first.client().object().Session();
    ASSERT_NE(session, nullptr);
    EnginePair same(client, server, "localhost", session.get());
    ASSERT_TRUE(same.Handshake());
    EXPECT_TRUE(same.client().object().SessionReused());
    EnginePair second(client, server, "other.org", session.get());
    ASSERT_TRUE(second.Handshake()) << second.client().error().message();
    EXPECT_FALSE(second.client().object().SessionReused());
  }
}

TEST(SslEngineTest, NoTickets) {
  auto server = TestServerContext();
  server->set_session_tickets(false);
  EnginePair pair(TestClientContext(), server, "localhost");
  ASSERT_TRUE(pair.Handshake());
  EXPECT_EQ(pair.client().incoming_size(), 0u);
  ASSERT_EQ(pair.server().Write("x"), Outcome::kDone);
  Deliver(pair.server(), pair.client());
  EXPECT_EQ(ReadText(pair.client()), "x");
  EXPECT_EQ(pair.client().object().Session(), nullptr);

  server->set_session_tickets(true);
  EnginePair again(TestClientContext(), server, "localhost");
  ASSERT_TRUE(again.Handshake());
  ASSERT_EQ(again.server().Write("x"), Outcome::kDone);
  Deliver(again.server(), again.client());
  EXPECT_EQ(ReadText(again.client()), "x");
  EXPECT_NE(again.client().object().Session(), nullptr);
}

// --- What cannot be a handshake ---

void ExpectServerRefuses(absl::string_view bytes, absl::string_view reason) {
  auto server =
      SslEngine::Create(TestServerContext(), true, std::nullopt, nullptr)
          .value();
  EXPECT_EQ(server->Handshake(), Outcome::kWantRead);
  server->Keep(bytes);
  EXPECT_EQ(server->Handshake(), Outcome::kFailed);
  ASSERT_TRUE(GetSslError(server->error()).has_value());
  EXPECT_EQ(GetSslError(server->error())->reason, reason) << bytes;
}

TEST(SslEngineTest, PlaintextInsteadOfAHandshake) {
  ExpectServerRefuses("GET / HTTP/1.0\r\n\r\n", "HTTP_REQUEST");
  ExpectServerRefuses("CONNECT x HTTP/1.0\r\n\r\n", "HTTPS_PROXY_REQUEST");
  ExpectServerRefuses("hello world\r\n", "WRONG_VERSION_NUMBER");
  ExpectServerRefuses(absl::string_view("\x16\x03\x01\xff\xffhello", 10),
                      "RECORD_LAYER_FAILURE");
  ExpectServerRefuses(std::string(50, '\0'), "WRONG_VERSION_NUMBER");
  ExpectServerRefuses(absl::string_view("\x16\x03\x01\x00\x05h\0\0\1x", 10),
                      "UNEXPECTED_MESSAGE");
  ExpectServerRefuses(absl::string_view("\x17\x03\x03\x00\x05hello", 10),
                      "UNEXPECTED_MESSAGE");
}

TEST(SslEngineTest, AlertsDuringTheHandshake) {
  auto client =
      SslEngine::Create(TestClientContext(), false, "localhost", nullptr)
          .value();
  EXPECT_EQ(client->Handshake(), Outcome::kWantRead);
  client->Keep(absl::string_view("\x15\x03\x03\x00\x02\x02\x28", 7));
  EXPECT_EQ(client->Handshake(), Outcome::kFailed);
  ExpectError(client->error(), ErrorKind::kSsl,
              "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] ssl/tls alert handshake "
              "failure");
  // close_notify.
  client = SslEngine::Create(TestClientContext(), false, "localhost", nullptr)
               .value();
  EXPECT_EQ(client->Handshake(), Outcome::kWantRead);
  client->Keep(absl::string_view("\x15\x03\x03\x00\x02\x01\x00", 7));
  EXPECT_EQ(client->Handshake(), Outcome::kFailed);
  ExpectError(client->error(), ErrorKind::kSslZeroReturn,
              "TLS/SSL connection has been closed (EOF)");
}

TEST(SslEngineTest, ContextsOfTheOtherRole) {
  const auto error = [](std::shared_ptr<SslContext> context, bool server_side) {
    return SslEngine::Create(std::move(context), server_side, std::nullopt,
                             nullptr)
        .status();
  };
  ExpectError(error(TestServerContext(), false), ErrorKind::kSsl,
              "Cannot create a client socket with a PROTOCOL_TLS_SERVER "
              "context");
  const auto client = TestClientContext();
  ExpectError(error(client, true), ErrorKind::kValue,
              "check_hostname requires server_hostname");
  client->set_check_hostname(false);
  ExpectError(error(client, true), ErrorKind::kSsl,
              "Cannot create a server socket with a PROTOCOL_TLS_CLIENT "
              "context");
}

}  // namespace
}  // namespace streams::internal
