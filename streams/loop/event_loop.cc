// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/event_loop.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/macros.h"
#include "absl/base/optimization.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "streams/coro/callback.h"
#include "streams/coro/frame_pool.h"
#include "streams/os/error.h"

namespace streams {
namespace {

// As asyncio's: a longer wait is cut into pieces.
constexpr absl::Duration kLongestWait = absl::Hours(24);

// After so many in a row, a turn in which something is ready looks for
// descriptors: what a connection that is accepted, or ends, has to do takes
// four turns, and then more has come than after each of them.
constexpr int kMostPollsLeftOut = 3;

// A function on the queue, which owns itself.
class FunctionCallback final : public Callback, public internal::PoolAllocated {
 public:
  explicit FunctionCallback(absl::AnyInvocable<void()> function)
      : function_(std::move(function)) {}

 private:
  void Run() override {
    absl::AnyInvocable<void()> function = std::move(function_);
    delete this;
    function();
  }
  void Discard() override { delete this; }

  absl::AnyInvocable<void()> function_;
};

// The same for a time to come.
class OwnedTimer final : public Timer {
 public:
  explicit OwnedTimer(absl::AnyInvocable<void()> function)
      : function_(std::move(function)) {}

 private:
  void Run() override {
    absl::AnyInvocable<void()> function = std::move(function_);
    delete this;
    function();
  }
  void Discard() override { delete this; }

  absl::AnyInvocable<void()> function_;
};

// Rounded up: waking a little early would spin until the timer is due.
int ToMilliseconds(Clock& clock, absl::Duration wait) {
  const absl::Duration block = clock.Block(wait);
  if (block == absl::InfiniteDuration()) return -1;
  if (block <= absl::ZeroDuration()) return 0;  // Often, and dear to divide.
  return static_cast<int>(absl::ToInt64Milliseconds(
      absl::Ceil(std::min(block, kLongestWait), absl::Milliseconds(1))));
}

void PrintPart(absl::string_view part) {
  std::fwrite(part.data(), 1, part.size(), stderr);
}

}  // namespace

EventLoop::EventLoop(Clock& clock)
    : clock_(clock), thread_(std::thread::id()), selector_(*this) {
  set_busy_poll(absl::ZeroDuration());
}

EventLoop::~EventLoop() {
  ABSL_HARDENING_ASSERT(!is_running() && "Cannot close a running event loop");
  Shutdown();
  while (LoopObserver* const observer = first_observer_) {
    observer->Remove();
    observer->OnLoopDestroyed();
  }
  while (Timer* const timer = timers_.earliest()) {
    timer->Cancel();
    CallSoon(*timer);  // Which is over: one that owns itself is deleted.
  }
}

ABSL_ATTRIBUTE_HOT void EventLoop::RunForever() {
  Enter();
  do {
    Turn(absl::InfiniteDuration());
  } while (!stopping_);
  Leave();
  stopping_ = false;
}

void EventLoop::StopThreadsafe() {
  CallSoonThreadsafe([this] { Stop(); });
}

size_t EventLoop::RunTurn(absl::Duration max_wait) {
  Enter();
  const size_t count = Turn(max_wait);
  Leave();
  return count;
}

// Within a turn, another one would run what is left of it at a wrong time, and
// receive into memory that a protocol is looking at.
inline void EventLoop::Enter() {
  ABSL_HARDENING_ASSERT(!is_running() && "This event loop is already running");
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
}

inline void EventLoop::Leave() {
  thread_.store(std::thread::id(), std::memory_order_relaxed);
}

inline size_t EventLoop::Turn(absl::Duration max_wait) {
  ++turns_;
  size_t handlers = 0;
  if (!selector_.has_events()) {
    // A task that computes in small steps must not delay all others.
    const int most = is_always_ready_ ? 1 : kMostPollsLeftOut;
    if (has_ready() && polls_left_out_ < most) {
      ++polls_left_out_;
    } else {
      is_always_ready_ = has_ready();
      polls_left_out_ = 0;
      Poll(max_wait);
    }
  }
  if (selector_.has_events()) handlers = QueueHandlers();
  if (!timers_.empty()) QueueDueTimers();
  const size_t count = RunReady();
  // More than the handlers of the turn before have made ready: others run too.
  takes_all_ = count > handlers + last_handlers_;
  last_handlers_ = handlers;
  callbacks_run_ += count;
  return count;
}

void EventLoop::set_busy_poll(absl::Duration duration) {
  busy_poll_ = duration;
  just_blocks_ =
      duration <= absl::ZeroDuration() && &clock_ == &Clock::System();
}

inline void EventLoop::Poll(absl::Duration max_wait) {
  if (ABSL_PREDICT_TRUE(just_blocks_ && timers_.empty() &&
                        max_wait == absl::InfiniteDuration())) {
    selector_.Poll(/*timeout_ms=*/has_ready() || stopping_ ? 0 : -1);
  } else {
    PollUntilDue(max_wait);
  }
}

void EventLoop::PollUntilDue(absl::Duration max_wait) {
  absl::Duration wait = LongestWait(max_wait);
  if (busy_poll_ > absl::ZeroDuration() && wait > absl::ZeroDuration()) {
    wait -= BusyPoll(std::min(wait, busy_poll_));
  }
  if (!selector_.has_events()) selector_.Poll(ToMilliseconds(clock_, wait));
  if (wait <= absl::ZeroDuration()) return;
  if (selector_.has_events()) {
    clock_.OnReady();
  } else {
    clock_.OnIdle(wait);
  }
}

absl::Duration EventLoop::BusyPoll(absl::Duration duration) {
  const absl::Duration start = Time();
  absl::Duration spent;
  do {
    selector_.Poll(/*timeout_ms=*/0);
    spent = std::min(Time() - start, duration);
  } while (!selector_.has_events() && spent < duration &&
           clock_.Block(duration) > absl::ZeroDuration());
  return spent;
}

size_t EventLoop::QueueHandlers() {
  polls_left_out_ = 0;
  bool woken = false;
  const size_t handlers = selector_.QueueHandlers(takes_all_, &woken);
  if (woken) TakeThreadsafeCalls();
  return handlers;
}

absl::Duration EventLoop::LongestWait(absl::Duration max_wait) {
  if (has_ready() || stopping_) return absl::ZeroDuration();
  if (timers_.empty()) return max_wait;
  return std::max(std::min(max_wait, timers_.earliest()->when() - Time()),
                  absl::ZeroDuration());
}

void EventLoop::QueueDueTimers() {
  const absl::Duration now = Time();
  while (Timer* const timer = timers_.earliest()) {
    if (timer->when() > now) break;
    timer->Cancel();
    CallSoon(*timer);
  }
}

void EventLoop::TakeThreadsafeCalls() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    taken_calls_.swap(threadsafe_calls_);
  }
  for (absl::AnyInvocable<void()>& call : taken_calls_) {
    CallSoon(std::move(call));
  }
  taken_calls_.clear();
}

