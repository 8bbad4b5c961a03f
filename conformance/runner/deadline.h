// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_DEADLINE_H_
#define CONFORMANCE_RUNNER_DEADLINE_H_

#include <algorithm>
#include <chrono>

namespace conformance {

// A moment on the monotonic clock after which something counts as hanging.
//
// Nothing in the runner waits without one. They never order anything: a run in
// which no deadline passes does not depend on how long they are.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline After(std::chrono::milliseconds duration) {
    return Deadline(Clock::now() + duration);
  }

  bool passed() const { return Clock::now() >= when_; }

  // What poll(2) takes: never negative, which would mean for ever.
  int PollTimeout() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(when_ - Clock::now());
    return static_cast<int>(
        std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 1 << 30));
  }

 private:
  explicit Deadline(Clock::time_point when) : when_(when) {}

  Clock::time_point when_;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_DEADLINE_H_
