// SPDX-License-Identifier: Apache-2.0
#include "streams/os/receive_string.h"

#include <errno.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/types/span.h"
#include "streams/os/fill_string.h"
#include "streams/os/socket.h"

namespace streams::os {

ssize_t ReceiveString(int fd, size_t expected, std::string* bytes,
                      absl::Span<char> overflow) {
  ssize_t count = -1;
  int error = 0;
  bytes->clear();  // Nothing to keep, if it must grow.
  FillString(*bytes, expected, [&](char* data, size_t size) -> size_t {
    count = Receive(fd, data, size);
    error = errno;
    return count > 0 ? static_cast<size_t>(count) : 0;
  });
  errno = error;  // Whatever the string has done since.
  if (count < 0 || bytes->size() < expected || overflow.empty()) return count;
  // Nothing (more), EOF and errors: the next call will see them.
  return count +
         std::max<ssize_t>(Receive(fd, overflow.data(), overflow.size()), 0);
}

}  // namespace streams::os
