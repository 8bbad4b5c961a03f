// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/io_block.h"

#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "gtest/gtest.h"

namespace streams::internal {
namespace {

TEST(IoBlockTest, HoldsWhatWasAskedFor) {
  for (const size_t size :
       {size_t{1}, size_t{4096}, size_t{4097}, size_t{100'000}, size_t{262'144},
        size_t{262'145}, size_t{1'000'000}}) {
    IoBlock block(size);
    ASSERT_GE(block.capacity(), size);
    std::memset(block.data(), 'x', block.capacity());
  }
}

TEST(IoBlockTest, MovesAndLeavesNothingBehind) {
  IoBlock first(10);
  char* const data = first.data();
  IoBlock second = std::move(first);
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(first.capacity(), 0u);
  IoBlock third(5'000);
  third = std::move(second);
  EXPECT_EQ(third.data(), data);
  EXPECT_EQ(second.data(), nullptr);
  third.Reset();
  third.Reset();
  EXPECT_EQ(third.capacity(), 0u);
}

#if !defined(ABSL_HAVE_ADDRESS_SANITIZER) && \
    !defined(ABSL_HAVE_MEMORY_SANITIZER)
TEST(IoBlockTest, WhatIsBorrowedIsNotFreed) {
  const size_t before = IoBlock::FreeBytes();
  std::string owner = "somebody else's";
  IoBlock block;
  block.Borrow(owner.data());
  EXPECT_EQ(block.data(), owner.data());
  EXPECT_EQ(block.capacity(), 0);
  block.Return();
  EXPECT_EQ(block.data(), nullptr);
  block.Borrow(owner.data());
  block.Reset();
  EXPECT_EQ(block.data(), nullptr);
  block.Borrow(owner.data());
  block = IoBlock(1);
  EXPECT_NE(block.data(), owner.data());
  EXPECT_EQ(owner, "somebody else's");
  block.Reset();
  EXPECT_GE(IoBlock::FreeBytes(), before);
}

TEST(IoBlockTest, TheNextOneOfASizeIsTheLastThatWasFreed) {
  IoBlock block(60'000);
  char* const data = block.data();
  block.Reset();
  const size_t free_bytes = IoBlock::FreeBytes();
  const IoBlock next(65'536);
  EXPECT_EQ(next.data(), data);
  EXPECT_EQ(IoBlock::FreeBytes(), free_bytes - 65'536);
}
#endif

TEST(IoBlockTest, KeepsNoMoreThanItSays) {
  {
    std::vector<IoBlock> blocks;
    for (int i = 0; i < 100; ++i) blocks.emplace_back(256 * 1024);
  }
  EXPECT_LE(IoBlock::FreeBytes(), IoBlock::kMaxFreeBytes);
  { const IoBlock large(IoBlock::kMaxFreeBytes + 1); }
  EXPECT_LE(IoBlock::FreeBytes(), IoBlock::kMaxFreeBytes);
}

}  // namespace
}  // namespace streams::internal
