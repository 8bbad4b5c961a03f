// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/frame_pool.h"

#include <cstddef>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "absl/base/config.h"
#include "gtest/gtest.h"

namespace streams {
namespace internal {
namespace {

#if !defined(ABSL_HAVE_ADDRESS_SANITIZER)
TEST(FramePoolTest, GivesAFreedBlockToTheNextOfItsSize) {
  void* const block = AllocateFrame(200);
  FreeFrame(block, 200);
  void* const again = AllocateFrame(193);  // The same class of 16 bytes.
  EXPECT_EQ(again, block);
  void* const other = AllocateFrame(300);
  EXPECT_NE(other, block);
  FreeFrame(again, 193);
  FreeFrame(other, 300);
}
#endif

TEST(FramePoolTest, BlocksInUseAreDistinctAndWhole) {
  std::set<void*> blocks;
  std::vector<std::pair<char*, size_t>> all;
  for (size_t size = 1; size < 5000; size += 37) {
    void* const block = AllocateFrame(size);
    std::memset(block, static_cast<int>(size % 251), size);
    EXPECT_TRUE(blocks.insert(block).second);
    all.emplace_back(static_cast<char*>(block), size);
  }
  for (const auto& [block, size] : all) {
    EXPECT_EQ(block[0], static_cast<char>(size % 251));
    EXPECT_EQ(block[size - 1], static_cast<char>(size % 251));
    FreeFrame(block, size);
  }
}

TEST(FramePoolTest, KeepsNoMoreThanItsLimit) {
  // More than kMaxFreeBytes; a leak or a double free is for the sanitizers.
  std::vector<void*> blocks;
  for (size_t i = 0; i < 2 * kMaxFreeBytes / 1024; ++i) {
    blocks.push_back(AllocateFrame(1024));
  }
  for (void* const block : blocks) FreeFrame(block, 1024);
  EXPECT_EQ(blocks.size(), 2 * kMaxFreeBytes / 1024);
  EXPECT_LE(FreeFrameBytes(), kMaxFreeBytes);
}

TEST(FramePoolTest, AnotherThreadMayFree) {
  void* const block = AllocateFrame(128);
  void* from_thread = nullptr;
  std::thread thread([&] {
    FreeFrame(block, 128);
    from_thread = AllocateFrame(100);
    std::memset(from_thread, 1, 100);
  });
  thread.join();
  EXPECT_EQ(static_cast<char*>(from_thread)[99], 1);
  FreeFrame(from_thread, 100);
}

}  // namespace
}  // namespace internal
}  // namespace streams
