// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_EVENT_FD_H_
#define STREAMS_OS_EVENT_FD_H_

#include "streams/os/fd.h"

namespace streams {

// A descriptor that becomes readable when any thread calls Notify().
class EventFd {
 public:
  // Aborts when the system has no descriptor left.
  EventFd();

  int fd() const { return fd_.get(); }

  // Any thread.
  void Notify();

  // Makes it unreadable again.
  void Clear();

 private:
  Fd fd_;
};

}  // namespace streams

#endif  // STREAMS_OS_EVENT_FD_H_
