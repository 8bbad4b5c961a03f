// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/string_pool.h"

#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "streams/coro/free_lists.h"

namespace streams::internal {
namespace {

// Whoever fills one with text gives that away, not what a reader may see.
std::string Used(size_t size) {
  std::string string = StringPool::Take(size);
  string.assign(size, 'x');
  return string;
}

TEST(StringPoolTest, HoldsWhatWasAskedFor) {
  for (const size_t size : {0u, 1u, 100u, 8191u, 8192u, 8193u, 100'000u,
                            262'144u, 262'145u, 1'000'000u}) {
    for (int i = 0; i < 2; ++i) {
      std::string string = StringPool::Take(size);
      EXPECT_EQ(string, "");
      ASSERT_GE(string.capacity(), size);
      string.assign(size, 'x');
      StringPool::Give(string);
    }
  }
}

TEST(StringPoolTest, ASmallStringIsLeftAlone) {
  std::string string(100, 'x');
  const size_t free_bytes = StringPool::FreeBytes();
  StringPool::Give(string);
  EXPECT_EQ(string, std::string(100, 'x'));
  EXPECT_EQ(StringPool::FreeBytes(), free_bytes);
}

TEST(StringPoolTest, ALargeOneIsEmptyAfterwards) {
  for (const size_t size : {8192u, 50'000u, 262'144u, 1'000'000u}) {
    std::string string(size, 'x');
    StringPool::Give(string);
    EXPECT_EQ(string, "");
    EXPECT_LT(string.capacity(), 100u);
  }
}

TEST(StringPoolTest, TheNextOneOfASizeIsTheLastThatWasGiven) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  // A thread's pool begins empty.
  std::thread([] {
    EXPECT_EQ(StringPool::FreeBytes(), 0u);
    std::string string = Used(60'000);
    const char* const data = string.data();
    StringPool::Give(string);
    EXPECT_EQ(StringPool::FreeBytes(), 60'000u);
    // It holds less than 65,536, and more than half of that.
    EXPECT_NE(StringPool::Take(65'536).data(), data);
    std::string next = StringPool::Take(30'000);
    EXPECT_EQ(next.data(), data);
    EXPECT_EQ(StringPool::FreeBytes(), 0u);
  }).join();
}

TEST(StringPoolTest, NobodyIsGivenMoreThanTwiceOfWhatHeAskedFor) {
  std::string string = Used(200'000);
  StringPool::Give(string);
  EXPECT_LE(StringPool::Take(10'000).capacity(), 32'768u);
}

TEST(StringPoolTest, KeepsNoMoreThanItSays) {
  std::vector<std::string> strings;
  for (int i = 0; i < 100; ++i) strings.push_back(Used(256 * 1024));
  for (std::string& string : strings) StringPool::Give(string);
  EXPECT_LE(StringPool::FreeBytes(), StringPool::kMaxFreeBytes);
  if (kKeepsFreedBlocks) {
    EXPECT_GT(StringPool::FreeBytes(), StringPool::kMaxFreeBytes / 2);
  }
  const size_t before = StringPool::FreeBytes();
  std::string huge(StringPool::kMaxFreeBytes, 'x');
  StringPool::Give(huge);
  EXPECT_EQ(StringPool::FreeBytes(), before);
}

// A local of the thread that is destroyed after the pool's lists, since it was
// made before them.
struct GivesAtTheEnd {
  ~GivesAtTheEnd() {
    std::string string(100'000, 'x');
    StringPool::Give(string);
    *was_emptied = string.empty();
    StringPool::Take(100'000);
  }
  bool* was_emptied = nullptr;
};

TEST(StringPoolTest, ServesUntilItsThreadHasEnded) {
  bool was_emptied = false;
  std::thread([&] {
    thread_local GivesAtTheEnd last;
    last.was_emptied = &was_emptied;
    std::string string = Used(100'000);
    StringPool::Give(string);
  }).join();
  EXPECT_TRUE(was_emptied);
}

}  // namespace
}  // namespace streams::internal
