// SPDX-License-Identifier: Apache-2.0
#include "streams/os/exception_group.h"

#include <cerrno>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"

namespace streams {
namespace {

TEST(ExceptionGroupTest, KeepsKindsAndAttributes) {
  const std::vector<absl::Status> errors = {
      OsError(ECONNREFUSED, "Connect call failed"),
      IncompleteReadError("1:2\n", 10), MakeError(ErrorKind::kValue, "")};
  const absl::Status group =
      ExceptionGroupError("create_connection failed", errors);
  EXPECT_EQ(GetErrorKind(group), ErrorKind::kExceptionGroup);
  EXPECT_EQ(group.message(), "create_connection failed (3 sub-exceptions)");
  EXPECT_EQ(GetExceptions(group), errors);
  EXPECT_EQ(GetErrno(GetExceptions(group)[0]), ECONNREFUSED);
  EXPECT_EQ(GetIncompleteRead(GetExceptions(group)[1])->partial, "1:2\n");
}

TEST(ExceptionGroupTest, MayHoldAGroup) {
  const absl::Status inner =
      ExceptionGroupError("inner", std::vector<absl::Status>{OsError(EPIPE)});
  const absl::Status outer =
      ExceptionGroupError("outer", std::vector<absl::Status>{inner});
  EXPECT_EQ(outer.message(), "outer (1 sub-exception)");
  const std::vector<absl::Status> errors = GetExceptions(outer);
  ASSERT_EQ(errors.size(), 1u);
  ASSERT_EQ(GetExceptions(errors[0]).size(), 1u);
  EXPECT_EQ(GetErrno(GetExceptions(errors[0])[0]), EPIPE);
}

TEST(ExceptionGroupTest, OtherErrorsHaveNone) {
  EXPECT_TRUE(GetExceptions(absl::OkStatus()).empty());
  EXPECT_TRUE(GetExceptions(OsError(EPIPE)).empty());
}

TEST(ExceptionGroupTest, TakesNoHarmFromAForgedPayload) {
  for (const char* const payload :
       {"", "x", "5:abc", "-1:", "99999999999999999999:", "0:", "3:1:2"}) {
    absl::Status status = MakeError(ErrorKind::kExceptionGroup, "forged");
    status.SetPayload("streams/exceptions", absl::Cord(payload));
    for (const absl::Status& error : GetExceptions(status)) {
      EXPECT_EQ(error.code(), absl::StatusCode::kUnknown) << payload;
    }
  }
}

}  // namespace
}  // namespace streams
