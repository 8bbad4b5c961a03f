// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/peer_certificate.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace streams::internal {
namespace {

using testing::ElementsAre;
using testing::Pair;

// Made with `openssl req -x509` 3.0, and decoded by CPython 3.11 with
// ssl._ssl._test_decode_cert().
constexpr char kCertificate[] =
    "MIIC2DCCAn2gAwIBAgIDChssMAoGCCqGSM49BAMCMDoxCzAJBgNVBAYTAkRFMRUwEwYDVQ"
    "QKDAxCw7xjaGVyICYgQ28xFDASBgNVBAMMC2V4YW1wbGUub3JnMB4XDTI2MTEyMTE1MDUx"
    "N1oXDTI2MTIyMTE1MDUxN1owOjELMAkGA1UEBhMCREUxFTATBgNVBAoMDELDvGNoZXIgJi"
    "BDbzEUMBIGA1UEAwwLZXhhbXBsZS5vcmcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARE"
    "LQKbaTe2Q2AlE0BQwMNDTfUEO6bMGbW2aKTukZRyVoUuX2/Z6qFQ2vTn1uIFyDyJVeFN3F"
    "qPX/XqqdJFPK6To4IBcDCCAWwwDAYDVR0TAQH/BAIwADCBiQYDVR0RBIGBMH+CC2V4YW1w"
    "bGUub3Jngg0qLmV4YW1wbGUubmV0hwR/AAABhxAgAQ24AAAAAAAAAAAAAAABgQ5tZUBleG"
    "FtcGxlLm9yZ4YUaHR0cHM6Ly9leGFtcGxlLm9yZy+IAyoDBKQeMBwxDDAKBgNVBAoMA09y"
    "ZzEMMAoGA1UEAwwDRGlyMF4GCCsGAQUFBwEBBFIwUDAkBggrBgEFBQcwAYYYaHR0cDovL2"
    "9jc3AuZXhhbXBsZS5vcmcvMCgGCCsGAQUFBzAChhxodHRwOi8vY2EuZXhhbXBsZS5vcmcv"
    "Y2EuZGVyMFEGA1UdHwRKMEgwIqAgoB6GHGh0dHA6Ly9jcmwuZXhhbXBsZS5vcmcvYS5jcm"
    "wwIqAgoB6GHGh0dHA6Ly9jcmwuZXhhbXBsZS5vcmcvYi5jcmwwHQYDVR0OBBYEFLqryEVJ"
    "ugCDT3ZV5xXy9TGrQVfEMAoGCCqGSM49BAMCA0kAMEYCIQCIcDZYs2FAQ19wyxK8jV3ahg"
    "vrX3GzPWWU1Io0B6sU0AIhANJ6nq6xznOwv6ioh3p4sd6fzvpZ37L+ypS/JxQF74I2";

std::string Der() {
  std::string der;
  absl::Base64Unescape(kCertificate, &der);
  return der;
}

TEST(PeerCertificateTest, AsCpythonDecodesIt) {
  const PeerCertificate certificate = DecodeCertificate(Der(), true);
  EXPECT_TRUE(certificate.is_verified);
  EXPECT_EQ(certificate.der, Der());
  EXPECT_THAT(certificate.subject,
              ElementsAre(ElementsAre(Pair("countryName", "DE")),
                          ElementsAre(Pair("organizationName", "Bücher & Co")),
                          ElementsAre(Pair("commonName", "example.org"))));
  EXPECT_THAT(certificate.issuer,
              ElementsAre(ElementsAre(Pair("countryName", "DE")),
                          ElementsAre(Pair("organizationName", "Bücher & Co")),
                          ElementsAre(Pair("commonName", "example.org"))));
  EXPECT_EQ(certificate.version, 3);
  EXPECT_EQ(certificate.serial_number, "0A1B2C");
  EXPECT_EQ(certificate.not_before, "Nov 21 15:05:17 2026 GMT");
  EXPECT_EQ(certificate.not_after, "Dec 21 15:05:17 2026 GMT");
  EXPECT_THAT(
      certificate.subject_alt_names,
      ElementsAre(Pair("DNS", "example.org"), Pair("DNS", "*.example.net"),
                  Pair("IP Address", "127.0.0.1"),
                  Pair("IP Address", "2001:DB8:0:0:0:0:0:1"),
                  Pair("email", "me@example.org"),
                  Pair("URI", "https://example.org/"),
                  Pair("Registered ID", "1.2.3.4"),
                  Pair("DirName", "organizationName=Org,commonName=Dir")));
  EXPECT_THAT(certificate.ocsp, ElementsAre("http://ocsp.example.org/"));
  EXPECT_THAT(certificate.ca_issuers,
              ElementsAre("http://ca.example.org/ca.der"));
  EXPECT_THAT(certificate.crl_distribution_points,
              ElementsAre("http://crl.example.org/a.crl",
                          "http://crl.example.org/b.crl"));
}

TEST(PeerCertificateTest, NothingIsSaidOfOneThatWasNotVerified) {
  const PeerCertificate certificate = DecodeCertificate(Der(), false);
  EXPECT_EQ(certificate.der, Der());
  EXPECT_TRUE(certificate.subject.empty());
  EXPECT_TRUE(certificate.subject_alt_names.empty());
  EXPECT_EQ(certificate.not_after, "");
}

TEST(PeerCertificateTest, WhatIsNoCertificate) {
  const PeerCertificate certificate = DecodeCertificate("junk", true);
  EXPECT_EQ(certificate.der, "junk");
  EXPECT_TRUE(certificate.subject.empty());
}

}  // namespace
}  // namespace streams::internal
