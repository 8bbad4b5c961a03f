// SPDX-License-Identifier: Apache-2.0

// Turns are counted as CPython 3.15.2 was seen to take them.
#include "streams/coro/shield.h"

#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"

namespace streams {
namespace {

class ShieldTest : public testing::Test {
 protected:
  static Task<absl::Status> Wait(Waiter& waiter) { co_return co_await waiter; }

  void Turns(int count) {
    for (int i = 0; i < count; ++i) queue_.RunReady();
  }

  ReadyQueue queue_;
  Waiter waiter_{queue_};
  TaskHandle<absl::Status> inner_ = Spawn(queue_, Wait(waiter_));
};

// f.set_result(3) before 3:  3: a=3  5: s=3
TEST_F(ShieldTest, GivesTheResultATurnLater) {
  auto outer = Spawn(queue_, Shield(queue_, inner_));
  Turns(2);
  waiter_.SetResult(absl::DataLossError("x"));
  Turns(1);
  EXPECT_TRUE(inner_.done());
  Turns(1);
  EXPECT_FALSE(outer.done());
  Turns(1);
  EXPECT_EQ(outer.result(), absl::DataLossError("x"));
}

// k.cancel() before 3, f.set_result(3) before 4:  3: s=CancelledError  4: a=3
TEST_F(ShieldTest, CancelledItLetsTheTaskGoOn) {
  auto outer = Spawn(queue_, Shield(queue_, inner_));
  Turns(2);
  EXPECT_TRUE(outer.Cancel());
  Turns(1);
  EXPECT_TRUE(outer.cancelled());
  EXPECT_FALSE(inner_.done());
  waiter_.SetResult();
  Turns(1);
  EXPECT_TRUE(inner_.result().ok());
}

TEST_F(ShieldTest, OfATaskThatIsDoneTakesNoTurn) {
  waiter_.SetResult();
  Turns(1);
  auto outer = Spawn(queue_, Shield(queue_, inner_));
  Turns(1);
  EXPECT_TRUE(outer.result().ok());
}

TEST_F(ShieldTest, ADroppedTaskWasCancelled) {
  auto outer = Spawn(queue_, Shield(queue_, inner_));
  Turns(1);
  inner_.Reset();
  Turns(2);
  EXPECT_TRUE(outer.cancelled());
}

TEST_F(ShieldTest, DroppedItLetsTheTaskGoOn) {
  auto outer = Spawn(queue_, Shield(queue_, inner_));
  Turns(1);
  outer.Reset();
  waiter_.SetResult();
  Turns(2);
  EXPECT_TRUE(inner_.result().ok());
}

}  // namespace
}  // namespace streams
