// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/event_loop.h"

#include <pthread.h>
#include <time.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/status_macros.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/coro/yield.h"
#include "streams/loop/loop_observer.h"
#include "streams/loop/sleep.h"
#include "streams/loop/timer.h"
#include "streams/os/error.h"

namespace streams {
namespace {

// One turn, not waiting for anything.
size_t Turn(EventLoop& loop) { return loop.RunTurn(absl::ZeroDuration()); }

Task<int> Five() { co_return 5; }
Task<absl::Status> WaitFor(Waiter& waiter) { co_return co_await waiter; }

TEST(EventLoopTest, RunsUntilComplete) {
  EventLoop loop;
  EXPECT_EQ(*loop.RunUntilComplete(Five()), 5);
  EXPECT_TRUE(loop.RunUntilComplete(Yield(loop)).ok());
  // As in asyncio, one turn more than the task: its done callback stops.
  EXPECT_EQ(loop.turns(), 2u + 3u);
}

TEST(EventLoopTest, StoppedBeforeTheTaskIsDone) {
  EventLoop loop;
  Waiter never(loop);
  loop.CallSoon([&] { loop.Stop(); });
  const absl::Status status = loop.RunUntilComplete(WaitFor(never));
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kRuntime);
  EXPECT_EQ(status.message(), "Event loop stopped before Future completed.");
  EXPECT_EQ(loop.live_tasks(), 0u);
}

// loop.stop(); loop.call_soon(a); loop.run_forever()  ->  a runs.
// loop.call_soon(lambda: (loop.stop(), loop.call_soon(b)))  ->  b doesn't.
TEST(EventLoopTest, StopEndsAfterTheTurn) {
  EventLoop loop;
  std::string trace;
  loop.Stop();
  loop.CallSoon([&] { trace += 'a'; });
  loop.RunForever();
  EXPECT_EQ(trace, "a");
  loop.CallSoon([&] {
    loop.Stop();
    loop.CallSoon([&] { trace += 'b'; });
  });
  loop.CallSoon([&] { trace += 'c'; });
  loop.RunForever();
  EXPECT_EQ(trace, "ac");
  loop.Stop();
  loop.RunForever();
  EXPECT_EQ(trace, "acb");
}

TEST(EventLoopTest, StopsWithNothingToDo) {
  EventLoop loop;
  loop.Stop();
  loop.RunForever();
  EXPECT_EQ(loop.turns(), 1u);
}

TEST(EventLoopTest, ATurnTellsWhetherAnythingHappened) {
  EventLoop loop;
  EXPECT_EQ(Turn(loop), 0u);
  loop.CallSoon([&] { loop.CallSoon([] {}); });
  loop.CallSoon([] {});
  EXPECT_EQ(Turn(loop), 2u);
  EXPECT_EQ(Turn(loop), 1u);
  EXPECT_EQ(Turn(loop), 0u);
  EXPECT_EQ(loop.callbacks_run(), 3u);
}

// Order within a turn: what was called soon before it, then timers that are
// due, in the order of their times.
TEST(EventLoopTest, TimersRunBehindWhatIsReady) {
  EventLoop loop;
  std::string trace;
  FunctionTimer late([&] { trace += '2'; });
  FunctionTimer early([&] { trace += '1'; });
  FunctionTimer same([&] { trace += '3'; });
  const absl::Duration now = loop.Time();
  loop.CallAt(late, now + absl::Seconds(2));
  loop.CallAt(early, now + absl::Seconds(1));
  loop.CallAt(same, now + absl::Seconds(2));
  loop.CallSoon([&] { trace += '0'; });
  EXPECT_EQ(Turn(loop), 1u);
  loop.AdvanceClock(absl::Seconds(2));
  loop.CallSoon([&] { trace += 'r'; });
  EXPECT_EQ(Turn(loop), 4u);
  EXPECT_EQ(trace, "0r123");
}

// What another thread asks for is seen without blocking; and a timer is not
// missed for all the looking.
TEST(EventLoopTest, BusyPollingSeesCallsAndTimers) {
  EventLoop loop;
  loop.set_busy_poll(absl::Hours(1));
  bool called = false;
  std::thread other([&] { loop.CallSoonThreadsafe([&] { called = true; }); });
  while (!called) loop.RunTurn(absl::InfiniteDuration());
  other.join();
  const absl::Duration when = loop.Time() + absl::Milliseconds(1);
  bool fired = false;
  FunctionTimer timer([&] { fired = true; });
  loop.CallAt(timer, when);
  while (!fired) loop.RunTurn(absl::InfiniteDuration());
  EXPECT_GE(loop.Time(), when);
}

// Another thread sees it by the processor's time that it takes; else it would
// wait for that for ever.
TEST(EventLoopTest, BusyPollingDoesNotSleep) {
  EventLoop loop;
  loop.set_busy_poll(absl::Hours(1));
  clockid_t clock;
  ASSERT_EQ(pthread_getcpuclockid(pthread_self(), &clock), 0);
  const auto time_taken = [clock] {
    timespec time = {};
    clock_gettime(clock, &time);
    return absl::DurationFromTimespec(time);
  };
  std::thread other([&] {
    const absl::Duration start = time_taken();
    while (time_taken() - start < absl::Milliseconds(10)) {
      std::this_thread::yield();
    }
    loop.StopThreadsafe();
  });
  loop.RunForever();
  other.join();
}

TEST(EventLoopTest, ATimerThatIsDueCanBeCancelledInItsTurn) {
  EventLoop loop;
  FunctionTimer timer([] { FAIL(); });
  loop.CallLater(timer, absl::Seconds(1));
  loop.CallSoon([&] { timer.Cancel(); });
  loop.AdvanceClock(absl::Seconds(1));
  EXPECT_TRUE(timer.armed());
  EXPECT_EQ(Turn(loop), 1u);
  EXPECT_FALSE(timer.armed());
}

TEST(EventLoopTest, ATimerMayArmItselfAgain) {
  EventLoop loop;
  int runs = 0;
  FunctionTimer* self = nullptr;
  FunctionTimer timer([&] {
    if (++runs < 3) loop.CallLater(*self, absl::Seconds(1));
  });
  self = &timer;
  loop.CallLater(timer, absl::Seconds(1));
  for (int i = 0; i < 5; ++i) {
    loop.AdvanceClock(absl::Seconds(1));
    Turn(loop);
  }
  EXPECT_EQ(runs, 3);
}

TEST(EventLoopTest, ATimerOfNoDelayRunsInTheNextTurn) {
  EventLoop loop;
  bool called = false;
  loop.CallLater(absl::ZeroDuration(), [&] { called = true; });
  EXPECT_FALSE(called);
  EXPECT_EQ(Turn(loop), 1u);
  EXPECT_TRUE(called);
  loop.CallLater(absl::InfiniteDuration(), [] {});  // Never; nor leaked.
}

TEST(EventLoopTest, WaitsForARealTimer) {
  EventLoop loop;
  const absl::Duration start = loop.Time();
  EXPECT_TRUE(loop.RunUntilComplete(Sleep(loop, absl::Milliseconds(3))).ok());
  EXPECT_GE(loop.Time() - start, absl::Milliseconds(3));
}

Task<absl::Status> CallBackFromThread(EventLoop& loop, std::string* trace) {
  Waiter called(loop);
  std::thread thread([&] {
    loop.CallSoonThreadsafe([&] { *trace += 'a'; });
    loop.CallSoonThreadsafe([&] { called.SetResult(); });
  });
  absl::Status status = co_await called;
  thread.join();
  co_return status;
}

TEST(EventLoopTest, OtherThreadsWakeTheLoop) {
  EventLoop loop;
  std::string trace;
  EXPECT_TRUE(loop.RunUntilComplete(CallBackFromThread(loop, &trace)).ok());
  EXPECT_EQ(trace, "a");
}

TEST(EventLoopTest, ManyCallsFromManyThreadsAllArriveInOrder) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 2000;
  EventLoop loop;
  std::vector<int> next(kThreads, 0);
  int finished = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        loop.CallSoonThreadsafe([&, t, i] {
          EXPECT_EQ(next[t], i);
          next[t] = i + 1;
        });
      }
      loop.CallSoonThreadsafe([&] {
        if (++finished == kThreads) loop.Stop();
      });
    });
  }
  loop.RunForever();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(next, std::vector<int>(kThreads, kCalls));
}

