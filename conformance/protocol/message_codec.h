// SPDX-License-Identifier: Apache-2.0
//
// Messages to lines and back.
//
// Pure functions, for both ends: the runner encodes RunnerMessage and decodes
// TesteeMessage, a testee does the reverse. Decoding trusts nothing: a line
// longer than kMaxLineSize, nested deeper than kMaxValueDepth, of too many
// elements, or which expands (`times`) to too many bytes is an error, not an
// allocation. Errors are kInvalidArgument, say what is wrong and where, and
// quote at most 200 bytes of the line, escaped.
#ifndef CONFORMANCE_PROTOCOL_MESSAGE_CODEC_H_
#define CONFORMANCE_PROTOCOL_MESSAGE_CODEC_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/message.h"

namespace conformance {

// One line of ASCII, without its newline. Strings that are not UTF-8 come out
// with replacement characters.
std::string EncodeLine(const RunnerMessage& message);
std::string EncodeLine(const TesteeMessage& message);

// `line` without its newline.
absl::StatusOr<RunnerMessage> DecodeRunnerLine(absl::string_view line);
absl::StatusOr<TesteeMessage> DecodeTesteeLine(absl::string_view line);

// At most `limit` bytes of `text`, with everything that is not printable ASCII
// escaped, and "…" if something was left out. For showing a peer's text.
std::string QuoteForDisplay(absl::string_view text, size_t limit = 200);

}  // namespace conformance

#endif  // CONFORMANCE_PROTOCOL_MESSAGE_CODEC_H_
