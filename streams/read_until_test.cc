// SPDX-License-Identifier: Apache-2.0

// Reading up to separators, however the bytes are cut into segments: compared
// with a model that sees all bytes at once.

#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/os/error.h"
#include "streams/reader.h"

namespace streams {
namespace {

// Where the shortest beginning of `bytes` ends that ends with a separator; npos
// if there is none.
size_t EndOfFirst(const std::string& bytes,
                  const std::vector<std::string>& separators) {
  for (size_t end = 1; end <= bytes.size(); ++end) {
    for (const std::string& separator : separators) {
      if (end >= separator.size() &&
          bytes.compare(end - separator.size(), separator.size(), separator) ==
              0) {
        return end;
      }
    }
  }
  return std::string::npos;
}

// What reading until EOF gives, a piece a line, the last one after a "!".
std::string Model(std::string bytes,
                  const std::vector<std::string>& separators) {
  std::string log;
  for (;;) {
    const size_t end = EndOfFirst(bytes, separators);
    if (end == std::string::npos) return absl::StrCat(log, "!", bytes);
    absl::StrAppend(&log, bytes.substr(0, end), "|");
    bytes.erase(0, end);
  }
}

// The same from a reader that gets the segments one at a time, and is asked
// whenever it has answered.
std::string ReadAll(const std::vector<std::string>& segments,
                    const std::vector<std::string>& separators) {
  ReadyQueue loop;
  StreamReader reader(loop);
  std::string log;
  size_t next = 0;
  for (;;) {
    auto read = Spawn(loop, reader.ReadUntil(separators));
    for (;;) {
      while (loop.has_ready()) loop.RunReady();
      if (read.done()) break;
      if (next < segments.size()) {
        EXPECT_TRUE(reader.FeedData(segments[next++]).ok());
      } else {
        reader.FeedEof();
      }
    }
    const absl::StatusOr<std::string> piece = read.TakeResult();
    if (!piece.ok()) {
      return absl::StrCat(log, "!", GetIncompleteRead(piece.status())->partial);
    }
    absl::StrAppend(&log, *piece, "|");
  }
}

// Cuts `bytes` behind each position whose bit is set.
std::vector<std::string> Cut(const std::string& bytes, unsigned cuts) {
  std::vector<std::string> segments(1);
  for (size_t i = 0; i < bytes.size(); ++i) {
    segments.back() += bytes[i];
    if ((cuts >> i) & 1) segments.emplace_back();
  }
  return segments;
}

const std::vector<std::vector<std::string>>& SeparatorSets() {
  static const auto* const sets = new std::vector<std::vector<std::string>>{
      {"\n"},         {"\r\n"},       {"aa"},           {"aba"},
      {"\n", "\r\n"}, {"ab", "b"},    {"b", "abb"},     {"aab", "ab", "bb"},
      {"\r\n", "a"},  {"abab", "ba"}, {"aaa", "b\r\n"},
  };
  return *sets;
}

TEST(ReadUntilTest, EverySegmentationGivesTheSame) {
  const std::vector<std::string> streams = {
      "ab\r\na\r\n\n", "aabaabba", "abababab", "\r\r\n\n\r\nb", "aaaaaaa"};
  for (const std::string& bytes : streams) {
    for (const auto& separators : SeparatorSets()) {
      const std::string expected = Model(bytes, separators);
      for (unsigned cuts = 0; cuts < (1u << (bytes.size() - 1)); ++cuts) {
        ASSERT_EQ(ReadAll(Cut(bytes, cuts), separators), expected)
            << bytes << " cut by " << cuts;
      }
    }
  }
}

TEST(ReadUntilTest, RandomStreamsGiveWhatTheModelSays) {
  std::mt19937 random(1234567);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes;
    for (int size = random() % 20; size > 0; --size) {
      bytes += "ab\r\n"[random() % 4];
    }
    const auto& separators = SeparatorSets()[random() % SeparatorSets().size()];
    ASSERT_EQ(ReadAll(Cut(bytes, random()), separators),
              Model(bytes, separators))
        << bytes;
  }
}

// One segment, around the limit: an overrun says where, and leaves all there.
TEST(ReadUntilTest, TheLimitIsExact) {
  const std::string separator = "<>";
  for (int64_t limit = 1; limit <= 6; ++limit) {
    for (size_t length = 0; length <= 8; ++length) {
      ReadyQueue loop;
      auto reader = StreamReader::Create(loop, limit).value();
      const std::string bytes = std::string(length, 'x') + separator;
      ASSERT_TRUE(reader->FeedData(bytes).ok());
      auto read = Spawn(loop, reader->ReadUntil(separator));
      while (loop.has_ready()) loop.RunReady();
      ASSERT_TRUE(read.done());
      const absl::StatusOr<std::string> result = read.TakeResult();
      if (length <= static_cast<size_t>(limit)) {
        EXPECT_EQ(result.value(), bytes);
      } else {
        EXPECT_EQ(GetLimitOverrun(result.status())->consumed, length);
        EXPECT_EQ(reader->buffered(), bytes);
      }
    }
  }
}

// Without the separator, the overrun comes with the first byte too many, the
// bytes that may begin a separator not counted.
TEST(ReadUntilTest, TheLimitIsExactWithoutASeparator) {
  for (const std::string separator : {"<", "<>", "<=>"}) {
    const int may_begin_one = static_cast<int>(separator.size()) - 1;
    ReadyQueue loop;
    auto reader = StreamReader::Create(loop, 4).value();
    auto read = Spawn(loop, reader->ReadUntil(separator));
    for (int fed = 1; fed <= 5 + may_begin_one; ++fed) {
      while (loop.has_ready()) loop.RunReady();
      ASSERT_FALSE(read.done()) << separator << fed;
      ASSERT_TRUE(reader->FeedData("x").ok());
    }
    while (loop.has_ready()) loop.RunReady();
    ASSERT_TRUE(read.done());
    EXPECT_EQ(GetLimitOverrun(read.TakeResult().status())->consumed, 5u);
    // The same where all is there already.
    auto again = Spawn(loop, reader->ReadUntil(separator));
    while (loop.has_ready()) loop.RunReady();
    ASSERT_TRUE(again.done()) << separator;
    EXPECT_EQ(GetLimitOverrun(again.TakeResult().status())->consumed, 5u);
  }
}

}  // namespace
}  // namespace streams
