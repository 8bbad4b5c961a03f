// SPDX-License-Identifier: Apache-2.0
#include "streams/os/event_fd.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace streams {

EventFd::EventFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_.valid()) {
    std::perror("streams: eventfd");
    std::abort();
  }
}

void EventFd::Notify() {
  const uint64_t one = 1;
  // It fails only when 2^64 - 2 notifications are pending: it is readable then.
  [[maybe_unused]] const ssize_t written = ::write(fd_.get(), &one, sizeof one);
}

void EventFd::Clear() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(fd_.get(), &count, sizeof count);
}

}  // namespace streams
