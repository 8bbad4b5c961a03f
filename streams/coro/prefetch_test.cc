// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/prefetch.h"

#include <cstddef>
#include <cstdint>
#include <limits>

#include "gtest/gtest.h"

namespace streams {
namespace internal {
namespace {

// Nothing to be seen but that it is harmless, and no undefined behaviour.
TEST(PrefetchBytesTest, AnyAddressWillDo) {
  char byte = 'x';
  for (const std::size_t bytes : {0, 1, 63, 64, 65, 1000}) {
    PrefetchBytes(nullptr, bytes);
    PrefetchBytes(&byte, bytes);
    PrefetchBytes(reinterpret_cast<const void*>(
                      std::numeric_limits<std::uintptr_t>::max() - 10),
                  bytes);
  }
  EXPECT_EQ(byte, 'x');
}

}  // namespace
}  // namespace internal
}  // namespace streams
