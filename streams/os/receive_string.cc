// SPDX-License-Identifier: Apache-2.0
//
// Compiled as C++23, where the library has it, for the string's memory that is
// not set to zeros before it is written.
#include "streams/os/receive_string.h"

#include <cstddef>
#include <string>

#include "absl/base/attributes.h"
#include "streams/os/socket.h"

namespace streams::os {

ABSL_ATTRIBUTE_HOT ssize_t ReceiveString(int fd, size_t size,
                                         std::string* bytes) {
  ssize_t count = -1;
  const auto receive = [&](char* data, size_t room) -> size_t {
    count = Receive(fd, data, room);
    return count > 0 ? static_cast<size_t>(count) : 0;
  };
  bytes->clear();  // Nothing to keep, if it must grow.
  // What the string does afterwards leaves errno alone.
#ifdef __cpp_lib_string_resize_and_overwrite
  bytes->resize_and_overwrite(size, receive);
#else
  bytes->resize(size);
  bytes->resize(receive(&(*bytes)[0], size));
#endif
  return count;
}

}  // namespace streams::os
