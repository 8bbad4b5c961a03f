// SPDX-License-Identifier: Apache-2.0
#include "streams/os/fd.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>

namespace streams {

ssize_t os::Read(int fd, void* buffer, size_t size) {
  for (;;) {
    const ssize_t result = ::read(fd, buffer, size);
    if (result >= 0 || errno != EINTR) return result;
  }
}

void Fd::Close(int fd) { ::close(fd); }

}  // namespace streams
