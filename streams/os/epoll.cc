// SPDX-License-Identifier: Apache-2.0
#include "streams/os/epoll.h"

#include <errno.h>
#include <sys/epoll.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace streams {

Epoll::Epoll() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!fd_.valid()) {
    std::perror("streams: epoll_create1");
    std::abort();
  }
}

bool Epoll::Renew() {
  Fd fresh(::epoll_create1(EPOLL_CLOEXEC));
  if (!fresh.valid()) return false;
  fd_ = std::move(fresh);
  return true;
}

int Epoll::Control(int operation, int fd, uint32_t events, uint64_t data) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = data;
  return ::epoll_ctl(fd_.get(), operation, fd, &event) == 0 ? 0 : errno;
}

}  // namespace streams
