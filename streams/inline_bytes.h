// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_INLINE_BYTES_H_
#define STREAMS_INLINE_BYTES_H_

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"

// memchr() and memcpy() for what is about as long as a line, inline: a call of
// one of them is three jumps, one of which goes through a table, and costs as
// much as the work itself.
namespace streams::internal {

// The first `byte` of the `size` bytes at `data`, or null.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline const char* FindByte(const char* data,
                                                         size_t size,
                                                         char byte) {
#if defined(__SSE2__)
  if (ABSL_PREDICT_TRUE(size >= 64)) {
    const __m128i wanted = _mm_set1_epi8(byte);
    // A bit for each of sixteen bytes.
    const auto matches = [data, wanted](size_t offset) {
      const __m128i bytes =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + offset));
      const int bits = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
      return static_cast<uint64_t>(bits);
    };
    const uint64_t found =
        matches(0) | matches(16) << 16 | matches(32) << 32 | matches(48) << 48;
    if (ABSL_PREDICT_TRUE(found != 0)) return data + std::countr_zero(found);
    data += 64;
    size -= 64;
  }
#endif
  return static_cast<const char*>(std::memchr(data, byte, size));
}

// As memcpy(), but of no bytes the addresses may be null.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline void CopyBytes(char* to, const char* from,
                                                   size_t size) {
  // Not a struct, of which the compiler may make its bytes.
  typedef uint64_t Block __attribute__((vector_size(16)));
  constexpr size_t kBlock = sizeof(Block);
  if (ABSL_PREDICT_FALSE(size < kBlock || size > 4 * kBlock)) {
    if (size != 0) std::memcpy(to, from, size);
    return;
  }
  // From both ends, so that the blocks overlap in the middle.
  Block first, last;
  std::memcpy(&first, from, kBlock);
  std::memcpy(&last, from + size - kBlock, kBlock);
  if (size > 2 * kBlock) {
    Block second, last_but_one;
    std::memcpy(&second, from + kBlock, kBlock);
    std::memcpy(&last_but_one, from + size - 2 * kBlock, kBlock);
    std::memcpy(to + kBlock, &second, kBlock);
    std::memcpy(to + size - 2 * kBlock, &last_but_one, kBlock);
  }
  std::memcpy(to, &first, kBlock);
  std::memcpy(to + size - kBlock, &last, kBlock);
}

}  // namespace streams::internal

#endif  // STREAMS_INLINE_BYTES_H_
