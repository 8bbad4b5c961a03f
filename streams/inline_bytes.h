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

// How many of the `size` bytes at `data` there are up to and with the first
// `byte`; 0 if there is none.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline size_t CountThrough(const char* data,
                                                        size_t size,
                                                        char byte) {
  const char* from = data;
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
    if (ABSL_PREDICT_TRUE(found != 0)) {
      return static_cast<size_t>(std::countr_zero(found)) + 1;
    }
    from += 64;
    size -= 64;
  }
#endif
  const void* const found = std::memchr(from, byte, size);
  if (found == nullptr) return 0;
  return static_cast<size_t>(static_cast<const char*>(found) - data) + 1;
}

// Copies the sixteen bytes that begin `at` bytes from the start, and those that
// end as far from the end. They may overlap.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline void CopyEnds(char* to, const char* from,
                                                  size_t size, size_t at) {
  // Not a struct, of which the compiler may make its bytes.
  typedef uint64_t Block __attribute__((vector_size(16)));
  Block first, last;
  std::memcpy(&first, from + at, sizeof first);
  std::memcpy(&last, from + size - at - sizeof last, sizeof last);
  std::memcpy(to + at, &first, sizeof first);
  std::memcpy(to + size - at - sizeof last, &last, sizeof last);
}

// As memcpy(), but of no bytes the addresses may be null.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline void CopyBytes(char* to, const char* from,
                                                   size_t size) {
  if (ABSL_PREDICT_TRUE(size > 32 && size <= 64)) {
    CopyEnds(to, from, size, 0);
    CopyEnds(to, from, size, 16);
  } else if (size >= 16 && size <= 32) {
    CopyEnds(to, from, size, 0);
  } else if (size != 0) {
    std::memcpy(to, from, size);
  }
}

}  // namespace streams::internal

#endif  // STREAMS_INLINE_BYTES_H_
