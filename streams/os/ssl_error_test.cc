// SPDX-License-Identifier: Apache-2.0
#include "streams/os/ssl_error.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"

namespace streams {
namespace {

TEST(SslErrorTest, AttributesComeBack) {
  const absl::Status status = SslError(
      ErrorKind::kSslCertVerification, 1,
      "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate "
      "has expired",
      {"SSL", "CERTIFICATE_VERIFY_FAILED", 10, "certificate has expired"});
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kSslCertVerification);
  EXPECT_EQ(GetErrno(status), 1);
  ASSERT_TRUE(GetSslError(status).has_value());
  EXPECT_EQ(GetSslError(status)->library, "SSL");
  EXPECT_EQ(GetSslError(status)->reason, "CERTIFICATE_VERIFY_FAILED");
  EXPECT_EQ(GetSslError(status)->verify_code, 10);
  EXPECT_EQ(GetSslError(status)->verify_message, "certificate has expired");
}

TEST(SslErrorTest, WithoutThem) {
  const absl::Status status =
      MakeError(ErrorKind::kSsl, "No cipher can be selected.");
  ASSERT_TRUE(GetSslError(status).has_value());
  EXPECT_EQ(GetSslError(status)->reason, "");
  EXPECT_EQ(GetSslError(status)->verify_code, 0);
  EXPECT_EQ(GetErrno(status), 0);
}

TEST(SslErrorTest, OtherErrorsHaveNone) {
  EXPECT_FALSE(GetSslError(absl::OkStatus()).has_value());
  EXPECT_FALSE(GetSslError(OsError(104)).has_value());
  EXPECT_FALSE(GetSslError(absl::CancelledError()).has_value());
}

}  // namespace
}  // namespace streams
