// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/wait_for.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/shield.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/sleep.h"
#include "streams/os/error.h"
#include "streams/testing/virtual_clock.h"

namespace streams {
namespace {

class WaitForTest : public testing::Test {
 protected:
  absl::Duration Since() { return loop_.Time() - start_; }
  size_t Turn() { return loop_.RunTurn(absl::ZeroDuration()); }

  VirtualClock clock_;
  EventLoop loop_{clock_};
  const absl::Duration start_ = loop_.Time();
  Waiter waiter_{loop_};
};

Task<int> Return(int value, bool& was_run) {
  was_run = true;
  co_return value;
}
Task<std::unique_ptr<int>> ReturnPointer() {
  co_return std::make_unique<int>(7);
}
Task<absl::Status> Wait(Waiter& waiter) { co_return co_await waiter; }
Task<> WaitForNothing(Waiter& waiter) { (co_await waiter).IgnoreError(); }

// k = create_task(wait_for(ret(7), 5))   1: w=7
TEST_F(WaitForTest, WhatNeedNotWaitTakesNoTurn) {
  bool was_run = false;
  auto task =
      Spawn(loop_, WaitFor(loop_, Return(7, was_run), absl::Seconds(5)));
  EXPECT_EQ(Turn(), 1u);
  EXPECT_EQ(task.result(), absl::StatusOr<int>(7));
  EXPECT_EQ(Turn(), 0u);
}

// f.set_result(1) before turn 3   3: w=1
TEST_F(WaitForTest, TheResultComesInTheTurnInWhichItWouldWithout) {
  auto task = Spawn(loop_, WaitFor(loop_, Wait(waiter_), absl::Seconds(5)));
  Turn();
  Turn();
  waiter_.SetResult(absl::DataLossError("x"));
  Turn();
  EXPECT_EQ(task.result(), absl::DataLossError("x"));
}

TEST_F(WaitForTest, TooLateItIsCancelled) {
  const absl::Status status =
      loop_.RunUntilComplete(WaitFor(loop_, Wait(waiter_), absl::Seconds(5)));
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kTimeout);
  EXPECT_TRUE(waiter_.cancelled());
  EXPECT_EQ(Since(), absl::Seconds(5));
  EXPECT_EQ(loop_.live_tasks(), 0u);
}

TEST_F(WaitForTest, TakesOperationsAndMoveOnlyResults) {
  EXPECT_TRUE(loop_
                  .RunUntilComplete(WaitFor(
                      loop_, Sleep(loop_, absl::Seconds(1)), absl::Seconds(2)))
                  .ok());
  auto pointer =
      loop_.RunUntilComplete(WaitFor(loop_, ReturnPointer(), absl::Seconds(1)));
  ASSERT_TRUE(pointer.ok());
  EXPECT_EQ(**pointer, 7);
}

// k = create_task(wait_for(ret(7), 0))   4: w=TimeoutError, and ret never ran
TEST_F(WaitForTest, WithoutAnyTimeItNeverBegins) {
  bool was_run = false;
  auto task =
      Spawn(loop_, WaitFor(loop_, Return(7, was_run), absl::ZeroDuration()));
  for (int i = 0; i < 3; ++i) Turn();
  EXPECT_FALSE(task.done());
  Turn();
  EXPECT_EQ(GetErrorKind(task.result().status()), ErrorKind::kTimeout);
  EXPECT_FALSE(was_run);
  EXPECT_EQ(GetErrorKind(loop_.RunUntilComplete(
                WaitFor(loop_, Wait(waiter_), absl::Seconds(-1)))),
            ErrorKind::kTimeout);
}

TEST_F(WaitForTest, WithoutAnyTimeATaskThatIsDoneCounts) {
  waiter_.SetResult(absl::DataLossError("x"));
  auto done = Spawn(loop_, Wait(waiter_));
  Turn();
  EXPECT_EQ(loop_.RunUntilComplete(
                WaitFor(loop_, std::move(done), absl::ZeroDuration())),
            absl::DataLossError("x"));
}

// t = create_task(wait(f)); k = create_task(wait_for(t, 0))
//   2: t cancelled  4: k=TimeoutError
TEST_F(WaitForTest, WithoutAnyTimeATaskThatIsReferredToIsCancelledToo) {
  auto inner = Spawn(loop_, Wait(waiter_));
  auto task = Spawn(loop_, WaitFor(loop_, inner.Refer(), absl::ZeroDuration()));
  Turn();
  EXPECT_TRUE(waiter_.cancelled());
  Turn();
  EXPECT_TRUE(inner.cancelled());
  Turn();
  EXPECT_FALSE(task.done());
  Turn();
  EXPECT_EQ(GetErrorKind(task.result()), ErrorKind::kTimeout);
}

// t is done: wait_for(t, 0) and wait_for(shield(t), 0) give its result at once
TEST_F(WaitForTest, WithoutAnyTimeATaskThatIsReferredToAndDoneCounts) {
  waiter_.SetResult(absl::DataLossError("x"));
  auto done = Spawn(loop_, Wait(waiter_));
  Turn();
  auto task = Spawn(loop_, WaitFor(loop_, done.Refer(), absl::ZeroDuration()));
  auto shield =
      Spawn(loop_, WaitFor(loop_, Shield(loop_, done), absl::ZeroDuration()));
  Turn();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.result(), absl::DataLossError("x"));
  ASSERT_TRUE(shield.done());
  EXPECT_EQ(shield.result(), absl::DataLossError("x"));
}

