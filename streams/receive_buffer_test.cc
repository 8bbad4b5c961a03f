// SPDX-License-Identifier: Apache-2.0

#include "streams/receive_buffer.h"

#include <random>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "streams/coro/free_lists.h"
#include "streams/transport/io_block.h"
#include "streams/transport/string_pool.h"

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

TEST(ReceiveBufferTest, ABlockThatIsNotTakenIsLeftAsItWas) {
  ReceiveBuffer buffer;
  buffer.Append("a");
  std::string block(10'000, 'x');
  buffer.AppendBlock(std::move(block));
  EXPECT_EQ(block, std::string(10'000, 'x'));
  EXPECT_EQ(buffer.view(), "a" + block);
}

TEST(ReceiveBufferTest, TheMemoryOfBlocksGoesToThePool) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  ReceiveBuffer buffer;
  size_t free_bytes = StringPool::FreeBytes();
  // That of a string into which one is taken,
  std::string target(20'000, 'x');
  buffer.AppendBlock(std::string(10'000, 'y'));
  ASSERT_TRUE(buffer.GivesString(9'000));
  buffer.TakeString(target, 9'000);
  EXPECT_EQ(target, std::string(9'000, 'y'));
  EXPECT_EQ(buffer.view(), std::string(1'000, 'y'));
  EXPECT_EQ(StringPool::FreeBytes(), free_bytes + 20'000);
  // of one that is read piece by piece,
  buffer.Clear();
  free_bytes = StringPool::FreeBytes();
  buffer.AppendBlock(std::string(10'000, 'y'));
  buffer.Consume(4'000);
  EXPECT_EQ(StringPool::FreeBytes(), free_bytes);
  buffer.Consume(6'000);
  EXPECT_EQ(StringPool::FreeBytes(), free_bytes + 10'000);
  // and of one that more is appended to.
  buffer.AppendBlock(std::string(20'000, 'y'));
  buffer.Append("z");
  EXPECT_EQ(StringPool::FreeBytes(), free_bytes + 30'000);
}

TEST(ReceiveBufferTest, ShrinksToFit) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  ReceiveBuffer buffer;
  // A block,
  buffer.Append(std::string(100'000, 'x') + "abc");
  buffer.Consume(100'000);
  size_t free_bytes = IoBlock::FreeBytes();
  buffer.ShrinkToFit();
  EXPECT_EQ(buffer.view(), "abc");
  EXPECT_GE(IoBlock::FreeBytes(), free_bytes + 131'072 - 4'096);
  // which it still grows from,
  buffer.Append(std::string(10'000, 'y'));
  EXPECT_EQ(buffer.view(), "abc" + std::string(10'000, 'y'));
  buffer.Clear();
  // a string,
  buffer.AppendBlock(std::string(20'000, 'x') + "abc");
  buffer.Consume(20'000);
  free_bytes = StringPool::FreeBytes();
  buffer.ShrinkToFit();
  EXPECT_EQ(buffer.view(), "abc");
  EXPECT_GE(StringPool::FreeBytes(), free_bytes + 20'003);
  // and what an empty one still holds.
  free_bytes = IoBlock::FreeBytes();
  buffer.ConsumeInPlace(3);
  EXPECT_TRUE(buffer.HoldsMemory());
  buffer.ShrinkToFit();
  EXPECT_FALSE(buffer.HoldsMemory());
  EXPECT_EQ(IoBlock::FreeBytes(), free_bytes + 4'096);
}

TEST(ReceiveBufferTest, DoesNotShrinkWhereItIsNotWorthIt) {
  ReceiveBuffer buffer;
  buffer.Append(std::string(100'000, 'x'));
  buffer.Consume(100'000 - 32'768);  // Of 131,072.
  const char* data = buffer.data();
  buffer.ShrinkToFit();
  EXPECT_EQ(buffer.data(), data);
  buffer.Clear();
  buffer.Append(std::string(4'000, 'x'));  // There is no smaller block.
  buffer.Consume(3'999);
  data = buffer.data();
  buffer.ShrinkToFit();
  EXPECT_EQ(buffer.data(), data);
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
          buffer.AppendBlock(std::string(bytes));
        } else {
          continue;
        }
        expected += bytes;
      } else {
        const size_t count = random() % (expected.size() + 1);
        ASSERT_EQ(buffer.Take(count), expected.substr(0, count));
        expected.erase(0, count);
      }
      if (random() % 4 == 0) buffer.ShrinkToFit();
      ASSERT_EQ(buffer.view(), expected);
    }
  }
}

}  // namespace
}  // namespace streams::internal
