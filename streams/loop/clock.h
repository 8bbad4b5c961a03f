// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_CLOCK_H_
#define STREAMS_LOOP_CLOCK_H_

#include "absl/time/time.h"

namespace streams {

// The time of an EventLoop: since some fixed moment, never going back.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual absl::Duration Now() = 0;

  // The loop has nothing to do for `wait` (maybe absl::InfiniteDuration()) but
  // to watch descriptors: how long may it block? A clock on which time doesn't
  // pass by itself says zero.
  virtual absl::Duration Block(absl::Duration wait) { return wait; }

  // It did so, and no descriptor was ready: such a clock may move on.
  virtual void OnIdle(absl::Duration /*wait*/) {}

  // It did so, and a descriptor was ready.
  virtual void OnReady() {}

  // The system's monotonic clock. Never destroyed.
  static Clock& System();
};

}  // namespace streams

#endif  // STREAMS_LOOP_CLOCK_H_
