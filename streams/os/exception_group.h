// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_EXCEPTION_GROUP_H_
#define STREAMS_OS_EXCEPTION_GROUP_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace streams {

// Several errors as one, each with its kind and attributes: of all addresses
// that could not be connected to, of all tasks of a group that failed.
//
//   if (GetErrorKind(status) == ErrorKind::kExceptionGroup) {
//     for (const absl::Status& error : GetExceptions(status)) ...
//   }
//
// Values, for any thread. They may be groups themselves.
//
// The kind is kExceptionGroup, the message is what str() gives in Python:
// `message` and how many there are. `errors` are not empty, and none is OK.
// [ExceptionGroup]
absl::Status ExceptionGroupError(absl::string_view message,
                                 absl::Span<const absl::Status> errors);

// Empty for a status that is no group. [ExceptionGroup.exceptions]
std::vector<absl::Status> GetExceptions(const absl::Status& status);

}  // namespace streams

#endif  // STREAMS_OS_EXCEPTION_GROUP_H_
