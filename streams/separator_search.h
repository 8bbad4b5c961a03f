// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_SEPARATOR_SEARCH_H_
#define STREAMS_SEPARATOR_SEARCH_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace streams::internal {

// Where a separator was found in a buffer.
struct SeparatorMatch {
  size_t start;
  size_t end;
};

// Finds the separator that ends first among those that lie wholly in `buffer`
// at or behind `offset`. If several end there, the shortest is the one that
// counts, so that what is in front of it is the longest.
//
// `separators` must be sorted by length and not contain an empty one. An
// `offset` beyond the end finds nothing.
std::optional<SeparatorMatch> FindSeparator(
    absl::string_view buffer, size_t offset,
    absl::Span<const std::string> separators);

}  // namespace streams::internal

#endif  // STREAMS_SEPARATOR_SEARCH_H_
