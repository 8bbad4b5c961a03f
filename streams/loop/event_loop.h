// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_EVENT_LOOP_H_
#define STREAMS_LOOP_EVENT_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "streams/coro/awaited_result.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/loop/clock.h"
#include "streams/loop/exception_context.h"
#include "streams/loop/io_handler.h"
#include "streams/loop/loop_observer.h"
#include "streams/loop/selector.h"
#include "streams/loop/timer.h"

namespace streams {

// The name of asyncio's logger. [logging.getLogger("asyncio")]
inline constexpr absl::string_view kLoggerName = "asyncio";

// What runs everything: callbacks, timers, descriptors and tasks, on one
// thread. There is no global loop; pass it on. [asyncio.SelectorEventLoop]
//
//   EventLoop loop;
//   absl::Status status = loop.RunUntilComplete(Main(loop));
//
// A turn is asyncio's: wait for descriptors (not at all if something is ready);
// queue their handlers; queue the timers whose time has come; then run what the
// queue holds at that moment. What is called soon meanwhile runs in the next
// turn, in the order in which it was asked for.
//
// The handlers of descriptors that are ready at the same time are run in
// batches, a turn each, as long as nothing but what they wake is ready; and
// turns in which something is ready may leave out looking for more descriptors,
// but not four in a row, nor two as long as something is always ready. So a
// connection's bytes are still in the processor's cache when its task is woken.
// To whom it runs it looks as if the later bytes had arrived a moment later.
// (docs/decisions/0006)
//
// Threads: that which runs it; before it runs, one at a time. Only
// CallSoonThreadsafe() and StopThreadsafe() may be called from others.
// Lifetime: destroying it destroys, in this order: tasks that aren't done,
// callbacks that were to be run, then it tells the observers. Whatever was
// given to it may be destroyed later, but not used. It must not be running:
// what it runs must not destroy it.
class EventLoop final : public ReadyQueue {
 public:
  EventLoop() : EventLoop(Clock::System()) {}
  // `clock` must outlive the loop.
  explicit EventLoop(Clock& clock);
  ~EventLoop() override;

  // --- Running ---

  // Spawns `task` (or anything else that can be awaited and moved), runs until
  // it is done and returns its outcome. If Stop() is called before, the task is
  // destroyed and the outcome is kFailedPrecondition ("Event loop stopped
  // before Future completed."). [loop.run_until_complete]
  template <class Awaitable>
  auto RunUntilComplete(Awaitable awaitable) {
    auto handle = Spawn(*this, std::move(awaitable));
    return RunUntilDone(handle);
  }

  // The same for a task that runs already.
  template <class T>
  TaskOutcome<T> RunUntilDone(TaskHandle<T>& handle) {
    StopWhenDone stop(*this);
    handle.Listen(stop);
    RunForever();
    if (!handle.done()) return StoppedTooEarly();
    return handle.TakeResult();
  }

  // Runs until Stop(). [loop.run_forever]
  void RunForever();

  // Ends RunForever() after the turn that is going on; before it, after one
  // turn. [loop.stop]
  void Stop() { stopping_ = true; }
  void StopThreadsafe();
  // Whether somebody is in RunForever() or RunTurn(). Any thread.
  // [loop.is_running]
  bool is_running() const {
    return thread_.load(std::memory_order_relaxed) != std::thread::id();
  }

  // Runs one turn, blocking no longer than `max_wait` (zero: not at all) for
  // something to do. Returns how many callbacks ran, those of descriptors and
  // timers included: zero says that nothing was ready and nothing moved. For
  // programs that have a loop of their own, and for tests. [loop._run_once]
  // As RunForever(), not from what the loop itself runs ("This event loop is
  // already running", where assertions are on).
  size_t RunTurn(absl::Duration max_wait);

  // Looks again and again for up to `duration` before it blocks, for an answer
  // sooner: no sleep, no waking up. A processor is busy all that time: for
  // loops that have one to themselves. Zero, the default, is never. Not in
  // asyncio.
  void set_busy_poll(absl::Duration duration);

  // Since the loop was made: turns, and callbacks. A task that sees the latter
  // grow by just one from one Yield() to the next was alone.
  uint64_t turns() const { return turns_; }
  uint64_t callbacks_run() const { return callbacks_run_; }

  // --- Callbacks ---

  // The node, allocating nothing: see ReadyQueue.
  using ReadyQueue::CallSoon;
  // A function, called once and destroyed; destroyed uncalled if the loop goes
  // first. [loop.call_soon]
  void CallSoon(absl::AnyInvocable<void()> function);

  // The same from any thread; wakes the loop. From what the loop runs, it keeps
  // its place among those called soon. The caller makes sure that the loop is
  // still there. [loop.call_soon_threadsafe]
  void CallSoonThreadsafe(absl::AnyInvocable<void()> function);

  // --- Time ---

  // [loop.time]
  absl::Duration Time() { return clock_.Now() + clock_offset_; }

  // Moves the time of this loop on, as if that much had passed: for tests.
  void AdvanceClock(absl::Duration by) { clock_offset_ += by; }

  // Arms the timer; an absl::InfiniteDuration() is never. [loop.call_at]
  void CallAt(Timer& timer, absl::Duration when);
  // [loop.call_later]
  void CallLater(Timer& timer, absl::Duration delay) {
    CallAt(timer, Time() + delay);
  }
  // A function, called once; it can't be cancelled (use a FunctionTimer).
  void CallLater(absl::Duration delay, absl::AnyInvocable<void()> function);

