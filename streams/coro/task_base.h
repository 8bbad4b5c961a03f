// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_TASK_BASE_H_
#define STREAMS_CORO_TASK_BASE_H_

#include <coroutine>

#include "absl/status/status.h"

namespace streams {

class ReadyQueue;
class Suspension;

namespace internal {

// The part of a spawned task that the ready queue and the place where the task
// is parked know: who runs, where it waits, and whether it is to be cancelled.
// Not for users: they have TaskHandle.
class TaskBase {
 public:
  explicit TaskBase(ReadyQueue& queue);
  TaskBase(const TaskBase&) = delete;
  TaskBase& operator=(const TaskBase&) = delete;

  // Continues the coroutine at `leaf`, the innermost one that was suspended.
  // The task may be gone afterwards.
  void Resume(std::coroutine_handle<> leaf);

  // Ends the task without running any of its code but destructors. When the
  // task is running, that happens as soon as it suspends.
  void Abandon();

  // Task._must_cancel: the next suspension is to end with CancelledError.
  bool must_cancel() const { return must_cancel_; }
  void set_must_cancel(bool value) { must_cancel_ = value; }

  // Task._fut_waiter: where the task is parked, or null.
  void set_suspension(Suspension* suspension) { suspension_ = suspension; }
  Suspension* suspension() const { return suspension_; }

 protected:
  virtual ~TaskBase();

  // Whether the outermost coroutine has run to its end.
  virtual bool HasFinished() const = 0;
  // Takes the result and tells who waits for it; may destroy the task.
  virtual void Finish() = 0;
  // Destroys the coroutine and tells who waits; may destroy the task.
  virtual void Drop() = 0;

  // The task is done: it no longer counts as live.
  void Retire();
  void ReportNeverRetrieved(const absl::Status& error);

 private:
  friend class streams::ReadyQueue;

  void LeaveQueue();

  // Null once the queue has shut down. A task stays on the queue's list when it
  // is done, so that it hears of that.
  ReadyQueue* queue_;
  TaskBase* next_ = nullptr;
  TaskBase* prev_ = nullptr;
  Suspension* suspension_ = nullptr;
  bool must_cancel_ = false;
  bool is_live_ = true;
  bool is_running_ = false;
  bool is_abandoned_ = false;
};

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_CORO_TASK_BASE_H_
