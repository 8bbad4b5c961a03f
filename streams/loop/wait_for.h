// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_WAIT_FOR_H_
#define STREAMS_LOOP_WAIT_FOR_H_

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "streams/coro/awaited_result.h"
#include "streams/coro/completion.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/timeout.h"
#include "streams/os/error.h"

namespace streams {

namespace internal {

// Sets a waiter when a task is done.
class WaiterRelease final : public Completion::Listener {
 public:
  explicit WaiterRelease(Waiter& waiter) : waiter_(waiter) {}

 private:
  void Run() override { waiter_.SetResult(); }

  Waiter& waiter_;
};

template <class T>
TaskHandle<T> EnsureTask(ReadyQueue& /*queue*/, TaskHandle<T> task) {
  return task;
}
template <class T>
TaskReference<T> EnsureTask(ReadyQueue& /*queue*/, TaskReference<T> task) {
  return task;
}
template <class Awaitable>
auto EnsureTask(ReadyQueue& queue, Awaitable awaitable) {
  return Spawn(queue, std::move(awaitable));
}

// No time at all: cancels it, before it begins if it is new, and waits for what
// it makes of that. Through a waiter of its own, because whoever is cancelled
// here is not to wait for it any longer. `task` is a TaskHandle or a
// TaskReference. [tasks._cancel_and_wait]
template <class Handle>
Task<AwaitedResult<Handle>> CancelAndWait(EventLoop& loop, Handle task) {
  Waiter waiter(loop);
  WaiterRelease release(waiter);
  task.Listen(release);
  task.Cancel();
  absl::Status status = co_await waiter;
  if (!status.ok()) co_return status;
  if (task.cancelled()) co_return MakeError(ErrorKind::kTimeout, "");
  co_return task.TakeResult();
}

}  // namespace internal

// Awaits `awaitable`, for `timeout` at most:
//
//   absl::StatusOr<std::string> line =
//       co_await WaitFor(loop, reader->ReadLine(), absl::Seconds(10));
//
// `awaitable` is an operation (ReadLine(), Drain(), OpenConnection() ...), a
// Task<T>, or a TaskHandle<T>, which is taken: what may run on is owned by
// somebody else, and given as a TaskReference (or under a Shield()).
//
// The result is that of `awaitable` if it has one in time. Otherwise it is
// cancelled, hence loses nothing that it does not lose when cancelled, and the
// result is kTimeout. If it does not heed the cancellation, its result counts
// after all, however late: the time-out does not cut anything off.
// Zero or less: cancelled before it begins; a read does not look at the buffer.
//   A task that is given may have begun; if it is done, its result counts. Who
//   is cancelled meanwhile doesn't wait for it, and drops it if it is his.
// Infinite: no time-out.
//
// It begins at once when awaited, in the task that awaits; data that is there
// costs no turn of the loop. Cancelled: `awaitable` is, and its kCancelled
// comes back. Dropped: so is `awaitable`. Threads: the loop's, in a task.
// `loop` and what `awaitable` refers to must live until it is done.
//
// asyncio: asyncio.wait_for, as it is since 3.12.
template <class Awaitable>
Task<TaskOutcome<AwaitedResult<Awaitable>>> WaitFor(EventLoop& loop,
                                                    Awaitable awaitable,
                                                    absl::Duration timeout) {
  using Result = AwaitedResult<Awaitable>;
  if (timeout <= absl::ZeroDuration()) {
    // A task, or a Shield() of one: its result counts if it is there already.
    if constexpr (requires { awaitable.done(); }) {
      if (awaitable.done()) co_return co_await std::move(awaitable);
    }
    co_return co_await internal::CancelAndWait(
        loop, internal::EnsureTask(loop, std::move(awaitable)));
  }
  Timeout scope(loop, timeout);
  if constexpr (std::is_void_v<Result>) {
    co_await std::move(awaitable);
    co_return scope.Exit(absl::OkStatus());
  } else {
    TaskOutcome<Result> outcome = co_await std::move(awaitable);
    co_return scope.Exit(std::move(outcome));
  }
}

}  // namespace streams

#endif  // STREAMS_LOOP_WAIT_FOR_H_
