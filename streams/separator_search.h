// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_SEPARATOR_SEARCH_H_
#define STREAMS_SEPARATOR_SEARCH_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "streams/separators.h"

namespace streams::internal {

// Where a separator was found in a buffer: `end` is positive then, and zero if
// there is none. (Two registers; an optional would be returned in memory.)
struct SeparatorMatch {
  size_t start = 0;
  size_t end = 0;

  bool found() const { return end != 0; }
};

// Finds the separator that ends first among those that lie wholly in `buffer`
// at or behind `offset`. If several end there, the shortest is the one that
// counts, so that what is in front of it is the longest.
//
// `separators` must not be empty, nor contain an empty one. An `offset` beyond
// the end finds nothing.
SeparatorMatch FindSeparator(absl::string_view buffer, size_t offset,
                             const Separators& separators);

}  // namespace streams::internal

#endif  // STREAMS_SEPARATOR_SEARCH_H_
