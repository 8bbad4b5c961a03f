// SPDX-License-Identifier: Apache-2.0

#include "streams/separator_search.h"

#include <string.h>

#include <algorithm>
#include <optional>
#include <string>

namespace streams::internal {
namespace {

// With several separators the buffer is searched in windows, each twice as long
// as the one before: a separator that never occurs must not cost a scan of a
// whole full buffer for every short line that another one ends.
constexpr size_t kFirstWindow = 256;

// The position of `separator` in [from, to), or nothing.
std::optional<size_t> Find(absl::string_view buffer, size_t from, size_t to,
                           const std::string& separator) {
  if (from >= to || to - from < separator.size()) return std::nullopt;
  const char* const begin = buffer.data() + from;
  const void* const found =
      separator.size() == 1
          ? memchr(begin, separator[0], to - from)
          : memmem(begin, to - from, separator.data(), separator.size());
  if (found == nullptr) return std::nullopt;
  return static_cast<const char*>(found) - buffer.data();
}

// The best match that ends in [.., to]: a separator that is found narrows the
// search for the others, which can only win by ending earlier.
std::optional<SeparatorMatch> FindInWindow(
    absl::string_view buffer, size_t from, size_t to,
    absl::Span<const std::string> separators) {
  std::optional<SeparatorMatch> best;
  for (const std::string& separator : separators) {
    const size_t bound = best.has_value() ? best->end - 1 : to;
    const std::optional<size_t> start = Find(buffer, from, bound, separator);
    if (start.has_value()) {
      best = SeparatorMatch{*start, *start + separator.size()};
    }
  }
  return best;
}

}  // namespace

std::optional<SeparatorMatch> FindSeparator(
    absl::string_view buffer, size_t offset,
    absl::Span<const std::string> separators) {
  if (separators.size() == 1) {
    return FindInWindow(buffer, offset, buffer.size(), separators);
  }
  const size_t overlap = separators.back().size() - 1;
  size_t from = offset;
  size_t window = std::max(kFirstWindow, 2 * overlap);
  while (from < buffer.size()) {
    const size_t to = from + std::min(window, buffer.size() - from);
    if (auto match = FindInWindow(buffer, from, to, separators)) return match;
    if (to == buffer.size()) break;
    // A separator may straddle the border between two windows.
    from = to - overlap;
    window *= 2;
  }
  return std::nullopt;
}

}  // namespace streams::internal
