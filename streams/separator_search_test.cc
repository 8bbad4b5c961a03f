// SPDX-License-Identifier: Apache-2.0

#include "streams/separator_search.h"

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace streams::internal {
namespace {

// The definition, as slowly as it reads: of the first occurrences of all
// separators, the one that ends first, the shortest if several do.
std::optional<SeparatorMatch> Reference(
    const std::string& buffer, size_t offset,
    const std::vector<std::string>& separators) {
  std::optional<SeparatorMatch> best;
  for (const std::string& separator : separators) {
    const size_t start = buffer.find(separator, offset);
    if (start == std::string::npos) continue;
    const size_t end = start + separator.size();
    if (!best.has_value() || end < best->end) best = SeparatorMatch{start, end};
  }
  return best;
}

void ExpectSame(const std::string& buffer, size_t offset,
                const std::vector<std::string>& separators) {
  const auto expected = Reference(buffer, offset, separators);
  const auto actual = FindSeparator(buffer, offset, separators);
  ASSERT_EQ(actual.has_value(), expected.has_value()) << buffer;
  if (!expected.has_value()) return;
  EXPECT_EQ(actual->start, expected->start) << buffer;
  EXPECT_EQ(actual->end, expected->end) << buffer;
}

TEST(FindSeparatorTest, NothingInAnEmptyBuffer) {
  EXPECT_FALSE(FindSeparator("", 0, {std::string("\n")}).has_value());
  EXPECT_FALSE(FindSeparator("", 3, {std::string("\n")}).has_value());
}

TEST(FindSeparatorTest, AnOffsetBeyondTheEndFindsNothing) {
  EXPECT_FALSE(FindSeparator("a\n", 9, {std::string("\n")}).has_value());
  ExpectSame("a\n", 9, {"\n", "a\n"});
}

TEST(FindSeparatorTest, TheOneThatEndsFirstWins) {
  const std::vector<std::string> separators = {"c", "bcd"};
  const auto match = FindSeparator("abcd", 0, separators);
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->start, 2u);
  EXPECT_EQ(match->end, 3u);
}

TEST(FindSeparatorTest, TheShortestOfThoseThatEndTogetherWins) {
  const std::vector<std::string> separators = {"\n", "\r\n"};
  const auto match = FindSeparator("ab\r\n", 0, separators);
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->start, 3u);
}

TEST(FindSeparatorTest, EveryShortBufferAgreesWithTheDefinition) {
  const std::vector<std::vector<std::string>> sets = {
      {"a"}, {"ab"}, {"aba"}, {"a", "bb"}, {"b", "ab", "aab"}, {"ab", "bab"}};
  for (size_t size = 0; size <= 7; ++size) {
    for (unsigned bits = 0; bits < (1u << size); ++bits) {
      std::string buffer;
      for (size_t i = 0; i < size; ++i) buffer += (bits >> i) & 1 ? 'b' : 'a';
      for (const auto& separators : sets) {
        for (size_t offset = 0; offset <= size; ++offset) {
          ExpectSame(buffer, offset, separators);
        }
      }
    }
  }
}

// Separators around the borders of the search windows.
TEST(FindSeparatorTest, LongBuffersAgreeWithTheDefinition) {
  std::mt19937 random(4711);
  for (int round = 0; round < 3'000; ++round) {
    std::string buffer(random() % 3'000, '.');
    for (int mark = random() % 4; mark > 0 && !buffer.empty(); --mark) {
      const size_t at = random() % buffer.size();
      buffer.insert(at, random() % 2 == 0 ? "<end>" : "\r\n");
    }
    std::vector<std::string> separators = {"\n", "\r\n", "<end>", "d>..."};
    separators.erase(separators.begin(),
                     separators.begin() + random() % separators.size());
    ExpectSame(buffer, random() % 300, separators);
  }
}

}  // namespace
}  // namespace streams::internal