// loop.call_soon(1); loop.call_soon_threadsafe(2); loop.call_soon(3)  ->  1 2 3
TEST(EventLoopTest, ThreadsafeCallsOfItsOwnThreadKeepTheirPlace) {
  EventLoop loop;
  std::string trace;
  loop.CallSoon([&] {
    loop.CallSoon([&] { trace += '1'; });
    loop.CallSoonThreadsafe([&] { trace += '2'; });
    loop.CallSoon([&] { trace += '3'; });
  });
  EXPECT_EQ(Turn(loop), 1u);
  EXPECT_EQ(Turn(loop), 3u);
  EXPECT_EQ(trace, "123");
}

TEST(EventLoopTest, WhatIsAlwaysReadyMakesOthersWaitForAFewTurnsOnly) {
  EventLoop loop;
  std::function<void()> again = [&] { loop.CallSoon(again); };
  again();
  for (int calls = 1; calls <= 7; ++calls) {
    int called = 0;
    std::thread thread([&] { loop.CallSoonThreadsafe([&] { ++called; }); });
    thread.join();
    int turns = 0;
    for (; called == 0 && turns < 100; ++turns) Turn(loop);
    EXPECT_LE(turns, calls == 1 ? 4 : 2);  // At first it wasn't always ready.
    for (int i = 0; i < calls; ++i) Turn(loop);  // To begin elsewhere.
  }
}

