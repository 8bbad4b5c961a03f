// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/write_buffer_limits.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "streams/os/error.h"

namespace streams::internal {
namespace {

// Or as near to it as a number can be.
int64_t FourTimes(int64_t value) {
  using Limits = std::numeric_limits<int64_t>;
  if (value > Limits::max() / 4) return Limits::max();
  if (value < Limits::min() / 4) return Limits::min();
  return 4 * value;
}

}  // namespace

absl::StatusOr<WriteBufferLimits> MakeWriteBufferLimits(
    std::optional<int64_t> high, std::optional<int64_t> low,
    size_t default_high) {
  int64_t high_mark = static_cast<int64_t>(default_high);
  if (high.has_value()) {
    high_mark = *high;
  } else if (low.has_value()) {
    high_mark = FourTimes(*low);
  }
  const int64_t low_mark = low.has_value() ? *low : high_mark / 4;
  if (low_mark < 0 || high_mark < low_mark) {
    return MakeError(ErrorKind::kValue,
                     absl::StrCat("high (", high_mark, ") must be >= low (",
                                  low_mark, ") must be >= 0"));
  }
  return WriteBufferLimits{static_cast<size_t>(low_mark),
                           static_cast<size_t>(high_mark)};
}

}  // namespace streams::internal
