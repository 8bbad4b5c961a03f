// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/waiter.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/coro/completion.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"

namespace streams {
namespace {

using Trace = std::vector<std::string>;

Task<absl::Status> Await(Waiter& waiter, std::string name, Trace& trace) {
  absl::Status status = co_await waiter;
  trace.push_back(
      absl::StrCat(name, "=", absl::StatusCodeToString(status.code())));
  co_return status;
}

class Record final : public Completion::Listener {
 public:
  Record(std::string name, Trace& trace)
      : name_(std::move(name)), trace_(trace) {}

 private:
  void Run() override { trace_.push_back(name_); }

  std::string name_;
  Trace& trace_;
};

class WaiterTest : public testing::Test {
 protected:
  std::string trace() const { return absl::StrJoin(trace_, " "); }

  ReadyQueue queue_;
  Trace trace_;
};

TEST_F(WaiterTest, WakesOneTurnAfterTheResult) {
  Waiter waiter(queue_);
  auto task = Spawn(queue_, Await(waiter, "a", trace_));
  queue_.RunReady();
  EXPECT_FALSE(queue_.has_ready());
  EXPECT_TRUE(waiter.SetResult());
  EXPECT_FALSE(waiter.SetResult(absl::NotFoundError("late")));
  EXPECT_TRUE(waiter.done());
  EXPECT_FALSE(task.done());
  EXPECT_EQ(queue_.RunReady(), 1u);
  EXPECT_EQ(trace(), "a=OK");
  EXPECT_TRUE(task.done());
}

TEST_F(WaiterTest, AResultThatIsThereNeedsNoTurn) {
  Waiter waiter(queue_);
  waiter.SetResult(absl::NotFoundError("no"));
  auto task = Spawn(queue_, Await(waiter, "a", trace_));
  EXPECT_EQ(queue_.RunReady(), 1u);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.result(), absl::NotFoundError("no"));
}

// f.add_done_callback(cb1); create_task(await f); f.add_done_callback(cb2);
// call_soon(before); f.set_result(); call_soon(after);
// f.add_done_callback(late)  ->  before cb1 a cb2 after late, all in one turn.
TEST_F(WaiterTest, CallsListenersAndTasksInTheOrderInWhichTheyCame) {
  Waiter waiter(queue_);
  Record cb1("cb1", trace_), cb2("cb2", trace_), before("before", trace_),
      after("after", trace_), late("late", trace_);
  waiter.Listen(cb1);
  auto task = Spawn(queue_, Await(waiter, "a", trace_));
  queue_.RunReady();
  waiter.Listen(cb2);
  queue_.CallSoon(before);
  waiter.SetResult();
  queue_.CallSoon(after);
  waiter.Listen(late);
  EXPECT_EQ(queue_.RunReady(), 6u);
  EXPECT_EQ(trace(), "before cb1 a=OK cb2 after late");
  EXPECT_TRUE(task.result().ok());
}

TEST_F(WaiterTest, ResetMakesItPendingAgain) {
  Waiter waiter(queue_);
  waiter.SetResult(absl::NotFoundError("first"));
  waiter.Reset();
  EXPECT_FALSE(waiter.done());
  EXPECT_TRUE(waiter.status().ok());
  auto task = Spawn(queue_, Await(waiter, "a", trace_));
  queue_.RunReady();
  EXPECT_FALSE(task.done());
  waiter.SetResult();
  queue_.RunReady();
  EXPECT_TRUE(task.result().ok());
}

TEST_F(WaiterTest, AWakeUpOnItsWaySurvivesTheWaiter) {
  auto waiter = std::make_unique<Waiter>(queue_);
  auto task = Spawn(queue_, Await(*waiter, "a", trace_));
  queue_.RunReady();
  waiter->SetResult(absl::NotFoundError("no"));
  waiter.reset();
  queue_.RunReady();
  EXPECT_EQ(task.result(), absl::NotFoundError("no"));
}

TEST_F(WaiterTest, APendingWaiterThatGoesLeavesTheTaskParkedButCancellable) {
  auto waiter = std::make_unique<Waiter>(queue_);
  auto task = Spawn(queue_, Await(*waiter, "a", trace_));
  queue_.RunReady();
  waiter.reset();
  EXPECT_FALSE(queue_.has_ready());
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(task.Cancel());
  queue_.RunReady();
  EXPECT_TRUE(task.cancelled());
  EXPECT_EQ(trace(), "a=CANCELLED");
}

TEST_F(WaiterTest, ATaskThatGoesIsNotWoken) {
  Waiter waiter(queue_);
  auto pending = Spawn(queue_, Await(waiter, "pending", trace_));
  auto woken = Spawn(queue_, Await(waiter, "woken", trace_));
  queue_.RunReady();
  pending.Reset();
  waiter.SetResult();
  woken.Reset();  // Its wake-up is in the queue already.
  EXPECT_EQ(queue_.RunReady(), 0u);
  EXPECT_EQ(trace(), "");
}

TEST_F(WaiterTest, AListenerThatGoesIsNotCalled) {
  Waiter waiter(queue_);
  {
    Record gone("gone", trace_);
    waiter.Listen(gone);
    EXPECT_TRUE(gone.listening());
  }
  Record stays("stays", trace_);
  waiter.Listen(stays);
  waiter.Cancel();
  EXPECT_TRUE(waiter.cancelled());
  EXPECT_FALSE(stays.listening());
  queue_.RunReady();
  EXPECT_EQ(trace(), "stays");
}

}  // namespace
}  // namespace streams
