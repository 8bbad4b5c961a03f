// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/certificate_verification.h"

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
#include "openssl/bio.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "streams/os/error.h"
#include "streams/os/ssl_error.h"
#include "streams/testing/test_certificate.h"
#include "streams/testing/tls_contexts.h"
#include "streams/tls/engine_pair.h"
#include "streams/tls/openssl_error.h"
#include "streams/tls/peer_certificate.h"
#include "streams/tls/ssl_engine.h"

// Errors, and their words, are those of CPython 3.15.2 in the same situation.
namespace streams::internal {
namespace {

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
  EnginePair pair(TestClientContext(), TestServerContext(certificate),
                  server_hostname);
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

TEST(CertificateVerificationTest, CertificatesThatAreRefused) {
  const TestAuthority other("Other authority");
  TestCertificateOptions options;
  ExpectRefused(other.Issue(options), "localhost", 20,
                "unable to get local issuer certificate",
                "TLSV1_ALERT_UNKNOWN_CA");
  ExpectRefused(TestAuthority::IssueSelfSigned(options), "localhost", 18,
                "self-signed certificate", "TLSV1_ALERT_UNKNOWN_CA");
  ExpectRefused(DefaultTestAuthority().Issue(
                    TestCertificateOptions().set_valid_until(-absl::Hours(1))),
                "localhost", 10, "certificate has expired",
                "SSLV3_ALERT_CERTIFICATE_EXPIRED");
  ExpectRefused(DefaultTestAuthority().Issue(
                    TestCertificateOptions().set_valid_from(absl::Hours(1))),
                "localhost", 9,
                "certificate is not yet valid or the system clock is incorrect",
                "SSLV3_ALERT_CERTIFICATE_EXPIRED");
  ExpectRefused(
      DefaultTestAuthority().Issue(
          TestCertificateOptions().set_extended_key_usage("clientAuth")),
      "localhost", 26, "unsuitable certificate purpose",
      "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE");
  ExpectRefused(
      DefaultTestAuthority().Issue(
          TestCertificateOptions().set_authority_key_identifier(false)),
      "localhost", 85, "Missing Authority Key Identifier",
      "SSLV3_ALERT_CERTIFICATE_UNKNOWN");
}

TEST(CertificateVerificationTest, WeakKeysAndSignatures) {
  ExpectRefused(
      DefaultTestAuthority().Issue(TestCertificateOptions().set_sha1(true)),
      "localhost", 68, "CA signature digest algorithm too weak",
      "SSLV3_ALERT_CERTIFICATE_UNKNOWN");
  const TestCertificate strong =
      DefaultTestAuthority().Issue(TestCertificateOptions().set_rsa_bits(2048));
  EnginePair pair(TestClientContext(), TestServerContext(strong), "localhost");
  EXPECT_TRUE(pair.Handshake());
  // Our own server would not have it, so it is looked at by itself.
  const TestCertificate weak =
      DefaultTestAuthority().Issue(TestCertificateOptions().set_rsa_bits(1024));
  const absl::Status status =
      SslContext::Server()->LoadCertChainPem(weak.certificate, weak.key, "");
  ExpectError(status, ErrorKind::kSsl,
              "[SSL: EE_KEY_TOO_SMALL] ee key too small");
  const bssl::UniquePtr<BIO> bio(BIO_new_mem_buf(
      weak.certificate.data(), static_cast<int>(weak.certificate.size())));
  bssl::UniquePtr<X509> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  const bssl::UniquePtr<STACK_OF(X509)> chain(sk_X509_new_null());
  ASSERT_TRUE(bssl::PushToStack(chain.get(), std::move(certificate)));
  EXPECT_EQ(CheckStrength(chain.get()), 66);
  EXPECT_EQ(VerifyErrorWords(66), "EE certificate key too weak");
}

TEST(CertificateVerificationTest, NamesThatAreNotTheCertificates) {
  const TestCertificate certificate = DefaultTestAuthority().Issue(
      TestCertificateOptions().set_alternative_names(
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
  // A name that begins as an address does is a name.
  ExpectRefused(
      certificate, "10.0.0.1.evil.org", 62,
      "Hostname mismatch, certificate is not valid for '10.0.0.1.evil.org'.",
      "SSLV3_ALERT_BAD_CERTIFICATE");
  for (const char* const name :
       {"example.org", "EXAMPLE.org", "a.example.net", "10.0.0.1"}) {
    EnginePair pair(TestClientContext(), TestServerContext(certificate), name);
    EXPECT_TRUE(pair.Handshake()) << name;
  }
}

TEST(CertificateVerificationTest, ASelfSignedCertificateCanBeTrusted) {
  const TestCertificate certificate =
      TestAuthority::IssueSelfSigned(TestCertificateOptions());
  const auto locations = VerifyLocations().set_cadata(certificate.certificate);
  const auto by_default =
      SslContext::CreateDefault(Purpose::kServerAuth, locations).value();
  EnginePair first(by_default, TestServerContext(certificate), "localhost");
  EXPECT_TRUE(first.Handshake()) << first.client().error().message();
  const auto plain = SslContext::Client();
  ASSERT_TRUE(plain->LoadVerifyLocations(locations).ok());
  EnginePair second(plain, TestServerContext(certificate), "localhost");
  EXPECT_TRUE(second.Handshake()) << second.client().error().message();
}

TEST(CertificateVerificationTest, ATrustedCertificateNeedsNoRootByDefault) {
  const TestCertificate certificate =
      DefaultTestAuthority().Issue(TestCertificateOptions());
  const auto locations = VerifyLocations().set_cadata(certificate.certificate);
  const auto by_default =
      SslContext::CreateDefault(Purpose::kServerAuth, locations).value();
  EnginePair first(by_default, TestServerContext(certificate), "localhost");
  EXPECT_TRUE(first.Handshake()) << first.client().error().message();
  const auto plain = SslContext::Client();
  ASSERT_TRUE(plain->LoadVerifyLocations(locations).ok());
  EnginePair second(plain, TestServerContext(certificate), "localhost");
  EXPECT_FALSE(second.Handshake());
}

TEST(CertificateVerificationTest, WithoutVerification) {
  auto context = SslContext::Client();
  context->set_check_hostname(false);
  ASSERT_TRUE(context->SetVerifyMode(VerifyMode::kNone).ok());
  EnginePair pair(context,
                  TestServerContext(
                      TestAuthority::IssueSelfSigned(TestCertificateOptions())),
                  std::nullopt);
  ASSERT_TRUE(pair.Handshake());
  const std::optional<PeerCertificate> certificate =
      pair.client().object().GetPeerCertificate();
  ASSERT_TRUE(certificate.has_value());
  EXPECT_FALSE(certificate->is_verified);
  EXPECT_FALSE(certificate->der.empty());
  EXPECT_TRUE(certificate->subject.empty());
}

TEST(CertificateVerificationTest, ClientCertificates) {
  auto server = TestServerContext();
  ASSERT_TRUE(server
                  ->LoadVerifyLocations(VerifyLocations().set_cadata(
                      DefaultTestAuthority().certificate()))
                  .ok());
  ASSERT_TRUE(server->SetVerifyMode(VerifyMode::kRequired).ok());
  {
    EnginePair pair(TestClientContext(), server, "localhost");
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
  auto client = TestClientContext();
  const TestCertificate certificate = DefaultTestAuthority().Issue(
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
  EnginePair without(TestClientContext(), server, "localhost");
  EXPECT_TRUE(without.Handshake());
  EXPECT_FALSE(without.server().object().GetPeerCertificate().has_value());
  EnginePair with(client, server, "localhost");
  EXPECT_TRUE(with.Handshake());
  EXPECT_TRUE(with.server().object().GetPeerCertificate().has_value());
}

// --- Names that cannot be asked for ---

void ExpectNameRefused(const std::optional<std::string>& name, ErrorKind kind,
                       absl::string_view message) {
  const absl::Status status =
      SslEngine::Create(TestClientContext(), false, name, nullptr).status();
  ExpectError(status, kind, message);
}

TEST(CertificateVerificationTest, ServerHostnamesThatAreRefused) {
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
    EXPECT_TRUE(
        SslEngine::Create(TestClientContext(), false, name, nullptr).ok())
        << name;
  }
}

}  // namespace
}  // namespace streams::internal
