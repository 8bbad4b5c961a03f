// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_PREFETCH_H_
#define STREAMS_CORO_PREFETCH_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/optimization.h"

namespace streams {
namespace internal {

// Asks the processor to bring `bytes` from `address` on into its cache, without
// waiting for them. A hint: any address will do, null included. For what is
// used after some hundred other instructions, and hasn't been used for long.
inline void PrefetchBytes(const void* address, std::size_t bytes) {
  // As a number: there is nothing to which null could be a pointer.
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  for (std::size_t at = 0; at + 1 < bytes; at += ABSL_CACHELINE_SIZE) {
    __builtin_prefetch(reinterpret_cast<const void*>(begin + at));
  }
  // Few objects begin where a line does.
  __builtin_prefetch(reinterpret_cast<const void*>(begin + bytes - 1));
}

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_CORO_PREFETCH_H_