// wait_for(shield(t), 0): TimeoutError, and t goes on
TEST_F(WaitForTest, WithoutAnyTimeAShieldedTaskGoesOn) {
  auto inner = Spawn(loop_, Wait(waiter_));
  EXPECT_EQ(GetErrorKind(loop_.RunUntilComplete(
                WaitFor(loop_, Shield(loop_, inner), absl::ZeroDuration()))),
            ErrorKind::kTimeout);
  EXPECT_FALSE(waiter_.done());
}

TEST_F(WaitForTest, ForEverIsNoTimeout) {
  auto task =
      Spawn(loop_, WaitFor(loop_, Wait(waiter_), absl::InfiniteDuration()));
  clock_.Advance(absl::Hours(1000000));
  Turn();
  waiter_.SetResult();
  EXPECT_TRUE(loop_.RunUntilDone(task).ok());
}

TEST_F(WaitForTest, ATaskThatIsWaitedForIsCancelledToo) {
  auto inner = Spawn(loop_, Wait(waiter_));
  const auto reference = inner.Refer();
  const absl::Status status = loop_.RunUntilComplete(
      WaitFor(loop_, std::move(inner), absl::Seconds(5)));
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kTimeout);
  EXPECT_TRUE(reference.cancelled());
}

TEST_F(WaitForTest, WhatIsReferredToBelongsToSomebodyElse) {
  auto inner = Spawn(loop_, WaitForNothing(waiter_));
  const absl::Status status =
      loop_.RunUntilComplete(WaitFor(loop_, inner.Refer(), absl::Seconds(5)));
  // It declined to be cancelled.
  EXPECT_TRUE(status.ok());
  EXPECT_TRUE(inner.result().ok());
}

TEST_F(WaitForTest, CancelledItIsCancelled) {
  auto task = Spawn(loop_, WaitFor(loop_, Wait(waiter_), absl::Seconds(5)));
  Turn();
  EXPECT_TRUE(task.Cancel());
  EXPECT_TRUE(absl::IsCancelled(loop_.RunUntilDone(task)));
  EXPECT_TRUE(waiter_.cancelled());
  EXPECT_EQ(Since(), absl::ZeroDuration());
}

TEST_F(WaitForTest, DroppedItDropsWhatItWaitsFor) {
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), absl::Seconds(5)}) {
    auto task = Spawn(loop_, WaitFor(loop_, Wait(waiter_), timeout));
    Turn();
    task.Reset();
    EXPECT_EQ(loop_.live_tasks(), 0u);
    Turn();
  }
  EXPECT_FALSE(waiter_.done());
}

}  // namespace
}  // namespace streams
