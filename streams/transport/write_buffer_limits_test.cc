// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/write_buffer_limits.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"

namespace streams::internal {
namespace {

void Expect(std::optional<int64_t> high, std::optional<int64_t> low,
            size_t expected_high, size_t expected_low) {
  const absl::StatusOr<WriteBufferLimits> limits =
      MakeWriteBufferLimits(high, low, 100);
  ASSERT_TRUE(limits.ok());
  EXPECT_EQ(limits->high, expected_high);
  EXPECT_EQ(limits->low, expected_low);
}

TEST(WriteBufferLimitsTest, WhatIsNotGivenFollowsFromTheOther) {
  Expect(std::nullopt, std::nullopt, 100, 25);
  Expect(8, std::nullopt, 8, 2);
  Expect(std::nullopt, 8, 32, 8);
  Expect(9, 9, 9, 9);
  Expect(0, std::nullopt, 0, 0);
}

TEST(WriteBufferLimitsTest, Refused) {
  const absl::StatusOr<WriteBufferLimits> limits =
      MakeWriteBufferLimits(1, 2, 100);
  EXPECT_EQ(GetErrorKind(limits.status()), ErrorKind::kValue);
  EXPECT_EQ(limits.status().message(),
            "high (1) must be >= low (2) must be >= 0");
  EXPECT_FALSE(MakeWriteBufferLimits(-1, std::nullopt, 100).ok());
  EXPECT_FALSE(MakeWriteBufferLimits(std::nullopt, -1, 100).ok());
}

TEST(WriteBufferLimitsTest, DoesNotOverflow) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  Expect(std::nullopt, kMax, static_cast<size_t>(kMax),
         static_cast<size_t>(kMax));
}

}  // namespace
}  // namespace streams::internal
