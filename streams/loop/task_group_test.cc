// SPDX-License-Identifier: Apache-2.0

// Turns are counted as CPython 3.15.2 was seen to take them: the task that has
// the group is made before turn 1.
#include "streams/loop/task_group.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/sleep.h"
#include "streams/os/error.h"
#include "streams/os/exception_group.h"
#include "streams/testing/virtual_clock.h"

namespace streams {
namespace {

Task<absl::Status> Wait(Waiter& waiter) { co_return co_await waiter; }
Task<absl::StatusOr<int>> Return(int value) { co_return value; }

class TaskGroupTest : public testing::Test {
 protected:
  template <class T>
  int TurnOfEnd(const TaskHandle<T>& task) {
    while (!task.done() && turn_ < 100) Turn();
    return turn_;
  }
  void Turn() {
    loop_.RunTurn(absl::ZeroDuration());
    ++turn_;
  }

  // async with TaskGroup() as t: t.create_task(a); t.create_task(b)
  Task<absl::Status> WaitForBoth() {
    TaskGroup group(loop_);
    a_ = group.CreateTask(Wait(first_));
    b_ = group.CreateTask(Wait(second_));
    co_return co_await group.Wait();
  }
  // async with TaskGroup() as t: t.create_task(a); await second_
  Task<absl::Status> WaitWithBody() {
    TaskGroup group(loop_);
    a_ = group.CreateTask(Wait(first_));
    co_return co_await group.Wait(Wait(second_));
  }

  VirtualClock clock_;
  EventLoop loop_{clock_};
  Waiter first_{loop_};
  Waiter second_{loop_};
  TaskReference<absl::Status> a_;
  TaskReference<absl::Status> b_;
  int turn_ = 0;
};

// f.set_result(1); h.set_result(2) before 3:   3: a=1 b=2 5: g=None
TEST_F(TaskGroupTest, WaitsForAll) {
  auto task = Spawn(loop_, WaitForBoth());
  Turn();
  Turn();
  first_.SetResult();
  second_.SetResult();
  EXPECT_EQ(TurnOfEnd(task), 5);
  EXPECT_TRUE(task.result().ok());
}

// f.set_exception(ValueError("x")) before 3:
//   3: a=ValueError 5: b=CancelledError 7: g=ExceptionGroup
TEST_F(TaskGroupTest, TheFirstErrorCancelsTheOthers) {
  auto task = Spawn(loop_, WaitForBoth());
  Turn();
  Turn();
  first_.SetResult(absl::DataLossError("x"));
  Turn();
  EXPECT_TRUE(a_.done());
  Turn();
  EXPECT_FALSE(b_.done());
  Turn();
  EXPECT_TRUE(b_.cancelled());
  EXPECT_EQ(TurnOfEnd(task), 7);
  ASSERT_EQ(GetErrorKind(task.result()), ErrorKind::kExceptionGroup);
  ASSERT_EQ(GetExceptions(task.result()).size(), 1u);
  EXPECT_EQ(GetExceptions(task.result())[0].message(), "x");
  EXPECT_EQ(task.cancelling(), 0);
}

TEST_F(TaskGroupTest, AllErrorsAreTold) {
  auto task = Spawn(loop_, WaitForBoth());
  Turn();
  Turn();
  first_.SetResult(absl::DataLossError("first"));
  second_.SetResult(absl::DataLossError("second"));
  TurnOfEnd(task);
  const auto errors = GetExceptions(task.result());
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].message(), "first");
  EXPECT_EQ(errors[1].message(), "second");
}

// body: await h; f.set_exception(ValueError) before 3
//   3: a=ValueError 5: body=CancelledError g=ExceptionGroup
TEST_F(TaskGroupTest, AnErrorCancelsTheBodyToo) {
  auto task = Spawn(loop_, WaitWithBody());
  Turn();
  Turn();
  first_.SetResult(absl::DataLossError("x"));
  EXPECT_EQ(TurnOfEnd(task), 5);
  EXPECT_TRUE(second_.cancelled());
  EXPECT_EQ(GetErrorKind(task.result()), ErrorKind::kExceptionGroup);
  EXPECT_EQ(task.cancelling(), 0);
}

// body: await sleep(0); raise ValueError:   3: a=CancelledError 5: g=Exc...
TEST_F(TaskGroupTest, AnErrorOfTheBodyCancelsTheTasks) {
  auto task = Spawn(loop_, WaitWithBody());
  Turn();
  second_.SetResult(absl::DataLossError("body"));
  Turn();
  Turn();
  EXPECT_TRUE(a_.cancelled());
  EXPECT_EQ(TurnOfEnd(task), 5);
  const auto errors = GetExceptions(task.result());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].message(), "body");
}

