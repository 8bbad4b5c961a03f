// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_SUSPENSION_H_
#define STREAMS_CORO_SUSPENSION_H_

#include <coroutine>
#include <cstddef>
#include <utility>

#include "absl/base/macros.h"
#include "absl/status/status.h"
#include "streams/coro/completion.h"
#include "streams/coro/prefetch.h"
#include "streams/coro/ready_queue.h"

namespace streams {

namespace internal {
class RootTask;
}  // namespace internal

// The place where a task is parked: base of every awaitable that waits for the
// loop. A class that derives from it is awaited without a coroutine frame of
// its own, also when it takes several rounds:
//
//   class ReadOperation : private Suspension {
//    public:
//     using Suspension::await_suspend;
//     bool await_ready() {              // Runs at once, allocates nothing.
//       if (reader_.Take(&result_)) return true;
//       Arm(reader_.waiter());          // Else say what to wait for.
//       return false;
//     }
//     absl::StatusOr<std::string> await_resume() { return ...; }
//    private:
//     bool OnWake(absl::Status status) override {  // In the turn after.
//       if (!status.ok()) { ...; return true; }    // Cancelled, or an error.
//       if (reader_.Take(&result_)) return true;   // Continue the coroutine.
//       Arm(reader_.waiter());
//       return false;                              // Wait for more.
//     }
//   };
//
// What the task sees is what asyncio does: the wake-up comes one turn after the
// completion; TaskHandle::Cancel() cancels the completion that is waited for,
// or, when that is done already, replaces its result.
//
// Threads: the loop's. Lifetime: it lives in the coroutine's frame, and may be
// destroyed while parked (a derived class then takes back what it promised to
// others, such as "I am the reader who waits", in its destructor).
// Only coroutines that run inside a spawned task can be parked.
class Suspension : public Completion::Listener {
 public:
  ~Suspension() override {
    if (task_ != nullptr && task_->suspension() == this) {
      task_->set_suspension(nullptr);
    }
  }

  // `handle` is a std::coroutine_handle<...>.
  template <class Handle>
  void await_suspend(Handle handle) {
    handle_ = handle;
    Park();
  }

 protected:
  Suspension() = default;
  // As Callback: only before it is awaited.
  Suspension(Suspension&&) noexcept = default;

  // What to wait for; in the task that will, between await_ready() and
  // await_suspend(), and before OnWake() returns false.
  void Arm(Completion& completion) {
    Bind(completion.queue());
    set_completion(&completion);
  }

  // Waits for nothing but the next turn: a bare `yield`.
  void ArmYield(ReadyQueue& queue) {
    Bind(queue);
    queue.CallSoon(*this);
  }

  // Waits for Wake(), as if for a completion that nobody else can see: cheaper
  // than one, where only this object waits.
  void ArmForWake(ReadyQueue& queue) { Bind(queue); }

  // What SetResult() is to a completion. In vain if it was woken, or cancelled,
  // since it was parked.
  void Wake() {
    if (!linked()) CallSoon();
  }
  void Wake(absl::Status status) {
    if (linked()) return;
    set_status(std::move(status));
    CallSoon();
  }

  // A hint that it will be woken soon: asks the processor for what runs then.
  void Prefetch() const {
    internal::PrefetchBytes(task_, sizeof(*task_));
    internal::PrefetchBytes(handle_.address(), kFrameBytes);
  }

  // In the turn after the completion, in the task's turn: true continues the
  // coroutine, false parks it again (after Arm()). `status` is the
  // completion's, or CancelledError. Must not destroy its own task.
  virtual bool OnWake(absl::Status status) = 0;

  // asyncio's `_fut_waiter.cancel()`: true if the wake-up will say cancelled.
  // The default cancels the completion.
  virtual bool CancelAwaited();

 private:
  friend class internal::RootTask;

  // The beginning of a coroutine's frame, where its parameters are.
  static constexpr std::size_t kFrameBytes = 128;

  void Run() final;
  // As a rule, all there is to do is to remember who is parked.
  void Park() {
    // Resumed from nowhere, nobody could cancel or destroy it.
    ABSL_HARDENING_ASSERT(task_ != nullptr);
    task_->set_suspension(this);
    // If it is linked, it waits for the next turn.
    if (!linked() && (completion() != nullptr || task_->must_cancel())) Wait();
  }
  // For the completion, or to be cancelled at once.
  void Wait();
  // The first time, the task that runs is the one to be parked.
  void Bind(ReadyQueue& queue) {
    if (task_ == nullptr) task_ = queue.current_task();
  }
  void CallSoon() {
    // When the queue has shut down, nobody is woken any more.
    if (task_->queue() != nullptr) task_->queue()->CallSoon(*this);
  }
  // The task has ended, and this, in a coroutine that somebody else owns, is
  // still there.
  void ForgetTask() {
    Disable();  // Nobody is woken.
    task_ = nullptr;
  }

  // Every idle connection has one of these: no more than is needed.
  std::coroutine_handle<> handle_;
  internal::TaskBase* task_ = nullptr;
};

}  // namespace streams

#endif  // STREAMS_CORO_SUSPENSION_H_
