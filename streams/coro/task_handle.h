// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_TASK_HANDLE_H_
#define STREAMS_CORO_TASK_HANDLE_H_

#include <optional>
#include <type_traits>
#include <utility>

#include "absl/base/macros.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/coro/awaited_result.h"
#include "streams/coro/completion.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/suspension.h"
#include "streams/coro/task.h"
#include "streams/coro/task_state.h"

namespace streams {

template <class T = void>
class TaskHandle;

// `co_await handle`, see TaskHandle.
template <class T>
class [[nodiscard]] TaskHandleAwaitable final : private Suspension {
 public:
  explicit TaskHandleAwaitable(internal::TaskStatePtr<T> state)
      : state_(std::move(state)) {}

  using Suspension::await_suspend;
  bool await_ready() {
    if (state_->completion().done()) return true;
    ReadyQueue& queue = state_->completion().queue();
    if (state_.operator->() == queue.current_task()) {
      awaits_itself_ = true;
      ArmYield(queue);
    } else {
      Arm(state_->completion());
    }
    return false;
  }
  TaskOutcome<T> await_resume() {
    if (was_cancelled_) {
      // An error that came with it is not told to anybody else.
      if (state_->completion().done()) state_->set_retrieved();
      return TaskOutcome<T>(CancelledError());
    }
    if (awaits_itself_) {
      return TaskOutcome<T>(
          absl::FailedPreconditionError("Task cannot await on itself"));
    }
    return state_->CopyOrTakeOutcome();
  }

 private:
  bool OnWake(absl::Status status) override {
    // Also when it is the awaited task that was cancelled: the same to see.
    was_cancelled_ = absl::IsCancelled(status);
    return true;
  }

  // Cancels the awaited task, and goes on waiting: it may decline.
  bool CancelAwaited() override {
    if (!listening()) return Suspension::CancelAwaited();
    if (is_cancelling_) {
      // Back here: tasks that await each other in a ring. Nobody in it would
      // ever be done; so this one stops waiting.
      Unlink();
      set_completion(nullptr);
      return Suspension::CancelAwaited();
    }
    is_cancelling_ = true;
    const bool was_cancelled = state_->Cancel();
    is_cancelling_ = false;
    return was_cancelled;
  }

  internal::TaskStatePtr<T> state_;
  bool was_cancelled_ = false;
  bool awaits_itself_ = false;
  bool is_cancelling_ = false;
};

// A task that somebody else owns (a TaskGroup, say): to look at it, to await
// it, to cancel it. Copies are cheap; the outcome is kept for as long as there
// is one. Once the owner has dropped the task, it is done, and cancelled.
// Threads: the loop's. What the methods do: see TaskHandle.
template <class T>
class TaskReference {
 public:
  TaskReference() = default;  // To no task: nothing may be called.

  explicit operator bool() const { return state_ != nullptr; }
  bool Cancel() const { return state_->Cancel(); }
  bool done() const { return state_->completion().done(); }
  bool cancelled() const { return state_->completion().cancelled(); }
  // Only when done. TakeResult() copies the outcome if it can be copied.
  const TaskOutcome<T>& result() const { return state_->outcome(); }
  TaskOutcome<T> TakeResult() const { return state_->CopyOrTakeOutcome(); }

  void Listen(Completion::Listener& listener) const {
    state_->completion().Listen(listener);
  }

  TaskHandleAwaitable<T> operator co_await() const {
    return TaskHandleAwaitable<T>(state_);
  }

 private:
  friend class TaskHandle<T>;

  explicit TaskReference(internal::TaskStatePtr<T> state)
      : state_(std::move(state)) {}

