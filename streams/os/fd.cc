// SPDX-License-Identifier: Apache-2.0
#include "streams/os/fd.h"

#include <unistd.h>

#include <utility>

namespace streams {

void Fd::Reset(int fd) {
  const int old = std::exchange(fd_, fd);
  if (old >= 0) ::close(old);
}

}  // namespace streams
