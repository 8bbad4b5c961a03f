// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_RECEIVE_STRING_H_
#define STREAMS_OS_RECEIVE_STRING_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "absl/types/span.h"

namespace streams::os {

// As Receive(), but into a string: `*bytes` is replaced by the first `expected`
// bytes that arrive (fewer, if there are fewer), without their being copied or
// the string's memory being initialised first. If there are more, they go to
// `overflow`, up to its size: by a second recv(), which is rare where one with
// readv() would be dearer each time. Returns how many arrived altogether; on an
// error -1 and errno, and `*bytes` is empty.
ssize_t ReceiveString(int fd, size_t expected, std::string* bytes,
                      absl::Span<char> overflow);

}  // namespace streams::os

#endif  // STREAMS_OS_RECEIVE_STRING_H_