  internal::TaskStatePtr<T> state_;
};

// A coroutine that runs on its own, beside others: asyncio's Task.
//
//   TaskHandle<absl::Status> pump = Spawn(loop, Pump(reader, writer));
//   ...
//   pump.Cancel();
//   absl::Status status = co_await pump;
//
// It starts in the next turn of the loop. Its outcome is T if T is an
// absl::Status or a StatusOr; else StatusOr<T> (Status for void), since it may
// be cancelled before it ran.
//
// Cancel() makes the await at which the task is parked, innermost, return
// kCancelled one turn later; a task that hasn't started never runs; one whose
// wake-up is on its way already is cancelled at that wake-up; one that runs, at
// its next suspension. The task may clean up, or carry on: then it was not
// cancelled. `cancelled()` tells in the end.
//
// Awaiting a handle gives the outcome, a turn after the task is done (at once
// if it was done already), a copy for each who awaits; a T that can't be copied
// is given to the first. Cancelling the task that awaits cancels this one. A
// task that awaits itself gets kFailedPrecondition ("Task cannot await on
// itself"), a turn later.
//
// Lifetime: destroying the handle of a task that isn't done destroys the task,
// coroutine and all, without running more than destructors; whoever awaits it
// gets kCancelled. (asyncio's tasks live on; Detach() does that.) The loop
// destroys what is left. Threads: the loop's.
// An error that nobody looks at goes to the loop's exception handler.
template <class T>
class [[nodiscard]] TaskHandle {
 public:
  TaskHandle() = default;  // No task.
  TaskHandle(TaskHandle&&) noexcept = default;
  TaskHandle& operator=(TaskHandle&& other) noexcept {
    if (this != &other) {
      Reset();
      state_ = std::move(other.state_);
    }
    return *this;
  }
  ~TaskHandle() { Reset(); }

  // False when default-constructed, moved from, reset or detached; then nothing
  // else may be called.
  explicit operator bool() const { return state_ != nullptr; }

  // False if it was done already. [Task.cancel]
  bool Cancel() { return state_->Cancel(); }

  // How many calls of Cancel() were not taken back; and takes one back: for
  // those who cancel a task for a purpose of their own, as Timeout does.
  // [Task.cancelling, Task.uncancel]
  int cancelling() const { return state_->cancel_requests(); }
  int Uncancel() { return state_->Uncancel(); }

  // [Task.done, Task.cancelled]
  bool done() const { return state_->completion().done(); }
  bool cancelled() const { return state_->completion().cancelled(); }

  // Only when done. [Task.result]
  const TaskOutcome<T>& result() const { return state_->outcome(); }
  TaskOutcome<T> TakeResult() { return state_->TakeOutcome(); }

  // Calls the listener in the turn after the task is done.
  // [Task.add_done_callback]
  void Listen(Completion::Listener& listener) {
    state_->completion().Listen(listener);
  }

  TaskHandleAwaitable<T> operator co_await() const {
    return TaskHandleAwaitable<T>(state_);
  }

  // Lets go of the task, which runs on, owned by the loop.
  void Detach() { state_.reset(); }

  // The same, and an error of it is nobody's business.
  void Forget() {
    state_->set_retrieved();
    Detach();
  }

  // Another name for the task, which does not own it.
  TaskReference<T> Refer() const { return TaskReference<T>(state_); }

  // Destroys the task if it isn't done.
  void Reset() {
    // A local: destroying the coroutine may get back to this handle.
    const internal::TaskStatePtr<T> state = std::move(state_);
    if (state != nullptr) state->Abandon();
  }

 private:
  template <class U>
  friend TaskHandle<U> Spawn(ReadyQueue& queue, Task<U> task);

  explicit TaskHandle(internal::TaskStatePtr<T> state)
      : state_(std::move(state)) {}

  internal::TaskStatePtr<T> state_;
};

// Starts `task` in the next turn of the loop. [loop.create_task]
template <class T>
TaskHandle<T> Spawn(ReadyQueue& queue, Task<T> task) {
  auto state = internal::TypedTaskState<T>::Start(queue, std::move(task));
  return TaskHandle<T>(std::move(state));
}

// The same for whatever else can be awaited and moved: it is awaited, hence
// begins, in the next turn. `Spawn(loop, reader->Read(1))`
template <class Awaitable>
auto Spawn(ReadyQueue& queue, Awaitable awaitable)
    -> TaskHandle<AwaitedResult<Awaitable>> {
  return Spawn(queue, AsTask(std::move(awaitable)));
}

}  // namespace streams

#endif  // STREAMS_CORO_TASK_HANDLE_H_
