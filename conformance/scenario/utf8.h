// SPDX-License-Identifier: Apache-2.0
//
// UTF-8, one character at a time.
#ifndef CONFORMANCE_SCENARIO_UTF8_H_
#define CONFORMANCE_SCENARIO_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace conformance {

// The size of the character at the start of `text`; 0 if there is none, or it
// is not valid (too long, a surrogate, beyond U+10FFFF, cut off).
size_t Utf8CharacterSize(absl::string_view text);

bool IsUtf8(absl::string_view text);

// `code` is neither a surrogate nor beyond U+10FFFF.
void AppendUtf8(uint32_t code, std::string* text);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_UTF8_H_
