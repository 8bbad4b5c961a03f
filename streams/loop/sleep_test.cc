// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/sleep.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/task_handle.h"
#include "streams/loop/event_loop.h"

namespace streams {
namespace {

size_t Turn(EventLoop& loop) { return loop.RunTurn(absl::ZeroDuration()); }

// asyncio.sleep(): a timer sets a future's result, which wakes the task in the
// turn after.
TEST(SleepTest, WakesATurnAfterItsTimer) {
  EventLoop loop;
  auto task = Spawn(loop, Sleep(loop, absl::Seconds(10)));
  EXPECT_EQ(Turn(loop), 1u);
  EXPECT_EQ(Turn(loop), 0u);
  loop.AdvanceClock(absl::Seconds(10));
  EXPECT_EQ(Turn(loop), 1u);
  EXPECT_FALSE(task.done());
  EXPECT_EQ(Turn(loop), 1u);
  EXPECT_TRUE(task.result().ok());
}

TEST(SleepTest, ZeroAndLessWaitForATurnOnly) {
  EventLoop loop;
  auto zero = Spawn(loop, Sleep(loop, absl::ZeroDuration()));
  auto less = Spawn(loop, Sleep(loop, absl::Seconds(-1)));
  Turn(loop);
  EXPECT_FALSE(zero.done());
  Turn(loop);
  EXPECT_TRUE(zero.result().ok());
  EXPECT_TRUE(less.result().ok());
}

// k = create_task(sleep(100)); await sleep(0); k.cancel(); await sleep(0)
//   done True, cancelled True, and no timer is left
TEST(SleepTest, IsCancelledATurnLater) {
  EventLoop loop;
  auto task = Spawn(loop, Sleep(loop, absl::Seconds(100)));
  Turn(loop);
  EXPECT_TRUE(task.Cancel());
  EXPECT_EQ(Turn(loop), 1u);
  EXPECT_TRUE(task.cancelled());
  loop.AdvanceClock(absl::Seconds(100));
  EXPECT_EQ(Turn(loop), 0u);
}

TEST(SleepTest, MayBeDropped) {
  EventLoop loop;
  auto task = Spawn(loop, Sleep(loop, absl::Seconds(100)));
  Turn(loop);
  task.Reset();
  loop.AdvanceClock(absl::Seconds(100));
  EXPECT_EQ(Turn(loop), 0u);
}

}  // namespace
}  // namespace streams
