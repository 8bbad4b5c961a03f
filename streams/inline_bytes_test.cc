// SPDX-License-Identifier: Apache-2.0
#include "streams/inline_bytes.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace streams::internal {
namespace {

// On both sides of where the ways part, and several times round.
constexpr size_t kMaxSize = 3 * 64 + 1;

// Just so many bytes, for ASan to see a step beyond; all differ from their
// neighbours.
std::unique_ptr<char[]> MakeBytes(size_t size) {
  std::unique_ptr<char[]> bytes(new char[size]);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i % 251);
  return bytes;
}

TEST(CountThroughTest, WhereverItIs) {
  for (size_t size = 1; size <= kMaxSize; ++size) {
    const std::unique_ptr<char[]> bytes = MakeBytes(size);
    for (size_t place = 0; place < size; ++place) {
      const char old = std::exchange(bytes[place], '\xff');
      ASSERT_EQ(CountThrough(bytes.get(), size, '\xff'), place + 1)
          << place << " of " << size;
      bytes[place] = old;
    }
  }
}

TEST(CountThroughTest, TheFirstOfSeveral) {
  for (size_t first = 0; first < kMaxSize; ++first) {
    for (size_t second = first + 1; second < kMaxSize; ++second) {
      std::string bytes(kMaxSize, 'a');
      bytes[first] = '\n';
      bytes[second] = '\n';
      ASSERT_EQ(CountThrough(bytes.data(), bytes.size(), '\n'), first + 1)
          << first << " and " << second;
    }
  }
}

TEST(CountThroughTest, NoneWhereThereIsNone) {
  for (size_t size = 0; size <= kMaxSize; ++size) {
    // Behind the end there is one.
    const std::string bytes = std::string(size, 'a') + "\n";
    ASSERT_EQ(CountThrough(bytes.data(), size, '\n'), 0u) << size;
  }
}

TEST(CopyBytesTest, CopiesAllAndNothingElse) {
  for (size_t size = 0; size <= kMaxSize; ++size) {
    const std::unique_ptr<char[]> from = MakeBytes(size);
    std::string to(size + 2, '\xff');
    CopyBytes(&to[1], from.get(), size);
    ASSERT_EQ(to, '\xff' + std::string(from.get(), size) + '\xff') << size;
  }
}

// For UBSan.
TEST(CopyBytesTest, NoBytesMayBeNowhere) { CopyBytes(nullptr, nullptr, 0); }

}  // namespace
}  // namespace streams::internal