  // --- Descriptors ---

  // Wants to hear when the handler's descriptor is readable. Fails with the
  // kernel's error (EPERM: a regular file), or when another handler has the
  // descriptor. No harm if it was wanted already. [loop.add_reader]
  absl::Status AddReader(IoHandler& handler) {
    return selector_.AddReader(handler);
  }
  absl::Status AddWriter(IoHandler& handler) {
    return selector_.AddWriter(handler);
  }
  // No more; also not in this turn, if its call was yet to come. False if it
  // wasn't wanted. [loop.remove_reader]
  bool RemoveReader(IoHandler& handler) {
    return selector_.RemoveReader(handler);
  }
  bool RemoveWriter(IoHandler& handler) {
    return selector_.RemoveWriter(handler);
  }

  // Both, and forgets the descriptor, which may be closed or given away then.
  void Unregister(IoHandler& handler) { selector_.Unregister(handler); }
  // Wants nothing any more, and doesn't tell the kernel, for a descriptor that
  // is unregistered in the next turn: its events until then are ignored.
  void SilenceForClose(IoHandler& handler) {
    selector_.SilenceForClose(handler);
  }
  // As Unregister() without a system call, for a descriptor that its owner
  // closes within the next turns, and that nobody else has open (dup(),
  // fork()).
  void UnregisterForClose(IoHandler& handler) {
    selector_.UnregisterForClose(handler);
  }

  // --- Errors that have nobody to go to ---

  using ExceptionHandler = absl::AnyInvocable<void(const ExceptionContext&)>;
  // Replaces the one that logs to stderr; null brings that back.
  // [loop.set_exception_handler]
  void SetExceptionHandler(ExceptionHandler handler);
  // [loop.call_exception_handler]
  void CallExceptionHandler(const ExceptionContext& context);

  // Python's warnings.warn(): `category` is such as "ResourceWarning". What
  // asyncio logs as a warning instead has the category kLoggerName.
  using WarningHandler = absl::AnyInvocable<void(absl::string_view category,
                                                 absl::string_view message)>;
  // Replaces the one that logs to stderr; null brings that back.
  void SetWarningHandler(WarningHandler handler);
  void ReportWarning(absl::string_view category, absl::string_view message);

  // Whether a single descriptor was ready the last time that it looked: nobody
  // waits behind that one's handler.
  bool has_single_handler() const { return selector_.has_single_event(); }

  // --- The end ---

  // Tells `observer` when the loop is destroyed, the newest first.
  void AddObserver(LoopObserver& observer) { observer.Insert(first_observer_); }
  void RemoveObserver(LoopObserver& observer) { observer.Remove(); }

  // How many transports are neither closing nor closed. [loop._transports]
  int64_t open_transports() const { return open_transports_; }
  // By the transports themselves: 1 for one more, -1 for one less.
  void CountOpenTransport(int change) { open_transports_ += change; }

 private:
  // A listener that stops the loop.
  class StopWhenDone final : public Completion::Listener {
   public:
    explicit StopWhenDone(EventLoop& loop) : loop_(loop) {}

   private:
    void Run() override { loop_.Stop(); }

    EventLoop& loop_;
  };

  void OnErrorNeverRetrieved(const absl::Status& error) override;
  static absl::Status StoppedTooEarly();
  // What runs the loop says whose thread it is.
  inline void Enter();
  inline void Leave();
  ABSL_ATTRIBUTE_ALWAYS_INLINE inline size_t Turn(absl::Duration max_wait);
  inline void Poll(absl::Duration max_wait);
  // With something that limits the wait, or wants to know of it.
  void PollUntilDue(absl::Duration max_wait);
  // Returns how long it took, at most `duration`.
  absl::Duration BusyPoll(absl::Duration duration);
  size_t QueueHandlers();
  absl::Duration LongestWait(absl::Duration max_wait);
  void TakeThreadsafeCalls();
  void QueueDueTimers();

  Clock& clock_;
  absl::Duration clock_offset_;
  absl::Duration busy_poll_;
  // By the system's clock, and no busy polling: a wait is the kernel's matter.
  bool just_blocks_;
  // That of who runs it now; otherwise nobody's: who made the loop need not be
  // who runs it.
  std::atomic<std::thread::id> thread_;
  TimerQueue timers_;
  Selector selector_;
  LoopObserver* first_observer_ = nullptr;
  // Shared with the call that is going on: a handler may set another one.
  std::shared_ptr<ExceptionHandler> exception_handler_;
  std::shared_ptr<WarningHandler> warning_handler_;
  uint64_t turns_ = 0;
  uint64_t callbacks_run_ = 0;
  bool stopping_ = false;
  int polls_left_out_ = 0;
  // Something was when it looked for descriptors the last time.
  bool is_always_ready_ = false;
  // The descriptors' handlers of the turn before, and whether this one takes
  // all there are, or a batch.
  size_t last_handlers_ = 0;
  bool takes_all_ = false;
  int64_t open_transports_ = 0;

  // Not absl::Mutex: ThreadSanitizer doesn't see into a prebuilt Abseil.
  std::mutex mutex_;
  std::vector<absl::AnyInvocable<void()>> threadsafe_calls_;  // By mutex_.
  // Reused from turn to turn.
  std::vector<absl::AnyInvocable<void()>> taken_calls_;
};

}  // namespace streams

#endif  // STREAMS_LOOP_EVENT_LOOP_H_
