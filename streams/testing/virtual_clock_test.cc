// SPDX-License-Identifier: Apache-2.0
#include "streams/testing/virtual_clock.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/sleep.h"

namespace streams {
namespace {

Task<absl::Status> SleepAndTell(EventLoop& loop, int seconds,
                                std::string& trace) {
  absl::Status status = co_await Sleep(loop, absl::Seconds(seconds));
  absl::StrAppend(&trace, seconds, " ");
  co_return status;
}

TEST(VirtualClockTest, JumpsFromTimerToTimer) {
  VirtualClock clock;
  EventLoop loop(clock);
  std::string trace;
  const absl::Duration start = loop.Time();
  auto late = Spawn(loop, SleepAndTell(loop, 7200, trace));
  auto early = Spawn(loop, SleepAndTell(loop, 60, trace));
  EXPECT_TRUE(loop.RunUntilDone(late).ok());
  EXPECT_TRUE(early.result().ok());
  EXPECT_EQ(trace, "60 7200 ");
  EXPECT_EQ(loop.Time() - start, absl::Seconds(7200));
}

TEST(VirtualClockTest, MovesByHandOnlyIfToldSo) {
  VirtualClock clock;
  clock.set_autojump(false);
  EventLoop loop(clock);
  auto task = Spawn(loop, Sleep(loop, absl::Seconds(5)));
  for (int i = 0; i < 10; ++i) loop.RunTurn(absl::InfiniteDuration());
  EXPECT_FALSE(task.done());
  clock.Advance(absl::Seconds(5));
  EXPECT_TRUE(loop.RunUntilDone(task).ok());
}

Task<absl::Status> WaitFor(Waiter& waiter) { co_return co_await waiter; }

TEST(VirtualClockDeathTest, WaitingForNobodyIsAnError) {
  VirtualClock clock;
  EventLoop loop(clock);
  Waiter never(loop);
  EXPECT_DEATH((void)loop.RunUntilComplete(WaitFor(never)),
               "no timer will wake it");
}

}  // namespace
}  // namespace streams