void EventLoop::CallSoon(absl::AnyInvocable<void()> function) {
  CallSoon(*new FunctionCallback(std::move(function)));
}

void EventLoop::CallSoonThreadsafe(absl::AnyInvocable<void()> function) {
  if (thread_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    CallSoon(std::move(function));
    return;
  }
  // The loop looks at the list only when it was woken, so that a turn without
  // such a call costs no lock.
  const std::lock_guard<std::mutex> lock(mutex_);
  threadsafe_calls_.push_back(std::move(function));
  // Under the lock: else the loop might be done with it, and gone.
  if (threadsafe_calls_.size() == 1) selector_.Wake();
}

void EventLoop::CallAt(Timer& timer, absl::Duration when) {
  if (when == absl::InfiniteDuration()) {
    timer.Cancel();
  } else {
    timers_.Add(timer, when);
  }
}

void EventLoop::CallLater(absl::Duration delay,
                          absl::AnyInvocable<void()> function) {
  timers_.Add(*new OwnedTimer(std::move(function)), Time() + delay);
}

void EventLoop::SetExceptionHandler(ExceptionHandler handler) {
  exception_handler_ =
      handler == nullptr
          ? nullptr
          : std::make_shared<ExceptionHandler>(std::move(handler));
}

void EventLoop::CallExceptionHandler(const ExceptionContext& context) {
  if (const auto handler = exception_handler_) {
    (*handler)(context);
    return;
  }
  // message(), not ToString(): a peer's bytes may travel in the payloads.
  PrintPart(context.message);
  for (const std::string* part :
       {&context.protocol, &context.transport, &context.task}) {
    if (part->empty()) continue;
    PrintPart("; ");
    PrintPart(*part);
  }
  if (!context.exception.ok()) {
    PrintPart("; ");
    PrintPart(ErrorKindName(GetErrorKind(context.exception)));
    PrintPart(": ");
    PrintPart(context.exception.message());
  }
  PrintPart("\n");
}

void EventLoop::SetWarningHandler(WarningHandler handler) {
  warning_handler_ = handler == nullptr
                         ? nullptr
                         : std::make_shared<WarningHandler>(std::move(handler));
}

void EventLoop::ReportWarning(absl::string_view category,
                              absl::string_view message) {
  if (const auto handler = warning_handler_) {
    (*handler)(category, message);
    return;
  }
  PrintPart(category);
  PrintPart(": ");
  PrintPart(message);
  PrintPart("\n");
}

void EventLoop::OnErrorNeverRetrieved(const absl::Status& error) {
  ExceptionContext context;
  context.message = "Task exception was never retrieved";
  context.exception = error;
  CallExceptionHandler(context);
}

absl::Status EventLoop::StoppedTooEarly() {
  return MakeError(ErrorKind::kRuntime,
                   "Event loop stopped before Future completed.");
}

}  // namespace streams
