// SPDX-License-Identifier: Apache-2.0

#include "streams/separators.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace streams {
namespace {

TEST(SeparatorsTest, KnowsItsShortestAndItsLongest) {
  const Separators one("abc");
  EXPECT_EQ(one.shortest(), 3u);
  EXPECT_EQ(one.longest(), 3u);
  const Separators several = {"abc", "de", "fghi"};
  EXPECT_EQ(several.shortest(), 2u);
  EXPECT_EQ(several.longest(), 4u);
}

TEST(SeparatorsTest, LongOnesToo) {
  const std::string longest(1000, 'x');
  const Separators one(longest);
  EXPECT_FALSE(one.empty());
  EXPECT_EQ(one.shortest(), 1000u);
  const Separators several(std::vector<std::string>{longest, "\n"});
  EXPECT_EQ(several.shortest(), 1u);
  EXPECT_EQ(several.longest(), 1000u);
}

TEST(SeparatorsTest, NoneIsNotTheEmptyOne) {
  EXPECT_TRUE(Separators(std::vector<std::string>()).empty());
  const Separators empty_one("");
  EXPECT_FALSE(empty_one.empty());
  EXPECT_EQ(empty_one.shortest(), 0u);
  EXPECT_EQ(empty_one.longest(), 0u);
}

}  // namespace
}  // namespace streams
