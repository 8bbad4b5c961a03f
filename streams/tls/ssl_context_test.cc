// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_context.h"

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "streams/os/error.h"
#include "streams/os/ssl_error.h"
#include "streams/testing/test_certificate.h"
#include "streams/tls/engine_pair.h"

// Errors, and their words, are those of CPython 3.15.2 for the same calls.
namespace streams {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const TestAuthority& Authority() {
  static const TestAuthority* const authority =
      new TestAuthority("Test authority");
  return *authority;
}

std::string WriteFile(const std::string& name, absl::string_view contents) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", name);
  std::ofstream(path) << contents;
  return path;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

void ExpectError(const absl::Status& error, ErrorKind kind, int error_number,
                 absl::string_view message) {
  EXPECT_EQ(GetErrorKind(error), kind) << error.message();
  EXPECT_EQ(GetErrno(error), error_number);
  EXPECT_EQ(error.message(), message);
}

TEST(SslContextTest, Defaults) {
  const auto client = SslContext::Client();
  EXPECT_FALSE(client->is_server());
  EXPECT_EQ(client->verify_mode(), VerifyMode::kRequired);
  EXPECT_TRUE(client->check_hostname());
  EXPECT_EQ(client->minimum_version(), TlsVersion::kTls1_2);
  EXPECT_EQ(client->maximum_version(), TlsVersion::kTls1_3);
  const auto server = SslContext::Server();
  EXPECT_TRUE(server->is_server());
  EXPECT_EQ(server->verify_mode(), VerifyMode::kNone);
  EXPECT_FALSE(server->check_hostname());
  EXPECT_TRUE(SslContext::CreateDefault(Purpose::kServerAuth).ok());
}

TEST(SslContextTest, CheckingNamesNeedsVerifying) {
  const auto context = SslContext::Client();
  ExpectError(context->SetVerifyMode(VerifyMode::kNone), ErrorKind::kValue, 0,
              "Cannot set verify_mode to CERT_NONE when check_hostname is "
              "enabled.");
  EXPECT_EQ(context->verify_mode(), VerifyMode::kRequired);
  context->set_check_hostname(false);
  EXPECT_TRUE(context->SetVerifyMode(VerifyMode::kNone).ok());
  context->set_check_hostname(true);
  EXPECT_EQ(context->verify_mode(), VerifyMode::kRequired);
}

TEST(SslContextTest, VerifyLocationsThatCannotBeLoaded) {
  const auto context = SslContext::Client();
  const auto load = [&context](const VerifyLocations& locations) {
    return context->LoadVerifyLocations(locations);
  };
  ExpectError(load(VerifyLocations()), ErrorKind::kType, 0,
              "cafile, capath and cadata cannot be all omitted");
  ExpectError(load(VerifyLocations().set_cafile("/nonexistent")),
              ErrorKind::kFileNotFound, 2,
              "[Errno 2] No such file or directory");
  ExpectError(load(VerifyLocations().set_cafile(testing::TempDir())),
              ErrorKind::kIsADirectory, 21, "[Errno 21] Is a directory");
  EXPECT_TRUE(load(VerifyLocations().set_capath("/nonexistent")).ok());
  const absl::Status none =
      load(VerifyLocations().set_cafile(WriteFile("no_certificate", "words")));
  ExpectError(none, ErrorKind::kSsl, 136,
              "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl "
              "found");
  EXPECT_EQ(GetSslError(none)->library, "X509");
  EXPECT_EQ(GetSslError(none)->reason, "NO_CERTIFICATE_OR_CRL_FOUND");
  ExpectError(load(VerifyLocations().set_cadata("")), ErrorKind::kValue, 0,
              "Empty certificate data");
  ExpectError(load(VerifyLocations().set_cadata("junk")), ErrorKind::kSsl, 0,
              "no start line: cadata does not contain a certificate");
  ExpectError(load(VerifyLocations().set_cadata(std::string(9, '\0'))),
              ErrorKind::kSsl, 0,
              "not enough data: cadata does not contain a certificate");
}

// A server with a certificate of the authority, seen from `client`.
bool Trusts(const std::shared_ptr<SslContext>& client) {
  const auto server = SslContext::Server();
  const TestCertificate certificate =
      Authority().Issue(TestCertificateOptions());
  EXPECT_TRUE(
      server->LoadCertChainPem(certificate.certificate, certificate.key, "")
          .ok());
  internal::EnginePair pair(client, server, "localhost");
  return pair.Handshake();
}

size_t CountOfTrusted(const SslContext& context) {
  return sk_X509_OBJECT_num(
      X509_STORE_get0_objects(SSL_CTX_get_cert_store(context.native())));
}

TEST(SslContextTest, VerifyLocationsAreTrusted) {
  const auto by_file = SslContext::Client();
  EXPECT_FALSE(Trusts(by_file));
  const TestAuthority other("Other authority");
  const std::string both =
      absl::StrCat(other.certificate(), Authority().certificate());
  ASSERT_TRUE(by_file
                  ->LoadVerifyLocations(VerifyLocations().set_cafile(
                      WriteFile("authorities.pem", both)))
                  .ok());
  EXPECT_TRUE(Trusts(by_file));
  const auto by_data = SslContext::Client();
  ASSERT_TRUE(
      by_data->LoadVerifyLocations(VerifyLocations().set_cadata(both)).ok());
  EXPECT_TRUE(Trusts(by_data));
}

TEST(SslContextTest, DerIsTrustedIfNothingElseFollows) {
  absl::string_view body = Authority().certificate();
  ASSERT_TRUE(absl::ConsumePrefix(&body, "-----BEGIN CERTIFICATE-----\n"));
  ASSERT_TRUE(absl::ConsumeSuffix(&body, "-----END CERTIFICATE-----\n"));
  std::string der;
  ASSERT_TRUE(absl::Base64Unescape(body, &der));
  // Nor is the first part of another one nothing.
  for (const std::string& rest : {std::string("junk"), der.substr(0, 100)}) {
    EXPECT_EQ(GetErrorKind(SslContext::Client()->LoadVerifyLocations(
                  VerifyLocations().set_cadata(der + rest))),
              ErrorKind::kSsl);
  }
  const auto twice = SslContext::Client();
  ASSERT_TRUE(
      twice->LoadVerifyLocations(VerifyLocations().set_cadata(der + der)).ok());
  EXPECT_TRUE(Trusts(twice));
}

TEST(SslContextTest, TheEnvironmentNamesTheDefaultCerts) {
  ::setenv("SSL_CERT_FILE",
           WriteFile("default.pem", Authority().certificate()).c_str(), 1);
  ::setenv("SSL_CERT_DIR", "", 1);
  const auto context = SslContext::CreateDefault(Purpose::kServerAuth);
  // Of a server, which asks nobody for a certificate, they are not.
  const auto server = SslContext::CreateDefault(Purpose::kClientAuth);
  ::unsetenv("SSL_CERT_FILE");
  ::unsetenv("SSL_CERT_DIR");
  ASSERT_TRUE(context.ok());
  EXPECT_TRUE(Trusts(*context));
  ASSERT_TRUE(server.ok());
  EXPECT_EQ(CountOfTrusted(**server), 0u);
  EXPECT_EQ(CountOfTrusted(**context), 1u);
}

TEST(SslContextTest, ALaterCertChainReplacesTheFirst) {
  const auto server = SslContext::Server();
  const TestCertificate certificate =
      Authority().Issue(TestCertificateOptions());
  for (const std::string& chain :
       {certificate.certificate + Authority().certificate(),
        certificate.certificate}) {
    ASSERT_TRUE(server->LoadCertChainPem(chain, certificate.key, "").ok());
  }
  STACK_OF(X509)* others = nullptr;
  ASSERT_EQ(SSL_CTX_get0_chain_certs(server->native(), &others), 1);
  EXPECT_EQ(sk_X509_num(others), 0u);
}

TEST(SslContextTest, CertChainsThatCannotBeLoaded) {
  const auto context = SslContext::Server();
  const TestCertificate one = Authority().Issue(TestCertificateOptions());
  const TestCertificate other = Authority().Issue(TestCertificateOptions());
  const std::string certificate = WriteFile("one.pem", one.certificate);
  ExpectError(context->LoadCertChain("/nonexistent"), ErrorKind::kFileNotFound,
              2, "[Errno 2] No such file or directory");
  ExpectError(context->LoadCertChain(certificate, "/nonexistent"),
              ErrorKind::kFileNotFound, 2,
              "[Errno 2] No such file or directory");
  const absl::Status no_key = context->LoadCertChain(certificate);
  ExpectError(no_key, ErrorKind::kSsl, 524297, "[SSL] PEM lib");
  EXPECT_EQ(GetSslError(no_key)->library, "SSL");
  EXPECT_EQ(GetSslError(no_key)->reason, "");
  const absl::Status mismatch =
      context->LoadCertChain(certificate, WriteFile("other.key", other.key));
  ExpectError(mismatch, ErrorKind::kSsl, 116,
              "[X509: KEY_VALUES_MISMATCH] key values mismatch");
  EXPECT_EQ(GetSslError(mismatch)->reason, "KEY_VALUES_MISMATCH");
  EXPECT_TRUE(
      context->LoadCertChain(certificate, WriteFile("one.key", one.key)).ok());
}

TEST(SslContextTest, EncryptedKeysNeedTheirPassword) {
  const auto context = SslContext::Server();
  const TestCertificate certificate =
      Authority().Issue(TestCertificateOptions().set_password("secret"));
  const std::string path = WriteFile(
      "encrypted.pem", absl::StrCat(certificate.certificate, certificate.key));
  ExpectError(context->LoadCertChain(path), ErrorKind::kSsl, 524297,
              "[SSL] PEM lib");
  ExpectError(context->LoadCertChain(path, path, "wrong"), ErrorKind::kSsl,
              524297, "[SSL] PEM lib");
  EXPECT_TRUE(context->LoadCertChain(path, path, "secret").ok());
  ExpectError(context->LoadCertChain(path, path, std::string(1025, 'x')),
              ErrorKind::kValue, 0,
              "password cannot be longer than 1024 bytes");
}

TEST(SslContextTest, CiphersAndProtocols) {
  const auto context = SslContext::Client();
  for (const char* const ciphers : {"NONSENSE", "", "TLS_AES_128_GCM_SHA256"}) {
    ExpectError(context->SetCiphers(ciphers), ErrorKind::kSsl, 0,
                "No cipher can be selected.");
  }
  EXPECT_TRUE(context->SetCiphers("ECDHE+AESGCM").ok());
  for (const std::string& protocol : {std::string(), std::string(256, 'x')}) {
    ExpectError(context->SetAlpnProtocols({protocol}), ErrorKind::kSsl, 0,
                "ALPN protocols must be 1 to 255 in length");
  }
  EXPECT_TRUE(context->SetAlpnProtocols({"h2"}).ok());
}

std::vector<std::string> Ciphers(const SslContext& context) {
  const STACK_OF(SSL_CIPHER)* const ciphers =
      SSL_CTX_get_ciphers(context.native());
  std::vector<std::string> names;
  for (size_t i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    names.emplace_back(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)));
  }
  return names;
}

