// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/write_buffer.h"

#include <array>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace streams {
namespace {

// Everything the buffer holds, read through Front() of `pieces` pieces.
std::string Drain(WriteBuffer* buffer, size_t pieces) {
  std::string drained;
  std::array<absl::string_view, 8> front;
  while (!buffer->empty()) {
    const size_t count = buffer->Front(absl::MakeSpan(front).first(pieces));
    size_t taken = 0;
    for (size_t i = 0; i < count; ++i) {
      absl::StrAppend(&drained, front[i]);
      taken += front[i].size();
    }
    buffer->Consume(taken);
  }
  return drained;
}

TEST(WriteBufferTest, StartsEmpty) {
  WriteBuffer buffer;
  std::array<absl::string_view, 1> front;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.Front(absl::MakeSpan(front)), 0u);
}

TEST(WriteBufferTest, SmallWritesShareAPiece) {
  WriteBuffer buffer;
  buffer.Append("ab");
  buffer.Append("");
  buffer.Append("cd");
  std::array<absl::string_view, 2> front;
  ASSERT_EQ(buffer.Front(absl::MakeSpan(front)), 1u);
  EXPECT_EQ(front[0], "abcd");
  EXPECT_EQ(buffer.size(), 4u);
}

TEST(WriteBufferTest, ConsumesInTheMiddleOfAPiece) {
  WriteBuffer buffer;
  buffer.Append("abcd");
  buffer.Consume(3);
  buffer.Append("e");
  EXPECT_EQ(Drain(&buffer, 1), "de");
}

TEST(WriteBufferTest, ClearForgetsEverything) {
  WriteBuffer buffer;
  buffer.Append(std::string(100'000, 'x'));
  buffer.Append(std::string(100'000, 'y'));
  buffer.Clear();
  EXPECT_TRUE(buffer.empty());
  buffer.Append("again");
  EXPECT_EQ(Drain(&buffer, 2), "again");
}

TEST(WriteBufferTest, KeepsTheOrderOfAnyMixOfSizes) {
  std::mt19937 random(20241);
  for (int round = 0; round < 50; ++round) {
    WriteBuffer buffer;
    std::string expected;
    for (int step = 0; step < 60; ++step) {
      if (random() % 3 != 0) {
        const size_t size = random() % (random() % 8 == 0 ? 50'000 : 300);
        const std::string bytes(size, static_cast<char>('a' + step % 26));
        buffer.Append(bytes);
        expected += bytes;
      } else {
        const size_t count = random() % (expected.size() + 1);
        buffer.Consume(count);
        expected.erase(0, count);
      }
      ASSERT_EQ(buffer.size(), expected.size());
    }
    EXPECT_EQ(Drain(&buffer, 1 + random() % 8), expected);
  }
}

}  // namespace
}  // namespace streams
