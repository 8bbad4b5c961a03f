// SPDX-License-Identifier: Apache-2.0

#include "streams/receive_buffer.h"

#include <random>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace streams::internal {
namespace {

TEST(ReceiveBufferTest, StartsEmpty) {
  ReceiveBuffer buffer;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.view(), "");
  EXPECT_EQ(buffer.Take(0), "");
}

TEST(ReceiveBufferTest, TakesFromTheFront) {
  ReceiveBuffer buffer;
  buffer.Append("abc");
  buffer.Append("de");
  EXPECT_EQ(buffer.Take(2), "ab");
  EXPECT_EQ(buffer.view(), "cde");
  buffer.Clear();
  EXPECT_TRUE(buffer.empty());
}

TEST(ReceiveBufferTest, AViewSurvivesNothingButIsExactUntilThen) {
  ReceiveBuffer buffer;
  buffer.Append(std::string(10'000, 'x'));
  buffer.Consume(9'999);
  buffer.Append("y");
  EXPECT_EQ(buffer.view(), "xy");
}

TEST(ReceiveBufferTest, ABlockIsTakenAsItCame) {
  ReceiveBuffer buffer;
  std::string block(10'000, 'x');
  const char* const data = block.data();
  buffer.AppendBlock(std::move(block));
  EXPECT_EQ(buffer.view().data(), data);
  const std::string most = buffer.Take(9'000);
  EXPECT_EQ(most.data(), data);
  EXPECT_EQ(most, std::string(9'000, 'x'));
  EXPECT_EQ(buffer.Take(1'000), std::string(1'000, 'x'));
  EXPECT_TRUE(buffer.empty());
}

// A small part of a block must not keep all its memory.
TEST(ReceiveBufferTest, ASmallPartOfABlockIsCopied) {
  ReceiveBuffer buffer;
  buffer.AppendBlock(std::string(10'000, 'x'));
  EXPECT_LT(buffer.Take(10).capacity(), 100u);
  EXPECT_EQ(buffer.view(), std::string(9'990, 'x'));
}

TEST(ReceiveBufferTest, EqualsAStringUnderAnyMixOfCalls) {
  std::mt19937 random(77);
  for (int round = 0; round < 100; ++round) {
    ReceiveBuffer buffer;
    std::string expected;
    for (int step = 0; step < 100; ++step) {
      if (random() % 2 == 0) {
        const size_t size = random() % (random() % 10 == 0 ? 20'000 : 50);
        const std::string bytes(size, static_cast<char>('a' + step % 26));
        if (random() % 2 == 0) {
          buffer.Append(bytes);
        } else if (!bytes.empty()) {
          buffer.AppendBlock(bytes);
        } else {
          continue;
        }
        expected += bytes;
      } else {
        const size_t count = random() % (expected.size() + 1);
        ASSERT_EQ(buffer.Take(count), expected.substr(0, count));
        expected.erase(0, count);
      }
      ASSERT_EQ(buffer.view(), expected);
    }
  }
}

}  // namespace
}  // namespace streams::internal
