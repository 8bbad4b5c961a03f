// SPDX-License-Identifier: Apache-2.0
#include "streams/tls/fill_string.h"

#include <cstddef>
#include <cstring>
#include <string>

#include "gtest/gtest.h"

namespace streams::internal {
namespace {

TEST(FillStringTest, GrowsByWhatIsWritten) {
  std::string string = "abc";
  FillString(string, 100'000, [](char* data, size_t size) -> size_t {
    EXPECT_EQ(size, 100'000u);
    EXPECT_EQ(std::memcmp(data, "abc", 3), 0);
    std::memset(data + 3, 'x', 50'000);
    return 50'003;
  });
  EXPECT_EQ(string, "abc" + std::string(50'000, 'x'));
  EXPECT_EQ(string.c_str()[string.size()], '\0');
}

TEST(FillStringTest, UsesTheMemoryThatIsThere) {
  std::string string;
  string.reserve(1'000);
  const char* const memory = string.data();
  FillString(string, 1'000, [&](char* data, size_t) -> size_t {
    EXPECT_EQ(data, memory);
    data[0] = 'a';
    return 1;
  });
  EXPECT_EQ(string, "a");
  EXPECT_EQ(string.data(), memory);
}

TEST(FillStringTest, MayLeaveNothing) {
  std::string string = "of old";
  FillString(string, 3, [](char* data, size_t) -> size_t {
    EXPECT_EQ(std::memcmp(data, "of ", 3), 0);
    return 0;
  });
  EXPECT_EQ(string, "");
}

}  // namespace
}  // namespace streams::internal
