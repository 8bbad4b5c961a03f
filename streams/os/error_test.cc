// SPDX-License-Identifier: Apache-2.0
#include "streams/os/error.h"

#include <errno.h>
#include <netdb.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"

// Which errno has which kind: error_kinds_test.py, which asks Python.
namespace streams {
namespace {

TEST(ErrorTest, EveryKindComesBackFromItsStatus) {
  for (int i = 1; i <= static_cast<int>(ErrorKind::kSslZeroReturn); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    const absl::Status status = MakeError(kind, "words");
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(GetErrorKind(status), kind) << ErrorKindName(kind);
    EXPECT_EQ(status.message(), "words");
    EXPECT_STRNE(ErrorKindName(kind), "");
    // Nothing else may look like a cancellation.
    EXPECT_EQ(absl::IsCancelled(status), kind == ErrorKind::kCancelled);
  }
}

TEST(ErrorTest, StatusesOfOthers) {
  EXPECT_EQ(GetErrorKind(absl::OkStatus()), ErrorKind::kNone);
  EXPECT_EQ(GetErrorKind(absl::CancelledError()), ErrorKind::kCancelled);
  EXPECT_EQ(GetErrorKind(absl::NotFoundError("")), ErrorKind::kOther);
  EXPECT_EQ(GetErrno(absl::NotFoundError("")), 0);
  EXPECT_FALSE(GetIncompleteRead(absl::OkStatus()).has_value());
  EXPECT_FALSE(GetLimitOverrun(absl::OkStatus()).has_value());
}

// str(IncompleteReadError(b"ab", 5)) and (b"ab", None) in CPython 3.15.2.
TEST(ErrorTest, IncompleteRead) {
  const std::string partial("a\0b\n", 4);
  const absl::Status some = IncompleteReadError(partial, 5);
  EXPECT_EQ(GetErrorKind(some), ErrorKind::kIncompleteRead);
  EXPECT_EQ(some.message(), "4 bytes read on a total of 5 expected bytes");
  ASSERT_TRUE(GetIncompleteRead(some).has_value());
  EXPECT_EQ(GetIncompleteRead(some)->partial, partial);
  EXPECT_EQ(GetIncompleteRead(some)->expected, 5u);
  const absl::Status none = IncompleteReadError("", std::nullopt);
  EXPECT_EQ(none.message(),
            "0 bytes read on a total of undefined expected bytes");
  ASSERT_TRUE(GetIncompleteRead(none).has_value());
  EXPECT_EQ(GetIncompleteRead(none)->partial, "");
  EXPECT_EQ(GetIncompleteRead(none)->expected, std::nullopt);
}

TEST(ErrorTest, LimitOverrun) {
  const absl::Status status = LimitOverrunError("too long", 70000);
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kLimitOverrun);
  ASSERT_TRUE(GetLimitOverrun(status).has_value());
  EXPECT_EQ(GetLimitOverrun(status)->consumed, 70000u);
}

// absl has one code for the three; the kind keeps them apart.
TEST(ErrorTest, OsErrors) {
  const absl::Status reset = OsError(ECONNRESET);
  EXPECT_EQ(GetErrorKind(reset), ErrorKind::kConnectionReset);
  EXPECT_EQ(GetErrno(reset), ECONNRESET);
  EXPECT_EQ(reset.message(), "[Errno 104] Connection reset by peer");
  EXPECT_EQ(GetErrorKind(OsError(ECONNABORTED)), ErrorKind::kConnectionAborted);
  EXPECT_EQ(GetErrorKind(OsError(ECONNREFUSED)), ErrorKind::kConnectionRefused);
  EXPECT_EQ(OsError(ENOENT, "no such socket").message(),
            "[Errno 2] no such socket");
  EXPECT_FALSE(absl::IsCancelled(OsError(ECANCELED)));
}

TEST(ErrorTest, AddressLookup) {
  const absl::Status status = AddressLookupError(EAI_NONAME);
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kAddressLookup);
  EXPECT_EQ(GetErrno(status), EAI_NONAME);
  EXPECT_EQ(status.message(), "[Errno -2] Name or service not known");
}

TEST(ErrorTest, APeersBytesAreNotInTheMessage) {
  const absl::Status status = IncompleteReadError("secret", 10);
  EXPECT_FALSE(absl::StrContains(status.message(), "secret"));
}

}  // namespace
}  // namespace streams
