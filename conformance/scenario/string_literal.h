// SPDX-License-Identifier: Apache-2.0
//
// Python's string and bytes literals, both ways.
#ifndef CONFORMANCE_SCENARIO_STRING_LITERAL_H_
#define CONFORMANCE_SCENARIO_STRING_LITERAL_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"

namespace conformance {

struct StringLiteral {
  Value value;      // A Bytes or a std::string.
  size_t size = 0;  // How much of the text it took.
};

// Whether a literal begins at the start of `text`: a quote, or a prefix of
// letters before one (also one that ParseStringLiteral refuses).
bool BeginsStringLiteral(absl::string_view text);

// The literal at the start of `text`, which is UTF-8. `column` is that of the
// start, for errors. Unlike Python, which warns, an unknown escape is an error.
absl::StatusOr<StringLiteral> ParseStringLiteral(absl::string_view text,
                                                 int column);

// Literals with double quotes, printable ASCII only but for the letters of
// strings.
std::string BytesLiteral(absl::string_view bytes);
std::string StrLiteral(absl::string_view text);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_STRING_LITERAL_H_
