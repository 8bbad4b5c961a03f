// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/signature_algorithms.h"

#include <cstdint>
#include <ios>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "openssl/nid.h"
#include "openssl/ssl.h"
#include "streams/os/ssl_error.h"
#include "streams/testing/test_certificate.h"
#include "streams/testing/tls_contexts.h"
#include "streams/tls/engine_pair.h"
#include "streams/tls/ssl_context.h"
#include "streams/tls/ssl_engine.h"

// Who agrees with whom is as in CPython 3.15.2 on Debian's OpenSSL 3.6.5, whose
// other end had set_ciphers("DEFAULT:@SECLEVEL=0"), set_server_sigalgs() and
// set_client_sigalgs(). How it is called there: docs/divergences.md.
namespace streams::internal {
namespace {

enum class Key : uint8_t { kP256, kP384, kP521, kEd25519, kRsa };

struct Algorithm {
  uint16_t number;
  Key key;
  TlsVersion version;
};

// In TLS 1.3 an algorithm has its curve, and PKCS #1 is no more.
constexpr Algorithm kBelieved[] = {
    {SSL_SIGN_ECDSA_SECP256R1_SHA256, Key::kP256, TlsVersion::kTls1_2},
    {SSL_SIGN_ECDSA_SECP256R1_SHA256, Key::kP256, TlsVersion::kTls1_3},
    {SSL_SIGN_ECDSA_SECP384R1_SHA384, Key::kP256, TlsVersion::kTls1_2},
    {SSL_SIGN_ECDSA_SECP384R1_SHA384, Key::kP384, TlsVersion::kTls1_3},
    {SSL_SIGN_ECDSA_SECP521R1_SHA512, Key::kP256, TlsVersion::kTls1_2},
    {SSL_SIGN_ECDSA_SECP521R1_SHA512, Key::kP521, TlsVersion::kTls1_3},
    {SSL_SIGN_ED25519, Key::kEd25519, TlsVersion::kTls1_2},
    {SSL_SIGN_ED25519, Key::kEd25519, TlsVersion::kTls1_3},
    {SSL_SIGN_RSA_PSS_RSAE_SHA256, Key::kRsa, TlsVersion::kTls1_2},
    {SSL_SIGN_RSA_PSS_RSAE_SHA256, Key::kRsa, TlsVersion::kTls1_3},
    {SSL_SIGN_RSA_PSS_RSAE_SHA384, Key::kRsa, TlsVersion::kTls1_3},
    {SSL_SIGN_RSA_PSS_RSAE_SHA512, Key::kRsa, TlsVersion::kTls1_3},
    {SSL_SIGN_RSA_PKCS1_SHA256, Key::kRsa, TlsVersion::kTls1_2},
    {SSL_SIGN_RSA_PKCS1_SHA384, Key::kRsa, TlsVersion::kTls1_2},
    {SSL_SIGN_RSA_PKCS1_SHA512, Key::kRsa, TlsVersion::kTls1_2},
};

// Nobody believes in SHA-1 in TLS 1.3: there is nothing to switch off.
constexpr Algorithm kSha1[] = {
    {SSL_SIGN_RSA_PKCS1_SHA1, Key::kRsa, TlsVersion::kTls1_2},
    {SSL_SIGN_ECDSA_SHA1, Key::kP256, TlsVersion::kTls1_2},
};

TestCertificateOptions OptionsOf(Key key) {
  TestCertificateOptions options;
  switch (key) {
    case Key::kP256:
      break;
    case Key::kP384:
      return options.set_ec_curve(NID_secp384r1);
    case Key::kP521:
      return options.set_ec_curve(NID_secp521r1);
    case Key::kEd25519:
      return options.set_ed25519(true);
    case Key::kRsa:
      return options.set_rsa_bits(2048);
  }
  return options;
}

// For either role; made once, since a key of RSA takes its time.
const TestCertificate& CertificateOf(Key key) {
  static auto* const certificates = new std::map<Key, TestCertificate>();
  const auto found = certificates->find(key);
  if (found != certificates->end()) return found->second;
  return (*certificates)[key] = DefaultTestAuthority().Issue(
             OptionsOf(key).set_extended_key_usage("serverAuth,clientAuth"));
}

// Of SSLContext() or of create_default_context().
enum class Kind : uint8_t { kPlain, kDefault };

constexpr Kind kKinds[] = {Kind::kPlain, Kind::kDefault};

// Trusts the authority; has a certificate of such a key.
std::shared_ptr<SslContext> Make(Kind kind, Purpose purpose,
                                 const Algorithm& algorithm) {
  const bool is_server = purpose == Purpose::kClientAuth;
  std::shared_ptr<SslContext> context;
  if (kind == Kind::kDefault) {
    context = SslContext::CreateDefault(purpose).value();
  } else {
    context = is_server ? SslContext::Server() : SslContext::Client();
  }
  EXPECT_TRUE(context
                  ->LoadVerifyLocations(VerifyLocations().set_cadata(
                      DefaultTestAuthority().certificate()))
                  .ok());
  const TestCertificate& certificate = CertificateOf(algorithm.key);
  EXPECT_TRUE(
      context->LoadCertChainPem(certificate.certificate, certificate.key, "")
          .ok());
  EXPECT_TRUE(context->SetMaximumVersion(algorithm.version).ok());
  return context;
}

// A peer that knows but one algorithm: to sign, and to verify.
void SignOnly(const SslContext& context, uint16_t number) {
  ASSERT_EQ(SSL_CTX_set_signing_algorithm_prefs(context.native(), &number, 1),
            1);
}
void VerifyOnly(const SslContext& context, uint16_t number) {
  ASSERT_EQ(SSL_CTX_set_verify_algorithm_prefs(context.native(), &number, 1),
            1);
}

class SignatureAlgorithmsTest : public testing::TestWithParam<Kind> {
 protected:
  std::shared_ptr<SslContext> Client(const Algorithm& algorithm) {
    return Make(GetParam(), Purpose::kServerAuth, algorithm);
  }
  std::shared_ptr<SslContext> Server(const Algorithm& algorithm) {
    return Make(GetParam(), Purpose::kClientAuth, algorithm);
  }
};

INSTANTIATE_TEST_SUITE_P(Contexts, SignatureAlgorithmsTest,
                         testing::ValuesIn(kKinds));

TEST_P(SignatureAlgorithmsTest, AClientBelievesAServer) {
  for (const Algorithm& algorithm : kBelieved) {
    const auto server = Server(algorithm);
    SignOnly(*server, algorithm.number);
    EnginePair pair(Client(algorithm), server, "localhost");
    EXPECT_TRUE(pair.Handshake()) << std::hex << algorithm.number << " "
                                  << pair.client().error().message();
  }
}

TEST_P(SignatureAlgorithmsTest, AServerSigns) {
  for (const Algorithm& algorithm : kBelieved) {
    const auto client = Client(algorithm);
    VerifyOnly(*client, algorithm.number);
    EnginePair pair(client, Server(algorithm), "localhost");
    EXPECT_TRUE(pair.Handshake()) << std::hex << algorithm.number << " "
                                  << pair.server().error().message();
  }
}

TEST_P(SignatureAlgorithmsTest, AServerBelievesAClient) {
  for (const Algorithm& algorithm : kBelieved) {
    const auto server = Server(algorithm);
    ASSERT_TRUE(server->SetVerifyMode(VerifyMode::kRequired).ok());
    const auto client = Client(algorithm);
    SignOnly(*client, algorithm.number);
    EnginePair pair(client, server, "localhost");
    EXPECT_TRUE(pair.Handshake()) << std::hex << algorithm.number << " "
                                  << pair.server().error().message();
  }
}

TEST_P(SignatureAlgorithmsTest, AClientSigns) {
  for (const Algorithm& algorithm : kBelieved) {
    const auto server = Server(algorithm);
    ASSERT_TRUE(server->SetVerifyMode(VerifyMode::kRequired).ok());
    VerifyOnly(*server, algorithm.number);
    EnginePair pair(Client(algorithm), server, "localhost");
    EXPECT_TRUE(pair.Handshake()) << std::hex << algorithm.number << " "
                                  << pair.client().error().message();
  }
}

std::string Reason(SslEngine& engine) {
  const auto error = GetSslError(engine.error());
  return error.has_value() ? error->reason : "none";
}

// The server finds nothing that it could sign with.
void ExpectServerGivesUp(EnginePair& pair) {
  ASSERT_FALSE(pair.Handshake());
  EXPECT_EQ(Reason(pair.server()), "NO_SUITABLE_SIGNATURE_ALGORITHM");
  EXPECT_EQ(Reason(pair.client()), "SSLV3_ALERT_HANDSHAKE_FAILURE");
}

TEST_P(SignatureAlgorithmsTest, AClientDoesNotOfferSha1) {
  for (const Algorithm& algorithm : kSha1) {
    const auto server = Server(algorithm);
    SignOnly(*server, algorithm.number);
    EnginePair pair(Client(algorithm), server, "localhost");
    ExpectServerGivesUp(pair);
  }
}

TEST_P(SignatureAlgorithmsTest, AServerDoesNotSignWithSha1) {
  for (const Algorithm& algorithm : kSha1) {
    const auto client = Client(algorithm);
    VerifyOnly(*client, algorithm.number);
    EnginePair pair(client, Server(algorithm), "localhost");
    ExpectServerGivesUp(pair);
  }
}

// The client finds nothing.
void ExpectClientGivesUp(EnginePair& pair) {
  ASSERT_FALSE(pair.Handshake());
  EXPECT_EQ(Reason(pair.client()), "NO_SUITABLE_SIGNATURE_ALGORITHM");
}

TEST_P(SignatureAlgorithmsTest, AServerDoesNotAskForSha1) {
  for (const Algorithm& algorithm : kSha1) {
    const auto server = Server(algorithm);
    ASSERT_TRUE(server->SetVerifyMode(VerifyMode::kRequired).ok());
    const auto client = Client(algorithm);
    SignOnly(*client, algorithm.number);
    EnginePair pair(client, server, "localhost");
    ExpectClientGivesUp(pair);
  }
}

TEST_P(SignatureAlgorithmsTest, AClientDoesNotSignWithSha1) {
  for (const Algorithm& algorithm : kSha1) {
    const auto server = Server(algorithm);
    ASSERT_TRUE(server->SetVerifyMode(VerifyMode::kRequired).ok());
    VerifyOnly(*server, algorithm.number);
    EnginePair pair(Client(algorithm), server, "localhost");
    ExpectClientGivesUp(pair);
  }
}

// The context that a server name leads to signs, and it has its own list.
TEST(SignatureAlgorithmsOfServerNamesTest, NoSha1Either) {
  for (const Algorithm& algorithm : kSha1) {
    const auto server = Make(Kind::kPlain, Purpose::kClientAuth, algorithm);
    const auto other = Make(Kind::kPlain, Purpose::kClientAuth, algorithm);
    server->SetServerNameCallback(
        [&other](const std::optional<std::string>&)
            -> absl::StatusOr<std::shared_ptr<SslContext>> { return other; });
    const auto client = Make(Kind::kDefault, Purpose::kServerAuth, algorithm);
    VerifyOnly(*client, algorithm.number);
    EnginePair pair(client, server, "localhost");
    ExpectServerGivesUp(pair);
  }
}

}  // namespace
}  // namespace streams::internal
