// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/timeout.h"

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
#include "streams/testing/virtual_clock.h"

namespace streams {
namespace {

class TimeoutTest : public testing::Test {
 protected:
  absl::Duration Since() { return loop_.Time() - start_; }

  VirtualClock clock_;
  EventLoop loop_{clock_};
  const absl::Duration start_ = loop_.Time();
  Waiter never_{loop_};
};

Task<absl::Status> WaitWithin(EventLoop& loop, Waiter& waiter,
                              absl::Duration delay) {
  Timeout timeout(loop, delay);
  co_return timeout.Exit(co_await waiter);
}

TEST_F(TimeoutTest, IsATimeoutWhenItsTimeIsUp) {
  const absl::Status status =
      loop_.RunUntilComplete(WaitWithin(loop_, never_, absl::Seconds(3)));
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kTimeout);
  EXPECT_EQ(Since(), absl::Seconds(3));
}

TEST_F(TimeoutTest, WithoutAnyTimeEndsAtTheFirstAwaitThatWaits) {
  EXPECT_EQ(GetErrorKind(loop_.RunUntilComplete(
                WaitWithin(loop_, never_, absl::Seconds(-1)))),
            ErrorKind::kTimeout);
  Waiter ready(loop_);
  ready.SetResult();
  EXPECT_TRUE(
      loop_.RunUntilComplete(WaitWithin(loop_, ready, absl::ZeroDuration()))
          .ok());
  EXPECT_EQ(Since(), absl::ZeroDuration());
}

TEST_F(TimeoutTest, InTimeNothingIsLeftOfIt) {
  auto task = Spawn(loop_, WaitWithin(loop_, never_, absl::Seconds(3)));
  loop_.RunTurn(absl::ZeroDuration());
  never_.SetResult(absl::DataLossError("x"));
  EXPECT_EQ(loop_.RunUntilDone(task), absl::DataLossError("x"));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(loop_.RunTurn(absl::ZeroDuration()), 0u);
}

// Cancelled from outside before: kCancelled; in the same turn as well as it,
// also, whoever comes first.
TEST_F(TimeoutTest, ACancellationFromOutsideStays) {
  auto task = Spawn(loop_, WaitWithin(loop_, never_, absl::Seconds(3)));
  loop_.RunTurn(absl::ZeroDuration());
  task.Cancel();
  EXPECT_TRUE(absl::IsCancelled(loop_.RunUntilDone(task)));

  clock_.set_autojump(false);
  for (const bool time_first : {false, true}) {
    Waiter waiter(loop_);
    auto both = Spawn(loop_, WaitWithin(loop_, waiter, absl::Seconds(3)));
    loop_.RunTurn(absl::ZeroDuration());
    if (!time_first) both.Cancel();
    clock_.Advance(absl::Seconds(3));
    loop_.RunTurn(absl::ZeroDuration());
    if (time_first) both.Cancel();
    loop_.RunTurn(absl::ZeroDuration());
    EXPECT_TRUE(absl::IsCancelled(both.result())) << time_first;
  }
}

Task<absl::Status> Nested(EventLoop& loop, absl::Duration outer_delay,
                          absl::Duration inner_delay, absl::Status& inner) {
  Timeout outer_timeout(loop, outer_delay);
  Timeout inner_timeout(loop, inner_delay);
  inner = inner_timeout.Exit(co_await Sleep(loop, absl::Seconds(100)));
  co_return outer_timeout.Exit(inner);
}

TEST_F(TimeoutTest, NestedEachIsItsOwn) {
  absl::Status inner;
  absl::Status outer = loop_.RunUntilComplete(
      Nested(loop_, absl::Seconds(5), absl::Seconds(2), inner));
  EXPECT_EQ(GetErrorKind(inner), ErrorKind::kTimeout);
  EXPECT_EQ(GetErrorKind(outer), ErrorKind::kTimeout);
  EXPECT_EQ(Since(), absl::Seconds(2));
  outer = loop_.RunUntilComplete(
      Nested(loop_, absl::Seconds(2), absl::Seconds(5), inner));
  EXPECT_TRUE(absl::IsCancelled(inner));
  EXPECT_EQ(GetErrorKind(outer), ErrorKind::kTimeout);
}

Task<absl::Status> Late(EventLoop& loop, Waiter& waiter, bool& expired) {
  Timeout timeout(loop, absl::Seconds(1));
  (co_await waiter).IgnoreError();  // Declines.
  expired = timeout.expired();
  const absl::Status status = timeout.Exit(absl::OkStatus());
  // The cancellation was used up: this one is not cancelled.
  if (status.ok()) co_return co_await Sleep(loop, absl::Seconds(1));
  co_return status;
}

TEST_F(TimeoutTest, AResultThatComesTooLateCounts) {
  bool expired = false;
  EXPECT_TRUE(loop_.RunUntilComplete(Late(loop_, never_, expired)).ok());
  EXPECT_TRUE(expired);
  EXPECT_EQ(Since(), absl::Seconds(2));
}

Task<absl::StatusOr<int>> Moved(EventLoop& loop, Waiter& waiter) {
  Timeout timeout(loop, absl::Seconds(1));
  const absl::Duration first = timeout.when();
  EXPECT_TRUE(timeout.Reschedule(first + absl::Seconds(4)));
  absl::StatusOr<int> result = 1;
  if (absl::Status status = co_await waiter; !status.ok()) result = status;
  EXPECT_FALSE(timeout.Reschedule(first));
  co_return timeout.Exit(std::move(result));
}

TEST_F(TimeoutTest, CanBeMoved) {
  EXPECT_EQ(GetErrorKind(loop_.RunUntilComplete(Moved(loop_, never_)).status()),
            ErrorKind::kTimeout);
  EXPECT_EQ(Since(), absl::Seconds(5));
}

Task<absl::Status> LeavesWithoutExit(EventLoop& loop, Waiter& waiter) {
  {
    Timeout timeout(loop, absl::Seconds(1));
    (co_await waiter).IgnoreError();
  }
  co_return co_await Sleep(loop, absl::Seconds(1));
}

TEST_F(TimeoutTest, TheEndOfItsScopeTakesItsCancellationBack) {
  auto task = Spawn(loop_, LeavesWithoutExit(loop_, never_));
  EXPECT_TRUE(loop_.RunUntilDone(task).ok());
  EXPECT_EQ(task.cancelling(), 0);
}

TEST_F(TimeoutTest, ADroppedTaskTakesItAlong) {
  auto task = Spawn(loop_, WaitWithin(loop_, never_, absl::Seconds(1)));
  loop_.RunTurn(absl::ZeroDuration());
  task.Reset();
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(loop_.RunTurn(absl::ZeroDuration()), 0u);
}

}  // namespace
}  // namespace streams
