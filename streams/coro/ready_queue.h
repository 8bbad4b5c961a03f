// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_READY_QUEUE_H_
#define STREAMS_CORO_READY_QUEUE_H_

#include <coroutine>
#include <cstddef>
#include <utility>

#include "absl/base/macros.h"
#include "absl/status/status.h"
#include "streams/coro/callback.h"

namespace streams {

class ReadyQueue;
class Suspension;

namespace internal {

// The part of a spawned task that the ready queue and the place where the task
// is parked know: what runs, where it waits, and whether it is to be cancelled.
// It owns the outermost coroutine. Not for users: they have TaskHandle.
class TaskBase : protected Callback {
 public:
  TaskBase(ReadyQueue& queue, std::coroutine_handle<> root);
  TaskBase(const TaskBase&) = delete;
  TaskBase& operator=(const TaskBase&) = delete;

  // Null once it has shut down.
  ReadyQueue* queue() const { return queue_; }

  // Continues the coroutine at `leaf`, the innermost one that was suspended.
  // The task may be gone afterwards.
  void Resume(std::coroutine_handle<> leaf);

  // Ends the task without running any of its code but destructors. When the
  // task is running, that happens as soon as it suspends.
  void Abandon();

  // asyncio's Task.cancel(): false when the task is done.
  virtual bool Cancel() = 0;

  // Task.cancelling() and Task.uncancel(): how many calls of Cancel() nobody
  // has taken back; and takes one back, returning how many are left. Whoever
  // cancels a task for a purpose of its own (a time-out, a task group) takes
  // that back when it has arrived, and so sees whether somebody else wants the
  // task cancelled.
  int cancel_requests() const { return cancel_requests_; }
  int Uncancel();

  // Task._must_cancel: the next suspension is to end with CancelledError.
  bool must_cancel() const { return must_cancel_; }
  void set_must_cancel(bool value) { must_cancel_ = value; }

  // Task._fut_waiter: where the task is parked, or null.
  void set_suspension(Suspension* suspension) { suspension_ = suspension; }
  Suspension* suspension() const { return suspension_; }

 protected:
  ~TaskBase() override;

  // The outermost coroutine, or null once it is destroyed.
  std::coroutine_handle<> root() const { return root_; }
  // With its locals, whose destructors may get back to the task.
  void DestroyRoot() {
    if (root_) std::exchange(root_, nullptr).destroy();
  }

  // Takes the result and tells who waits for it; may destroy the task.
  virtual void Finish() = 0;
  // Destroys the coroutine and tells who waits; may destroy the task.
  virtual void Drop() = 0;

  void CountCancelRequest() { ++cancel_requests_; }

  // The task is done: it no longer counts as live.
  void Retire();
  void ReportNeverRetrieved(const absl::Status& error);

 private:
  friend class streams::ReadyQueue;

  void LeaveQueue();

  std::coroutine_handle<> root_;
  // A task stays on the queue's list when it is done, so that it hears of the
  // queue's end.
  ReadyQueue* queue_;
  TaskBase* next_ = nullptr;
  TaskBase* prev_ = nullptr;
  Suspension* suspension_ = nullptr;
  int cancel_requests_ = 0;
  bool must_cancel_ = false;
  bool is_live_ = true;
  bool is_running_ = false;
  bool is_abandoned_ = false;
};

}  // namespace internal

// What runs next, in the order in which it was asked for, and the tasks that
// live on it: the part of an event loop that coroutines need. EventLoop is one;
// so `Waiter waiter(loop)` and `Spawn(loop, ...)` take either.
//
// Threads: one; nothing here is thread-safe.
// Lifetime: everything that takes a ReadyQueue& must not be *used* after it is
// gone, but may be destroyed later.
class ReadyQueue {
 public:
  ReadyQueue() = default;
  ReadyQueue(const ReadyQueue&) = delete;
  ReadyQueue& operator=(const ReadyQueue&) = delete;
  virtual ~ReadyQueue() { Shutdown(); }

  // Runs `callback` in the next turn. A callback that is already waiting keeps
  // its place. Dropped when the queue is shut down. [loop.call_soon]
  void CallSoon(Callback& callback) {
    if (callback.linked()) return;
    if (shut_down_) {
      callback.Discard();
    } else {
      ready_.PushBack(callback);
    }
  }

  // Runs `callback` in the turn that is going on, before all others.
  void CallNext(Callback& callback) {
    if (!callback.linked()) running_.PushFront(callback);
  }

  bool has_ready() const { return !ready_.empty(); }

  // Runs what is ready now, but nothing that becomes ready meanwhile: that is
  // for the next turn. Returns how many callbacks ran.
  size_t RunReady();

  // Drops all tasks, then all callbacks. Callbacks that come later are dropped
  // at once, tasks by the next call, at the latest by the destructor's.
  void Shutdown();

  // How many tasks were spawned and are not done. [len(asyncio.all_tasks())]
  size_t live_tasks() const { return live_tasks_; }

  // The task whose code runs now, or null. [asyncio.current_task]
  internal::TaskBase* current_task() const { return current_task_; }

 protected:
  // A task ended with an error, and nobody ever looked at its result.
  // [The exception handler's "Task exception was never retrieved"]
  virtual void OnErrorNeverRetrieved(const absl::Status& /*error*/) {}

 private:
  friend class internal::TaskBase;

  CallbackList ready_;
  CallbackList running_;
  internal::TaskBase* current_task_ = nullptr;
  internal::TaskBase* first_task_ = nullptr;
  size_t live_tasks_ = 0;
  bool shut_down_ = false;
};

namespace internal {

inline void TaskBase::Resume(std::coroutine_handle<> leaf) {
  ReadyQueue& queue = *queue_;
  TaskBase* const outer = std::exchange(queue.current_task_, this);
  is_running_ = true;
  leaf.resume();
  is_running_ = false;
  queue.current_task_ = outer;
  if (root_.done()) {
    Finish();
  } else if (is_abandoned_) {
    Drop();
  }
}

}  // namespace internal

inline size_t ReadyQueue::RunReady() {
  ABSL_HARDENING_ASSERT(running_.empty());
  running_.Append(ready_);
  size_t count = 0;
  while (Callback* const callback = running_.PopFront()) {
    ++count;
    callback->Run();
  }
  return count;
}

}  // namespace streams

#endif  // STREAMS_CORO_READY_QUEUE_H_
