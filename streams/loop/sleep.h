// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_SLEEP_H_
#define STREAMS_LOOP_SLEEP_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "streams/coro/completion.h"
#include "streams/coro/suspension.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/timer.h"

namespace streams {

// `co_await Sleep(loop, delay)`: OK once `delay` has passed, or kCancelled.
// Zero or less waits for the next turn only. Awaited once; may be moved before,
// and dropped at any time. [asyncio.sleep]
class [[nodiscard]] Sleep final : private Suspension {
 public:
  Sleep(EventLoop& loop, absl::Duration delay)
      : loop_(loop), delay_(delay), over_(loop), timer_(*this) {}
  Sleep(Sleep&& other) noexcept : Sleep(other.loop_, other.delay_) {}

  using Suspension::await_suspend;
  bool await_ready() {
    if (delay_ <= absl::ZeroDuration()) {
      ArmYield(loop_);
    } else {
      loop_.CallLater(timer_, delay_);
      Arm(over_);
    }
    return false;
  }
  absl::Status await_resume() { return std::move(result_); }

 private:
  bool OnWake(absl::Status status) override {
    timer_.Cancel();
    result_ = std::move(status);
    return true;
  }
  void OnTime() { over_.SetResult(); }

  EventLoop& loop_;
  absl::Duration delay_;
  Completion over_;
  MethodTimer<&Sleep::OnTime> timer_;
  absl::Status result_;
};

}  // namespace streams

#endif  // STREAMS_LOOP_SLEEP_H_
