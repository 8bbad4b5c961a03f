// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_WAITER_H_
#define STREAMS_CORO_WAITER_H_

#include <utility>

#include "absl/status/status.h"
#include "streams/coro/completion.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/suspension.h"

namespace streams {

// `co_await waiter`: an absl::Status, see Waiter.
class [[nodiscard]] WaiterAwaitable final : private Suspension {
 public:
  explicit WaiterAwaitable(Completion& completion) : completion_(completion) {}

  using Suspension::await_suspend;
  bool await_ready() {
    if (completion_.done()) {
      result_ = completion_.status();
      return true;
    }
    Arm(completion_);
    return false;
  }
  absl::Status await_resume() { return std::move(result_); }

 private:
  bool OnWake(absl::Status status) override {
    result_ = std::move(status);
    return true;
  }

  Completion& completion_;
  absl::Status result_;
};

// A one-shot future on a loop's ready queue: asyncio's `loop.create_future()`,
// as the streams use it.
//
//   Waiter waiter(loop);
//   absl::Status status = co_await waiter;   // Here: waits.
//   waiter.SetResult();                      // Elsewhere, later.
//
// `co_await` gives OK, the error given to SetResult(), or kCancelled. When the
// result is there already the coroutine goes on at once; else it does so one
// turn after SetResult(). Several coroutines may await the same waiter and are
// woken in the order in which they came; cancelling one of their tasks cancels
// the waiter, hence all (use a Waiter each where that isn't wanted).
//
// Lifetime: a coroutine that awaits may be destroyed at any time. A waiter that
// is destroyed while pending leaves its coroutines parked: until they are
// dropped, or cancelled.  [asyncio.Future]
class Waiter : public Completion {
 public:
  explicit Waiter(ReadyQueue& queue) : Completion(queue) {}

  WaiterAwaitable operator co_await() { return WaiterAwaitable(*this); }
};

}  // namespace streams

#endif  // STREAMS_CORO_WAITER_H_
