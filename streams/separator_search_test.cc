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
  const SeparatorMatch actual =
      FindSeparator(buffer, offset, Separators(separators));
  ASSERT_EQ(actual.found(), expected.has_value()) << buffer;
  if (!expected.has_value()) return;
  EXPECT_EQ(actual.start, expected->start) << buffer;
  EXPECT_EQ(actual.end, expected->end) << buffer;
}

TEST(FindSeparatorTest, NothingInAnEmptyBuffer) {
  EXPECT_FALSE(FindSeparator("", 0, Separators("\n")).found());
  EXPECT_FALSE(FindSeparator("", 3, Separators("\n")).found());
}

TEST(FindSeparatorTest, AnOffsetBeyondTheEndFindsNothing) {
  EXPECT_FALSE(FindSeparator("a\n", 9, Separators("\n")).found());
  ExpectSame("a\n", 9, {"\n", "a\n"});
}

TEST(FindSeparatorTest, TheOneThatEndsFirstWins) {
  const Separators separators = {"bcd", "c"};
  const auto match = FindSeparator("abcd", 0, separators);
  ASSERT_TRUE(match.found());
  EXPECT_EQ(match.start, 2u);
  EXPECT_EQ(match.end, 3u);
}

TEST(FindSeparatorTest, TheShortestOfThoseThatEndTogetherWins) {
  const Separators separators = {"\r\n", "\n"};
  const auto match = FindSeparator("ab\r\n", 0, separators);
  ASSERT_TRUE(match.found());
  EXPECT_EQ(match.start, 3u);
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

// Every way to search: one last byte, two, four, more, and separators that are
// too long to be packed; and ends in every place of a block.
TEST(FindSeparatorTest, EveryPlaceAgreesWithTheDefinition) {
  const std::vector<std::vector<std::string>> sets = {
      {";"},
      {"\r\n"},
      {"<;", "\n;"},
      {"\n", "\r\n", ";"},
      {"\n", "\r\n", ";", "\t"},
      {"1", "2", "3", "4"},
      {"1", "2", "3", "4", "5", "<6"},
      {std::string("\0", 1), "\xff", "\x80;"},
      {"0123456789", "0123456789abcdef"},
      {"\n", "0123456789abcdef0123456789abcdef"},
  };
  for (const auto& separators : sets) {
    for (size_t size = 0; size <= 70; ++size) {
      ExpectSame(std::string(size, 'x'), size / 3, separators);
      for (const std::string& separator : separators) {
        for (size_t at = 0; at + separator.size() <= size; ++at) {
          std::string buffer(size, 'x');
          buffer.replace(at, separator.size(), separator);
          for (const size_t offset : {size_t{0}, size_t{1}, at, at + 1}) {
            ExpectSame(buffer, offset, separators);
          }
          // One that only ends as it does, directly in front of it.
          if (at == 0) continue;
          buffer[at - 1] = separator.back();
          ExpectSame(buffer, 0, separators);
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
    if (round % 2 == 0) separators.push_back("nd>" + std::string(30, '.'));
    separators.erase(separators.begin(),
                     separators.begin() + random() % separators.size());
    ExpectSame(buffer, random() % 300, separators);
  }
}

}  // namespace
}  // namespace streams::internal
