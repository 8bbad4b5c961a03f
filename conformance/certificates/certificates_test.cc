// SPDX-License-Identifier: Apache-2.0
#include "conformance/certificates/certificates.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "openssl/bio.h"
#include "openssl/pem.h"
#include "openssl/x509.h"

namespace conformance {
namespace {

bssl::UniquePtr<X509> FirstCertificate(absl::string_view pem) {
  bssl::UniquePtr<BIO> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return bssl::UniquePtr<X509>(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

TEST(CertificatesTest, EachFileHasACertificate) {
  EXPECT_THAT(CertificateNames(), ::testing::Contains("server"));
  for (const absl::string_view name : CertificateNames()) {
    EXPECT_NE(FirstCertificate(FindCertificate(name)), nullptr) << name;
  }
  EXPECT_EQ(FindCertificate("nobody"), "");
}

TEST(CertificatesTest, OneIsExpiredAndOneIsNotValidYet) {
  const auto expired = FirstCertificate(FindCertificate("expired"));
  EXPECT_LT(X509_cmp_current_time(X509_get0_notAfter(expired.get())), 0);
  const auto future = FirstCertificate(FindCertificate("not_yet_valid"));
  EXPECT_GT(X509_cmp_current_time(X509_get0_notBefore(future.get())), 0);
  const auto server = FirstCertificate(FindCertificate("server"));
  EXPECT_LT(X509_cmp_current_time(X509_get0_notBefore(server.get())), 0);
  EXPECT_GT(X509_cmp_current_time(X509_get0_notAfter(server.get())), 0);
}

}  // namespace
}  // namespace conformance
