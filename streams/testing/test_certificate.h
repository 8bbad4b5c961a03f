// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTING_TEST_CERTIFICATE_H_
#define STREAMS_TESTING_TEST_CERTIFICATE_H_

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "openssl/evp.h"
#include "openssl/nid.h"
#include "openssl/x509.h"

namespace streams {

// A certificate and its key in PEM, as SslContext::LoadCertChainPem() and
// VerifyLocations::set_cadata() take them.
struct TestCertificate {
  std::string certificate;
  std::string key;
};

// What is to be in a certificate: by default, that of a server of these names,
// valid for a day around now.
class TestCertificateOptions {
 public:
  TestCertificateOptions& set_common_name(std::string common_name) {
    common_name_ = std::move(common_name);
    return *this;
  }
  // In OpenSSL's syntax, such as "DNS:example.org,IP:127.0.0.1"; none if empty.
  TestCertificateOptions& set_alternative_names(std::string names) {
    alternative_names_ = std::move(names);
    return *this;
  }
  // From now.
  TestCertificateOptions& set_valid_from(absl::Duration from) {
    valid_from_ = from;
    return *this;
  }
  TestCertificateOptions& set_valid_until(absl::Duration until) {
    valid_until_ = until;
    return *this;
  }
  // "serverAuth" or "clientAuth".
  TestCertificateOptions& set_extended_key_usage(std::string usage) {
    extended_key_usage_ = std::move(usage);
    return *this;
  }
  // Without it, RFC 5280 is not kept.
  TestCertificateOptions& set_authority_key_identifier(bool has_it) {
    has_authority_key_identifier_ = has_it;
    return *this;
  }
  // Instead of P-256: a NID of BoringSSL's.
  TestCertificateOptions& set_ec_curve(int curve) {
    ec_curve_ = curve;
    return *this;
  }
  // A key of Ed25519, instead of one of ECDSA.
  TestCertificateOptions& set_ed25519(bool ed25519) {
    ed25519_ = ed25519;
    return *this;
  }
  // A key of RSA with so many bits, instead of one of ECDSA.
  TestCertificateOptions& set_rsa_bits(int bits) {
    rsa_bits_ = bits;
    return *this;
  }
  // Signed with SHA-1, instead of SHA-256.
  TestCertificateOptions& set_sha1(bool sha1) {
    sha1_ = sha1;
    return *this;
  }
  // The key is encrypted by it.
  TestCertificateOptions& set_password(std::string password) {
    password_ = std::move(password);
    return *this;
  }

 private:
  friend class TestAuthority;

  std::string common_name_ = "localhost";
  std::string alternative_names_ = "DNS:localhost,IP:127.0.0.1,IP:::1";
  std::string extended_key_usage_ = "serverAuth";
  std::string password_;
  absl::Duration valid_from_ = -absl::Hours(12);
  absl::Duration valid_until_ = absl::Hours(12);
  int ec_curve_ = NID_X9_62_prime256v1;
  int rsa_bits_ = 0;
  bool ed25519_ = false;
  bool sha1_ = false;
  bool has_authority_key_identifier_ = true;
};

// Issues certificates for tests, made as they are asked for: nothing to check
// in, nothing that expires.
//
//   TestAuthority authority("Test authority");
//   const TestCertificate server = authority.Issue(TestCertificateOptions());
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;
  ~TestAuthority();

  // The root, in PEM.
  const std::string& certificate() const { return certificate_pem_; }

  TestCertificate Issue(const TestCertificateOptions& options) const;

  // One that nobody but itself has signed.
  static TestCertificate IssueSelfSigned(const TestCertificateOptions& options);

 private:
  static bssl::UniquePtr<EVP_PKEY> NewKey(
      const TestCertificateOptions& options);
  static TestCertificate Issue(const TestCertificateOptions& options,
                               X509* issuer, EVP_PKEY* issuer_key);

  bssl::UniquePtr<EVP_PKEY> key_;
  bssl::UniquePtr<X509> certificate_;
  std::string certificate_pem_;
};

}  // namespace streams

#endif  // STREAMS_TESTING_TEST_CERTIFICATE_H_