// k.cancel() before 3:   4: a=CancelledError 6: g=CancelledError
TEST_F(TaskGroupTest, CancelledItCancelsTheTasksAndWaits) {
  auto task = Spawn(loop_, WaitForBoth());
  Turn();
  Turn();
  EXPECT_TRUE(task.Cancel());
  Turn();
  Turn();
  EXPECT_TRUE(a_.cancelled());
  EXPECT_EQ(TurnOfEnd(task), 6);
  EXPECT_TRUE(task.cancelled());
}

TEST_F(TaskGroupTest, ACancellationAndAnErrorAreAnErrorAndACancellationLater) {
  auto task = Spawn(loop_, WaitForBoth());
  Turn();
  Turn();
  first_.SetResult(absl::DataLossError("x"));
  task.Cancel();
  TurnOfEnd(task);
  EXPECT_EQ(GetErrorKind(task.result()), ErrorKind::kExceptionGroup);
  EXPECT_EQ(task.cancelling(), 1);
}

Task<absl::Status> Cancelling(EventLoop& loop, Waiter& waiter) {
  TaskGroup group(loop);
  group.CreateTask(Wait(waiter));
  group.Cancel();
  // Too late: never begins.
  const auto late = group.CreateTask(Return(1));
  absl::Status status = co_await group.Wait();
  EXPECT_TRUE(late.cancelled());
  EXPECT_EQ(group.size(), 0u);
  co_return status;
}

// t.cancel() leaves the block without an error.
TEST_F(TaskGroupTest, CancellingTheGroupIsNoError) {
  auto task = Spawn(loop_, Cancelling(loop_, first_));
  EXPECT_TRUE(loop_.RunUntilDone(task).ok());
  EXPECT_FALSE(first_.done());  // Cancelled before it began.
}

Task<absl::Status> FailsBeforeItIsWaitedFor(EventLoop& loop, Waiter& waiter) {
  TaskGroup group(loop);
  waiter.SetResult(absl::DataLossError("x"));
  group.CreateTask(Wait(waiter));
  const auto other = group.CreateTask(Sleep(loop, absl::Hours(1)));
  // Not cancelled: it is beside Wait().
  const absl::Status beside = co_await Sleep(loop, absl::Seconds(1));
  EXPECT_TRUE(beside.ok());
  EXPECT_TRUE(other.cancelled());
  co_return co_await group.Wait(Sleep(loop, absl::Hours(1)));
}

TEST_F(TaskGroupTest, AnErrorBeforeWaitingIsToldByWaiting) {
  const absl::Duration start = loop_.Time();
  auto task = Spawn(loop_, FailsBeforeItIsWaitedFor(loop_, first_));
  loop_.RunUntilDone(task).IgnoreError();
  EXPECT_EQ(loop_.Time() - start, absl::Seconds(1));
}

Task<absl::StatusOr<int>> Sum(EventLoop& loop) {
  TaskGroup group(loop);
  const auto two = group.CreateTask(Return(2));
  const auto three = group.CreateTask(Return(3));
  const absl::Status status = co_await group.Wait();
  if (!status.ok()) co_return status;
  co_return *two.result() + *three.result();
}

TEST_F(TaskGroupTest, ResultsAreReadThroughTheReferences) {
  EXPECT_EQ(loop_.RunUntilComplete(Sum(loop_)), absl::StatusOr<int>(5));
}

TEST_F(TaskGroupTest, DoesNotGrow) {
  TaskGroup group(loop_);
  for (int i = 0; i < 10; ++i) group.CreateTask(Return(i));
  EXPECT_EQ(group.size(), 10u);
  Turn();
  Turn();
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(TaskGroupTest, DroppedItDropsItsTasks) {
  auto task = Spawn(loop_, WaitWithBody());
  Turn();
  Turn();
  EXPECT_EQ(loop_.live_tasks(), 2u);
  task.Reset();
  EXPECT_EQ(loop_.live_tasks(), 0u);
  EXPECT_FALSE(first_.done());
}

TEST_F(TaskGroupTest, ADroppedWaitLeavesTheTasks) {
  TaskGroup group(loop_);
  const auto a = group.CreateTask(Wait(first_));
  auto task = Spawn(loop_, group.Wait());
  Turn();
  task.Reset();
  EXPECT_EQ(loop_.live_tasks(), 1u);
  first_.SetResult();
  Turn();
  EXPECT_TRUE(a.result().ok());
}

}  // namespace
}  // namespace streams
