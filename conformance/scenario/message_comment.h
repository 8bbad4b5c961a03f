// SPDX-License-Identifier: Apache-2.0
//
// The message of an error as the comment of its line.
#ifndef CONFORMANCE_SCENARIO_MESSAGE_COMMENT_H_
#define CONFORMANCE_SCENARIO_MESSAGE_COMMENT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace conformance {

// On one line, without spaces that an editor would take off: what is not
// printable, a backslash, and a space at either end are escaped as in a string.
std::string EscapeMessage(absl::string_view message);

// The way back. An escape that is none stays as it is: people write comments.
std::string UnescapeMessage(absl::string_view comment);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_MESSAGE_COMMENT_H_
