// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_SHIELD_H_
#define STREAMS_CORO_SHIELD_H_

#include <utility>

#include "absl/status/status.h"
#include "streams/coro/cancelled.h"
#include "streams/coro/completion.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/suspension.h"
#include "streams/coro/task_handle.h"

namespace streams {

// `co_await Shield(loop, task)`: as `co_await task`, but when the task that
// awaits is cancelled, `task` is not:
//
//   TaskHandle<absl::Status> flush = Spawn(loop, Flush(*writer));
//   absl::Status status = co_await Shield(loop, flush);
//   if (absl::IsCancelled(status)) ...   // `flush` goes on.
//
// The result is that of the task, a turn later than `co_await task` gives it
// (at once if it was done already); kCancelled if either was cancelled.
// Whoever owns `task` keeps it; if the owner drops it, it was cancelled.
// Awaited once; may be moved before, and dropped at any time.
// Threads: the loop's.
//
// asyncio: asyncio.shield.
template <class T>
class [[nodiscard]] Shield final : private Suspension {
 public:
  Shield(ReadyQueue& queue, const TaskHandle<T>& task)
      : Shield(queue, task.Refer()) {}
  Shield(ReadyQueue& queue, TaskReference<T> task)
      : task_(std::move(task)), outer_(queue), relay_(outer_) {}
  Shield(Shield&& other) noexcept
      : Shield(other.outer_.queue(), std::move(other.task_)) {}

  // Whether the task is done, hence awaiting takes no turn.
  bool done() const { return task_.done(); }

  using Suspension::await_suspend;
  bool await_ready() {
    if (task_.done()) return true;
    task_.Listen(relay_);
    Arm(outer_);
    return false;
  }
  TaskOutcome<T> await_resume() {
    if (was_cancelled_) {
      // The result was here already: an error is not told to anybody else.
      if (outer_.done() && !outer_.cancelled()) (void)task_.result();
      return TaskOutcome<T>(CancelledError());
    }
    return task_.TakeResult();
  }

 private:
  // Between the task and who awaits: what cancelling cancels.
  class Relay final : public Completion::Listener {
   public:
    explicit Relay(Completion& outer) : outer_(outer) {}

   private:
    void Run() override { outer_.SetResult(TakeStatus()); }

    Completion& outer_;
  };

  bool OnWake(absl::Status status) override {
    was_cancelled_ = absl::IsCancelled(status);
    return true;
  }

  TaskReference<T> task_;
  Completion outer_;
  Relay relay_;
  bool was_cancelled_ = false;
};

}  // namespace streams

#endif  // STREAMS_CORO_SHIELD_H_
