// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/string_pool.h"

#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "streams/coro/free_lists.h"

namespace streams::internal {
namespace {

// As after a message of so many bytes.
std::string Used(size_t size) {
  std::string string = StringPool::Take(size);
  string.assign(size, 'x');
  return string;
}

TEST(StringPoolTest, HoldsWhatWasAskedFor) {
  for (const size_t size :
       {0u, 1u, 100u, 513u, 1023u, 1024u, 1025u, 8191u, 8192u, 8193u, 100'000u,
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
  const size_t free_bytes = StringPool::FreeBytes();
  for (const size_t size : {0u, 100u, 1023u}) {
    std::string string(size, 'x');
    ASSERT_LT(string.capacity(), 1024u);
    StringPool::Give(string);
    EXPECT_EQ(string, std::string(size, 'x'));
  }
  EXPECT_EQ(StringPool::FreeBytes(), free_bytes);
}

TEST(StringPoolTest, OfManyConnectionsItTakesSmallOnesToo) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  std::thread([] {
    StringPool::SetManyConnections(true);
    for (const size_t size : {32u, 64u, 65u, 1000u}) {
      std::string string = Used(size);
      const char* const data = string.data();
      StringPool::Give(string);
      EXPECT_EQ(string, "");
      EXPECT_EQ(StringPool::Take(size).data(), data);
    }
    std::string string(31, 'x');
    StringPool::Give(string);
    EXPECT_EQ(string, std::string(31, 'x'));
    StringPool::SetManyConnections(false);
    string.assign(1000, 'x');
    StringPool::Give(string);
    EXPECT_EQ(string, std::string(1000, 'x'));
  }).join();
}

TEST(StringPoolTest, ALargeOneIsEmptyAfterwards) {
  for (const size_t size :
       {1024u, 8192u, 50'000u, 262'144u, 300'000u, 1'000'000u}) {
    std::string string(size, 'x');
    StringPool::Give(string);
    EXPECT_EQ(string, "");
    EXPECT_LT(string.capacity(), 100u);
  }
}

TEST(StringPoolTest, TheNextOneOfASizeIsTheLastThatWasGiven) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  for (const size_t size :
       {513u, 1'024u, 4'097u, 8'192u, 10'022u, 100'000u, 262'144u}) {
    // A thread's pool begins empty.
    std::thread([size] {
      EXPECT_EQ(StringPool::FreeBytes(), 0u);
      std::string string = Used(size);
      const char* const data = string.data();
      const size_t capacity = string.capacity();
      EXPECT_LE(capacity, 2 * size);
      StringPool::Give(string);
      EXPECT_EQ(StringPool::FreeBytes(), capacity);
      EXPECT_NE(StringPool::Take(capacity + 1).data(), data);
      std::string next = StringPool::Take(size);
      EXPECT_EQ(next.data(), data);
      EXPECT_EQ(StringPool::FreeBytes(), 0u);
    }).join();
  }
}

// They are as large as their owners made them.
TEST(StringPoolTest, ServesWithStringsOfOthers) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  std::thread([] {
    std::string string;
    string.reserve(32'767);
    const char* const data = string.data();
    StringPool::Give(string);
    // It would hold the first of these; but others of its list would not.
    EXPECT_NE(StringPool::Take(16'385).data(), data);
    EXPECT_NE(StringPool::Take(8'192).data(), data);
    std::string next = StringPool::Take(8'193);
    EXPECT_EQ(next.data(), data);
    EXPECT_LT(next.capacity(), 4 * 8'193u);
  }).join();
}

TEST(StringPoolTest, NothingLargerThanItSaysIsKept) {
  const size_t before = StringPool::FreeBytes();
  std::string string(StringPool::kMaxCapacity + 1, 'x');
  StringPool::Give(string);
  EXPECT_EQ(string, "");
  EXPECT_EQ(StringPool::FreeBytes(), before);
}

TEST(StringPoolTest, ReservingGrowsAStringAndKeepsWhatIsInIt) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  std::thread([] {
    std::string string = StringPool::Take(16'384);
    string = "abc";
    const char* const data = string.data();
    StringPool::Reserve(string, 16'384);
    EXPECT_EQ(string.data(), data);
    StringPool::Reserve(string, 16'385);
    EXPECT_EQ(string, "abc");
    EXPECT_EQ(string.capacity(), 32'768u);
    EXPECT_EQ(StringPool::Take(16'384).data(), data);
  }).join();
}

// Of a size that nobody asks for.
TEST(StringPoolTest, MakesRoomForTheLatest) {
  if (!kKeepsFreedBlocks) GTEST_SKIP() << "a sanitizer is to see its uses";
  std::thread([] {
    std::vector<std::string> strings;
    for (int i = 0; i < 600; ++i) strings.push_back(Used(32'768));
    for (std::string& string : strings) StringPool::Give(string);
    EXPECT_EQ(StringPool::FreeBytes(), StringPool::kMaxFreeBytes);
    std::string string = Used(100'000);
    const char* const data = string.data();
    StringPool::Give(string);
    EXPECT_LE(StringPool::FreeBytes(), StringPool::kMaxFreeBytes);
    EXPECT_EQ(StringPool::Take(100'000).data(), data);
  }).join();
}

TEST(StringPoolTest, KeepsNoMoreThanItSays) {
  std::vector<std::string> strings;
  for (int i = 0; i < 100; ++i) strings.push_back(Used(256 * 1024));
  for (std::string& string : strings) StringPool::Give(string);
  EXPECT_LE(StringPool::FreeBytes(), StringPool::kMaxFreeBytes);
  if (kKeepsFreedBlocks) {
    EXPECT_GT(StringPool::FreeBytes(), StringPool::kMaxFreeBytes / 2);
  }
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
