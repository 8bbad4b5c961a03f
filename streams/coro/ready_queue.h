// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_READY_QUEUE_H_
#define STREAMS_CORO_READY_QUEUE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "streams/coro/callback.h"
#include "streams/coro/task_base.h"

namespace streams {

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

  // Drops all tasks, then all callbacks; later ones are dropped at once.
  // Idempotent.
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

}  // namespace streams

#endif  // STREAMS_CORO_READY_QUEUE_H_
