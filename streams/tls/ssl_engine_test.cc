// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_engine.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"
#include "streams/os/ssl_error.h"
#include "streams/testing/test_certificate.h"
#include "streams/tls/engine_pair.h"
#include "streams/tls/peer_certificate.h"

// Errors, and their words, are those of CPython 3.15.2 in the same situation.
namespace streams::internal {
namespace {

using Outcome = SslEngine::Outcome;

const TestAuthority& Authority() {
  static const TestAuthority* const authority =
      new TestAuthority("Test authority");
  return *authority;
}

std::shared_ptr<SslContext> ClientContext(
    const TestAuthority& authority = Authority()) {
  return SslContext::CreateDefault(
             Purpose::kServerAuth,
             VerifyLocations().set_cadata(authority.certificate()))
      .value();
}

std::shared_ptr<SslContext> ServerContext(const TestCertificate& certificate) {
  auto context = SslContext::CreateDefault(Purpose::kClientAuth).value();
  EXPECT_TRUE(
      context->LoadCertChainPem(certificate.certificate, certificate.key, "")
          .ok());
  return context;
}

std::shared_ptr<SslContext> ServerContext() {
  return ServerContext(Authority().Issue(TestCertificateOptions()));
}

void ExpectError(const absl::Status& error, ErrorKind kind,
                 absl::string_view message) {
  EXPECT_EQ(GetErrorKind(error), kind) << error.message();
  EXPECT_EQ(error.message(), message);
}

// What the client says of a server's certificate; and, to its alert, the
// server.
void ExpectRefused(const TestCertificate& certificate,
                   const std::string& server_hostname, int verify_code,
                   const std::string& verify_message,
                   const std::string& alert) {
  EnginePair pair(ClientContext(), ServerContext(certificate), server_hostname);
  EXPECT_FALSE(pair.Handshake());
  const absl::Status& error = pair.client().error();
  ExpectError(error, ErrorKind::kSslCertVerification,
              "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: " +
                  verify_message);
  ASSERT_TRUE(GetSslError(error).has_value());
  EXPECT_EQ(GetSslError(error)->library, "SSL");
  EXPECT_EQ(GetSslError(error)->reason, "CERTIFICATE_VERIFY_FAILED");
  EXPECT_EQ(GetSslError(error)->verify_code, verify_code);
  EXPECT_EQ(GetSslError(error)->verify_message, verify_message);
  EXPECT_EQ(GetErrno(error), 1);
  ASSERT_TRUE(GetSslError(pair.server().error()).has_value());
  EXPECT_EQ(GetSslError(pair.server().error())->reason, alert);
}

TEST(SslEngineTest, BothWays) {
  EnginePair pair(ClientContext(), ServerContext(), "localhost");
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
  EnginePair pair(ClientContext(), ServerContext(), "localhost");
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
}

TEST(SslEngineTest, DataInsteadOfCloseNotify) {
  EnginePair pair(ClientContext(), ServerContext(), "localhost");
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
  EnginePair pair(ClientContext(), ServerContext(), "localhost");
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
    EnginePair pair(ClientContext(), ServerContext(), "localhost");
    ASSERT_TRUE(pair.Handshake());
    pair.server().Keep(text);
    EXPECT_EQ(ReadText(pair.server()), "");
    ExpectError(pair.server().error(), ErrorKind::kSsl,
                "[SSL: RECORD_LAYER_FAILURE] record layer failure");
  }
}

// --- Certificates ---

TEST(SslEngineTest, CertificatesThatAreRefused) {
  const TestAuthority other("Other authority");
  TestCertificateOptions options;
  ExpectRefused(other.Issue(options), "localhost", 20,
                "unable to get local issuer certificate",
                "TLSV1_ALERT_UNKNOWN_CA");
  ExpectRefused(TestAuthority::IssueSelfSigned(options), "localhost", 18,
                "self-signed certificate", "TLSV1_ALERT_UNKNOWN_CA");
  ExpectRefused(Authority().Issue(
                    TestCertificateOptions().set_valid_until(-absl::Hours(1))),
                "localhost", 10, "certificate has expired",
                "SSLV3_ALERT_CERTIFICATE_EXPIRED");
  ExpectRefused(Authority().Issue(
                    TestCertificateOptions().set_valid_from(absl::Hours(1))),
                "localhost", 9,
                "certificate is not yet valid or the system clock is incorrect",
                "SSLV3_ALERT_CERTIFICATE_EXPIRED");
  ExpectRefused(
      Authority().Issue(
          TestCertificateOptions().set_extended_key_usage("clientAuth")),
      "localhost", 26, "unsuitable certificate purpose",
      "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE");
  ExpectRefused(
      Authority().Issue(
          TestCertificateOptions().set_authority_key_identifier(false)),
      "localhost", 85, "Missing Authority Key Identifier",
      "SSLV3_ALERT_CERTIFICATE_UNKNOWN");
}

TEST(SslEngineTest, NamesThatAreNotTheCertificates) {
  const TestCertificate certificate =
      Authority().Issue(TestCertificateOptions().set_alternative_names(
          "DNS:example.org,DNS:*.example.net,IP:10.0.0.1"));
  ExpectRefused(certificate, "other.org", 62,
                "Hostname mismatch, certificate is not valid for 'other.org'.",
                "SSLV3_ALERT_BAD_CERTIFICATE");
  ExpectRefused(certificate, "10.0.0.2", 64,
                "IP address mismatch, certificate is not valid for '10.0.0.2'.",
                "SSLV3_ALERT_BAD_CERTIFICATE");
  // One label, not two, and not none.
  ExpectRefused(
      certificate, "a.b.example.net", 62,
      "Hostname mismatch, certificate is not valid for 'a.b.example.net'.",
      "SSLV3_ALERT_BAD_CERTIFICATE");
  for (const char* const name :
       {"example.org", "EXAMPLE.org", "a.example.net", "10.0.0.1"}) {
    EnginePair pair(ClientContext(), ServerContext(certificate), name);
    EXPECT_TRUE(pair.Handshake()) << name;
  }
}

TEST(SslEngineTest, ASelfSignedCertificateCanBeTrusted) {
  const TestCertificate certificate =
      TestAuthority::IssueSelfSigned(TestCertificateOptions());
  const auto locations = VerifyLocations().set_cadata(certificate.certificate);
  const auto by_default =
      SslContext::CreateDefault(Purpose::kServerAuth, locations).value();
  EnginePair first(by_default, ServerContext(certificate), "localhost");
  EXPECT_TRUE(first.Handshake()) << first.client().error().message();
  const auto plain = SslContext::Client();
  ASSERT_TRUE(plain->LoadVerifyLocations(locations).ok());
  EnginePair second(plain, ServerContext(certificate), "localhost");
  EXPECT_TRUE(second.Handshake()) << second.client().error().message();
}

TEST(SslEngineTest, WithoutVerification) {
  auto context = SslContext::Client();
  context->set_check_hostname(false);
  ASSERT_TRUE(context->SetVerifyMode(VerifyMode::kNone).ok());
  EnginePair pair(
      context,
      ServerContext(TestAuthority::IssueSelfSigned(TestCertificateOptions())),
      std::nullopt);
  ASSERT_TRUE(pair.Handshake());
  const std::optional<PeerCertificate> certificate =
      pair.client().object().GetPeerCertificate();
  ASSERT_TRUE(certificate.has_value());
  EXPECT_FALSE(certificate->is_verified);
  EXPECT_FALSE(certificate->der.empty());
  EXPECT_TRUE(certificate->subject.empty());
}

TEST(SslEngineTest, ClientCertificates) {
  auto server = ServerContext();
  ASSERT_TRUE(server
                  ->LoadVerifyLocations(
                      VerifyLocations().set_cadata(Authority().certificate()))
                  .ok());
  ASSERT_TRUE(server->SetVerifyMode(VerifyMode::kRequired).ok());
  {
    EnginePair pair(ClientContext(), server, "localhost");
    EXPECT_FALSE(pair.Handshake());
    ExpectError(pair.server().error(), ErrorKind::kSsl,
                "[SSL: PEER_DID_NOT_RETURN_A_CERTIFICATE] peer did not return "
                "a certificate");
    // In TLS 1.3 the client believed that all was well.
    EXPECT_EQ(ReadText(pair.client()), "");
    ExpectError(pair.client().error(), ErrorKind::kSsl,
                "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert "
                "certificate required");
  }
  auto client = ClientContext();
  const TestCertificate certificate = Authority().Issue(
      TestCertificateOptions().set_common_name("me").set_extended_key_usage(
          "clientAuth"));
  ASSERT_TRUE(
      client->LoadCertChainPem(certificate.certificate, certificate.key, "")
          .ok());
  {
    EnginePair pair(client, server, "localhost");
    ASSERT_TRUE(pair.Handshake());
    const auto peer = pair.server().object().GetPeerCertificate();
    ASSERT_TRUE(peer.has_value());
    ASSERT_EQ(peer->subject.size(), 1u);
    EXPECT_EQ(peer->subject[0][0].first, "commonName");
    EXPECT_EQ(peer->subject[0][0].second, "me");
  }
  ASSERT_TRUE(server->SetVerifyMode(VerifyMode::kOptional).ok());
  EnginePair pair(ClientContext(), server, "localhost");
  EXPECT_TRUE(pair.Handshake());
  EXPECT_FALSE(pair.server().object().GetPeerCertificate().has_value());
}

// --- What is agreed on ---

TEST(SslEngineTest, VersionsThatDoNotMeet) {
  auto client = ClientContext();
  auto server = ServerContext();
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
  auto client = ClientContext();
  ASSERT_TRUE(client->SetMinimumVersion(TlsVersion::kTls1_0).ok());
  ASSERT_TRUE(client->SetMaximumVersion(TlsVersion::kTls1_1).ok());
  EnginePair pair(client, ServerContext(), "localhost");
  EXPECT_FALSE(pair.Handshake());
  ExpectError(pair.server().error(), ErrorKind::kSsl,
              "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol");
}

TEST(SslEngineTest, CiphersThatDoNotMeet) {
  auto client = ClientContext();
  auto server = ServerContext();
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

TEST(SslEngineTest, WhatTheObjectTells) {
  auto client = ClientContext();
  EnginePair pair(client, ServerContext(), "localhost");
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
  auto client = ClientContext();
  ASSERT_TRUE(client->SetMaximumVersion(TlsVersion::kTls1_2).ok());
  ASSERT_TRUE(client->SetCiphers("ECDHE-ECDSA-AES128-GCM-SHA256").ok());
  EnginePair pair(client, ServerContext(), "localhost");
  ASSERT_TRUE(pair.Handshake());
  EXPECT_EQ(pair.client().object().Version(), "TLSv1.2");
  const auto cipher = pair.client().object().Cipher();
  ASSERT_TRUE(cipher.has_value());
  EXPECT_EQ(cipher->name, "ECDHE-ECDSA-AES128-GCM-SHA256");
  EXPECT_EQ(cipher->protocol, "TLSv1.2");
  EXPECT_EQ(cipher->bits, 128);
}

TEST(SslEngineTest, AlpnTheServerChooses) {
  auto client = ClientContext();
  auto server = ServerContext();
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
  auto server = ServerContext();
  std::optional<std::string> asked = "nothing yet";
  server->SetServerNameCallback(
      [&asked](const std::optional<std::string>& name)
          -> absl::StatusOr<std::shared_ptr<SslContext>> {
        asked = name;
        if (name == "refused.org") return absl::NotFoundError("no such name");
        if (name != "example.org") return nullptr;
        // It lives on with the connection only.
        return ServerContext(Authority().Issue(
            TestCertificateOptions().set_alternative_names("DNS:example.org")));
      });
  EnginePair example(ClientContext(), server, "example.org");
  EXPECT_TRUE(example.Handshake()) << example.client().error().message();
  EXPECT_EQ(asked, "example.org");
  EnginePair localhost(ClientContext(), server, "localhost");
  EXPECT_TRUE(localhost.Handshake());
  // An address is never asked for (RFC 6066, 3).
  EnginePair address(ClientContext(), server, "127.0.0.1");
  EXPECT_TRUE(address.Handshake());
  EXPECT_EQ(asked, std::nullopt);
  EnginePair refused(ClientContext(), server, "refused.org");
  EXPECT_FALSE(refused.Handshake());
  ExpectError(refused.client().error(), ErrorKind::kSsl,
              "[SSL: TLSV1_UNRECOGNIZED_NAME] tlsv1 unrecognized name");
}

TEST(SslEngineTest, SessionsAreResumed) {
  auto client = ClientContext();
  for (const TlsVersion version : {TlsVersion::kTls1_2, TlsVersion::kTls1_3}) {
    ASSERT_TRUE(client->SetMaximumVersion(version).ok());
    auto server = ServerContext();
    EnginePair first(client, server, "localhost");
    ASSERT_TRUE(first.Handshake());
    // A ticket of TLS 1.3 comes with what the server writes.
    ASSERT_EQ(first.server().Write("x"), Outcome::kDone);
    Deliver(first.server(), first.client());
    EXPECT_EQ(ReadText(first.client()), "x");
    const auto session = first.client().object().Session();
    ASSERT_NE(session, nullptr);
    EnginePair second(client, server, "localhost", session.get());
    ASSERT_TRUE(second.Handshake());
    EXPECT_TRUE(second.client().object().SessionReused());
    EXPECT_TRUE(second.server().object().SessionReused());
    EXPECT_TRUE(second.client().object().GetPeerCertificate()->is_verified);
    // Another server does not know it.
    EnginePair third(client, ServerContext(), "localhost", session.get());
    ASSERT_TRUE(third.Handshake());
    EXPECT_FALSE(third.client().object().SessionReused());
  }
}

TEST(SslEngineTest, NoTickets) {
  auto server = ServerContext();
  server->set_session_tickets(false);
  EnginePair pair(ClientContext(), server, "localhost");
  ASSERT_TRUE(pair.Handshake());
  ASSERT_EQ(pair.server().Write("x"), Outcome::kDone);
  Deliver(pair.server(), pair.client());
  EXPECT_EQ(ReadText(pair.client()), "x");
  EXPECT_EQ(pair.client().object().Session(), nullptr);
}

// --- What cannot be a handshake ---

void ExpectServerRefuses(absl::string_view bytes, absl::string_view reason) {
  auto server =
      SslEngine::Create(ServerContext(), true, std::nullopt, nullptr).value();
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
      SslEngine::Create(ClientContext(), false, "localhost", nullptr).value();
  EXPECT_EQ(client->Handshake(), Outcome::kWantRead);
  client->Keep(absl::string_view("\x15\x03\x03\x00\x02\x02\x28", 7));
  EXPECT_EQ(client->Handshake(), Outcome::kFailed);
  ExpectError(client->error(), ErrorKind::kSsl,
              "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] ssl/tls alert handshake "
              "failure");
  // close_notify.
  client =
      SslEngine::Create(ClientContext(), false, "localhost", nullptr).value();
  EXPECT_EQ(client->Handshake(), Outcome::kWantRead);
  client->Keep(absl::string_view("\x15\x03\x03\x00\x02\x01\x00", 7));
  EXPECT_EQ(client->Handshake(), Outcome::kFailed);
  ExpectError(client->error(), ErrorKind::kSslZeroReturn,
              "TLS/SSL connection has been closed (EOF)");
}

// --- Names that cannot be asked for ---

void ExpectNameRefused(const std::optional<std::string>& name, ErrorKind kind,
                       absl::string_view message) {
  const absl::Status status =
      SslEngine::Create(ClientContext(), false, name, nullptr).status();
  ExpectError(status, kind, message);
}

TEST(SslEngineTest, ServerHostnamesThatAreRefused) {
  ExpectNameRefused(std::nullopt, ErrorKind::kValue,
                    "check_hostname requires server_hostname");
  ExpectNameRefused("", ErrorKind::kValue,
                    "server_hostname cannot be an empty string or start with "
                    "a leading dot.");
  ExpectNameRefused(".example.org", ErrorKind::kValue, "label empty");
  ExpectNameRefused("a..b", ErrorKind::kValue, "label empty");
  ExpectNameRefused(std::string(64, 'x') + ".de", ErrorKind::kValue,
                    "label too long");
  ExpectNameRefused(
      std::string("a\0b", 3), ErrorKind::kType,
      "argument must be encoded string without null bytes, not str");
  for (const char* const name : {"x.", "a_b", "::1", "1.2.3.4", "-x"}) {
    EXPECT_TRUE(SslEngine::Create(ClientContext(), false, name, nullptr).ok())
        << name;
  }
}

TEST(SslEngineTest, ContextsOfTheOtherRole) {
  EXPECT_EQ(
      GetErrorKind(
          SslEngine::Create(ServerContext(), false, "x", nullptr).status()),
      ErrorKind::kSsl);
  EXPECT_EQ(GetErrorKind(
                SslEngine::Create(ClientContext(), true, std::nullopt, nullptr)
                    .status()),
            ErrorKind::kSsl);
}

}  // namespace
}  // namespace streams::internal
