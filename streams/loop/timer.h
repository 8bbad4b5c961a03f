// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_TIMER_H_
#define STREAMS_LOOP_TIMER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "streams/coro/callback.h"

namespace streams {

class TimerQueue;

// Something that a loop runs at a time: a node that lives in its owner, so that
// arming and cancelling allocate nothing. Derive and override Run(), or use one
// of the two below. Arm it with EventLoop::CallAt() or CallLater(); as often as
// needed, each time replacing the one before.
//
// Lifetime: destroying it cancels it; the loop may go first. Threads: the
// loop's. [asyncio.TimerHandle]
class Timer : public Callback {
 public:
  Timer() = default;
  Timer(Timer&&) noexcept {}
  ~Timer() override { Cancel(); }

  // Waiting for its time, or for its turn after it.
  bool armed() const { return queue_ != nullptr || linked(); }

  // The time for which it is, or was, armed.
  absl::Duration when() const { return when_; }

  // Not run after this, though its time may have come. [TimerHandle.cancel]
  void Cancel();

 private:
  friend class TimerQueue;

  TimerQueue* queue_ = nullptr;
  size_t index_ = 0;
  uint64_t sequence_ = 0;
  absl::Duration when_;
};

// A timer that calls a method of the object which embeds it.
template <auto kMethod>
class MethodTimer;

template <class Owner, void (Owner::*kMethod)()>
class MethodTimer<kMethod> final : public Timer {
 public:
  explicit MethodTimer(Owner& owner) : owner_(owner) {}

 private:
  void Run() override { (owner_.*kMethod)(); }

  Owner& owner_;
};

// A timer that calls a function, which may arm it anew, or destroy it.
class FunctionTimer final : public Timer {
 public:
  explicit FunctionTimer(absl::AnyInvocable<void()> function)
      : function_(
            std::make_shared<absl::AnyInvocable<void()>>(std::move(function))) {
  }

 private:
  void Run() override {
    const auto function = function_;  // This may be gone before it returns.
    (*function)();
  }

  std::shared_ptr<absl::AnyInvocable<void()>> function_;
};

// The armed timers of a loop, earliest first; of the same time, first armed
// first. A binary heap that knows where each timer is, so that a cancelled one
// leaves at once.
class TimerQueue {
 public:
  TimerQueue() = default;
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;
  ~TimerQueue();

  bool empty() const { return heap_.empty(); }
  // Null when empty.
  Timer* earliest() const { return heap_.empty() ? nullptr : heap_.front(); }

  void Add(Timer& timer, absl::Duration when);
  void Remove(Timer& timer);

 private:
  static bool Before(const Timer& a, const Timer& b);
  void Place(Timer* timer, size_t index);
  void SiftUp(size_t index);
  void SiftDown(size_t index);

  std::vector<Timer*> heap_;
  uint64_t next_sequence_ = 0;
};

}  // namespace streams

#endif  // STREAMS_LOOP_TIMER_H_