// 3DES is of OpenSSL's "weak ciphers", which Debian does not build; what is as
// old, but not as weak, is on there.
TEST(SslContextTest, CiphersThatNobodyHas) {
  for (const auto& context : {SslContext::Client(), SslContext::Server()}) {
    const std::vector<std::string> by_default = Ciphers(*context);
    EXPECT_THAT(by_default, Not(Contains(HasSubstr("DES"))));
    EXPECT_THAT(by_default, Contains("ECDHE-RSA-AES128-SHA"));
    EXPECT_THAT(by_default, Contains("AES128-SHA"));
    for (const char* const ciphers : {"DES-CBC3-SHA", "3DES"}) {
      ExpectError(context->SetCiphers(ciphers), ErrorKind::kSsl, 0,
                  "No cipher can be selected.");
    }
    EXPECT_EQ(Ciphers(*context), by_default);
    for (const char* const ciphers : {"ALL", "DEFAULT", "ALL:3DES"}) {
      EXPECT_TRUE(context->SetCiphers(ciphers).ok());
      EXPECT_EQ(Ciphers(*context), by_default) << ciphers;
    }
    EXPECT_TRUE(context->SetCiphers("AES128-SHA:DES-CBC3-SHA").ok());
    EXPECT_THAT(Ciphers(*context), ElementsAre("AES128-SHA"));
    // Only what has forward secrecy and is an AEAD.
    EXPECT_TRUE(context->SetCiphers("ECDHE+AESGCM:ECDHE+CHACHA20").ok());
    EXPECT_THAT(Ciphers(*context),
                Each(AllOf(StartsWith("ECDHE-"), Not(EndsWith("-SHA")))));
  }
}

