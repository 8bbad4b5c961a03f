// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_RECEIVE_STRING_H_
#define STREAMS_OS_RECEIVE_STRING_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

namespace streams::os {

// As Receive(), but into a string: `*bytes` is replaced by the first `size`
// bytes that arrive (fewer, if there are fewer), without the string's memory
// being initialised first. On an error it is empty.
ssize_t ReceiveString(int fd, size_t size, std::string* bytes);

}  // namespace streams::os

#endif  // STREAMS_OS_RECEIVE_STRING_H_
