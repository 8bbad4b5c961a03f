// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_EPOLL_H_
#define STREAMS_OS_EPOLL_H_

#include <sys/epoll.h>

#include <cstdint>

#include "absl/types/span.h"
#include "streams/os/fd.h"

namespace streams {

// An epoll instance: system calls and nothing else. Level-triggered.
class Epoll {
 public:
  // Aborts when the system has no descriptor left: a loop without it is
  // nothing.
  Epoll();

  // Forgets all registrations, those included that nobody can name any more. If
  // the system has no descriptor left, nothing changes, and it is false.
  bool Renew();

  // `operation` is EPOLL_CTL_ADD, MOD or DEL. Zero, or the errno.
  int Control(int operation, int fd, uint32_t events, uint64_t data);

  // Waits up to `timeout_ms` (-1: for ever) and fills `events`. Returns how
  // many; none when a signal came first.
  int Wait(absl::Span<epoll_event> events, int timeout_ms) {
    const int count = ::epoll_wait(fd_.get(), events.data(),
                                   static_cast<int>(events.size()), timeout_ms);
    return count > 0 ? count : 0;
  }

 private:
  Fd fd_;
};

}  // namespace streams

#endif  // STREAMS_OS_EPOLL_H_