// BoringSSL has no levels. Who asks for one is told so.
TEST(SslContextTest, SecurityLevels) {
  const auto context = SslContext::Client();
  const std::vector<std::string> by_default = Ciphers(*context);
  for (const char* const ciphers :
       {"DEFAULT:@SECLEVEL=0", "ALL@SECLEVEL=2", "@SECLEVEL=1:AES128-SHA"}) {
    ExpectError(context->SetCiphers(ciphers), ErrorKind::kSsl, 0,
                "No cipher can be selected.");
    EXPECT_EQ(Ciphers(*context), by_default);
  }
}

TEST(SslContextTest, KeysAreLogged) {
  const auto context = SslContext::Client();
  ExpectError(context->SetKeyLogFile("/nonexistent/keys"),
              ErrorKind::kFileNotFound, 2,
              "[Errno 2] No such file or directory");
  const std::string path = absl::StrCat(testing::TempDir(), "/keys");
  ASSERT_TRUE(context->SetKeyLogFile(path).ok());
  ASSERT_TRUE(context
                  ->LoadVerifyLocations(
                      VerifyLocations().set_cadata(Authority().certificate()))
                  .ok());
  EXPECT_TRUE(Trusts(context));
  const std::string keys = ReadFile(path);
  EXPECT_NE(keys.find("CLIENT_TRAFFIC_SECRET_0 "), std::string::npos);
  EXPECT_EQ(keys.back(), '\n');
}

TEST(SslContextTest, TheEnvironmentHasKeysLogged) {
  const auto locations =
      VerifyLocations().set_cadata(Authority().certificate());
  const std::string path = absl::StrCat(testing::TempDir(), "/default_keys");
  ::setenv("SSLKEYLOGFILE", path.c_str(), 1);
  const auto logged =
      SslContext::CreateDefault(Purpose::kServerAuth, locations);
  ::setenv("SSLKEYLOGFILE", "", 1);
  const auto empty = SslContext::CreateDefault(Purpose::kServerAuth, locations);
  ::unsetenv("SSLKEYLOGFILE");
  ASSERT_TRUE(empty.ok());
  EXPECT_TRUE(Trusts(*empty));
  EXPECT_EQ(ReadFile(path), "");
  ASSERT_TRUE(logged.ok());
  EXPECT_TRUE(Trusts(*logged));
  EXPECT_NE(ReadFile(path).find("CLIENT_TRAFFIC_SECRET_0 "), std::string::npos);
}

}  // namespace
}  // namespace streams
