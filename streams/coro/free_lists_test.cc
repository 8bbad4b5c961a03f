// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/free_lists.h"

#include <cstddef>
#include <new>

#include "gtest/gtest.h"

namespace streams {
namespace internal {
namespace {

struct TwoClasses {
  static constexpr std::size_t kCount = 2;
  static constexpr std::size_t kMaxFreeBytes = 100;
  static constexpr std::size_t BytesOf(std::size_t index) {
    return std::size_t{32} << index;
  }
};

void* NewBlock(std::size_t index) {
  return ::operator new(TwoClasses::BytesOf(index));
}

TEST(FreeListsTest, GivesTheNewestOfTheClassFirst) {
  FreeLists<TwoClasses> lists;
  const FreeLists<TwoClasses>::Opening opening(lists);
  EXPECT_EQ(lists.Take(0), nullptr);
  void* const first = NewBlock(0);
  void* const second = NewBlock(0);
  lists.Give(first, 0);
  lists.Give(second, 0);
  EXPECT_EQ(lists.Take(1), nullptr);
  EXPECT_EQ(lists.Take(0), second);
  EXPECT_EQ(lists.Take(0), first);
  EXPECT_EQ(lists.Take(0), nullptr);
  ::operator delete(first);
  ::operator delete(second);
}

TEST(FreeListsTest, KeepsNoMoreThanItsBound) {
  FreeLists<TwoClasses> lists;
  const FreeLists<TwoClasses>::Opening opening(lists);
  lists.Give(NewBlock(0), 0);
  lists.Give(NewBlock(1), 1);
  EXPECT_EQ(lists.free_bytes(), 96u);
  lists.Give(NewBlock(0), 0);  // Freed: a leak is for the sanitizer to see.
  EXPECT_EQ(lists.free_bytes(), 96u);
  ::operator delete(lists.Take(1));
  EXPECT_EQ(lists.free_bytes(), 32u);
}

TEST(FreeListsTest, KeepsNothingUnlessItIsOpen) {
  FreeLists<TwoClasses> lists;
  lists.Give(NewBlock(0), 0);
  EXPECT_EQ(lists.free_bytes(), 0u);
  {
    const FreeLists<TwoClasses>::Opening opening(lists);
    lists.Give(NewBlock(0), 0);
    EXPECT_EQ(lists.free_bytes(), 32u);
  }
  EXPECT_EQ(lists.Take(0), nullptr);
  lists.Give(NewBlock(0), 0);
  EXPECT_EQ(lists.free_bytes(), 0u);
}

}  // namespace
}  // namespace internal
}  // namespace streams