// Whether it races is for the thread sanitizer to say.
TEST(EventLoopTest, TheThreadThatMadeItIsAnyOtherOneOnceItRuns) {
  constexpr int kCalls = 1000;
  EventLoop loop;
  int calls = 0;
  std::thread thread([&] { loop.RunForever(); });
  for (int i = 0; i < kCalls; ++i) {
    loop.CallSoonThreadsafe([&] { ++calls; });
  }
  loop.StopThreadsafe();
  thread.join();
  EXPECT_EQ(calls, kCalls);
}

TEST(EventLoopTest, HandlersMayTakeThemselvesOff) {
  EventLoop loop;
  const auto trace = std::make_shared<std::string>();
  loop.SetExceptionHandler([&loop, trace](const ExceptionContext&) {
    loop.SetExceptionHandler(nullptr);
    *trace += 'e';  // Of the handler's own state.
  });
  loop.SetWarningHandler([&loop, trace](absl::string_view, absl::string_view) {
    loop.SetWarningHandler(nullptr);
    *trace += 'w';
  });
  loop.CallExceptionHandler({});
  loop.ReportWarning("", "");
  EXPECT_EQ(*trace, "ew");
  EXPECT_EQ(trace.use_count(), 1);
}

TEST(EventLoopTest, AnotherThreadStopsTheLoop) {
  EventLoop loop;
  std::thread thread([&] { loop.StopThreadsafe(); });
  loop.RunForever();
  thread.join();
  EXPECT_FALSE(loop.is_running());
}

TEST(EventLoopTest, ErrorsGoToTheHandler) {
  EventLoop loop;
  std::vector<std::string> messages;
  loop.SetExceptionHandler([&](const ExceptionContext& context) {
    messages.push_back(
        absl::StrCat(context.message, ": ", context.exception.message()));
  });
  Spawn(loop, AsTask(Sleep(loop, absl::InfiniteDuration()))).Detach();
  struct Failing {
    static Task<absl::Status> Run() { co_return absl::UnknownError("oh"); }
  };
  Spawn(loop, Failing::Run()).Detach();
  Turn(loop);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0], "Task exception was never retrieved: oh");
}

TEST(EventLoopTest, WithoutHandlersErrorsAndWarningsGoToStderr) {
  EventLoop loop;
  ExceptionContext context;
  context.message = "Fatal error";
  context.transport = "<transport>";
  context.exception = IncompleteReadError("secret", 10);
  testing::internal::CaptureStderr();
  loop.CallExceptionHandler(context);
  loop.ReportWarning("ResourceWarning", "unclosed");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "Fatal error; <transport>; IncompleteReadError: 6 bytes read on a "
            "total of 10 expected bytes\nResourceWarning: unclosed\n");
}

TEST(EventLoopTest, WarningsGoToTheHandler) {
  EventLoop loop;
  std::string trace;
  loop.SetWarningHandler(
      [&](absl::string_view category, absl::string_view message) {
        absl::StrAppend(&trace, category, "/", message);
      });
  loop.ReportWarning("ResourceWarning", "unclosed");
  EXPECT_EQ(trace, "ResourceWarning/unclosed");
}

class Observer final : public LoopObserver {
 public:
  Observer(EventLoop& loop, std::string name, std::string* trace)
      : loop_(loop), name_(std::move(name)), trace_(trace) {
    loop.AddObserver(*this);
  }

 private:
  void OnLoopDestroyed() override {
    absl::StrAppend(trace_, name_, loop_.live_tasks());
    loop_.CallSoon([] { FAIL(); });
  }

  EventLoop& loop_;
  std::string name_;
  std::string* trace_;
};

TEST(EventLoopTest, TheEndInOrder) {
  std::string trace;
  auto loop = std::make_unique<EventLoop>();
  Waiter never(*loop);
  Observer first(*loop, "first", &trace);
  Observer second(*loop, "second", &trace);
  auto gone = std::make_unique<Observer>(*loop, "gone", &trace);
  Spawn(*loop, WaitFor(never)).Detach();
  FunctionTimer timer([] { FAIL(); });
  loop->CallLater(timer, absl::Hours(1));
  loop->CallLater(absl::Hours(1), [] { FAIL(); });
  Turn(*loop);
  loop->CallSoon([] { FAIL(); });
  loop->CallSoonThreadsafe([] { FAIL(); });
  gone.reset();
  loop.reset();
  EXPECT_EQ(trace, "second0first0");
  EXPECT_FALSE(timer.armed());
}

}  // namespace
}  // namespace streams
