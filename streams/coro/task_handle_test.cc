// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/task_handle.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/shield.h"
#include "streams/coro/task.h"
#include "streams/coro/waiter.h"
#include "streams/coro/yield.h"

// Awaiting, owning and reporting. How tasks are cancelled: task_cancel_test.cc.
namespace streams {
namespace {

class RecordingQueue final : public ReadyQueue {
 public:
  ~RecordingQueue() override { Shutdown(); }
  const std::vector<absl::Status>& never_retrieved() const {
    return never_retrieved_;
  }

 private:
  void OnErrorNeverRetrieved(const absl::Status& error) override {
    never_retrieved_.push_back(error);
  }

  std::vector<absl::Status> never_retrieved_;
};

Task<absl::StatusOr<std::string>> Answer(std::string answer) {
  co_return answer;
}
Task<absl::StatusOr<std::string>> AnswerAfter(Waiter& waiter,
                                              std::string answer) {
  absl::Status status = co_await waiter;
  if (!status.ok()) co_return status;
  co_return answer;
}
Task<absl::Status> Fail(std::string message) {
  co_return absl::UnknownError(message);
}
Task<absl::Status> FailAfterYield(ReadyQueue& queue) {
  (co_await Yield(queue)).IgnoreError();
  co_return absl::UnknownError("x");
}
Task<std::unique_ptr<int>> MoveOnly() { co_return std::make_unique<int>(5); }
Task<> Nothing() { co_return; }

template <class T>
Task<TaskOutcome<T>> AwaitHandle(const TaskHandle<T>& handle) {
  co_return co_await handle;
}

void RunAll(ReadyQueue& queue) {
  while (queue.has_ready()) queue.RunReady();
}

TEST(TaskHandleTest, StartsInTheNextTurn) {
  ReadyQueue queue;
  auto task = Spawn(queue, Answer("yes"));
  EXPECT_FALSE(task.done());
  EXPECT_EQ(queue.live_tasks(), 1u);
  queue.RunReady();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(queue.live_tasks(), 0u);
  EXPECT_EQ(*task.result(), "yes");
  EXPECT_FALSE(task.Cancel());
}

TEST(TaskHandleTest, ATaskOfAQueueThatWasShutDownOutlivesIt) {
  auto queue = std::make_unique<ReadyQueue>();
  queue->Shutdown();
  auto task = Spawn(*queue, Answer("never"));
  queue = nullptr;
  EXPECT_TRUE(task.cancelled());
}

TEST(TaskHandleTest, OutcomeOfPlainTypes) {
  ReadyQueue queue;
  TaskHandle<std::unique_ptr<int>> box = Spawn(queue, MoveOnly());
  TaskHandle<void> nothing = Spawn(queue, Nothing());
  RunAll(queue);
  EXPECT_EQ(**box.TakeResult(), 5);
  EXPECT_TRUE(nothing.result().ok());
}

// inner = create_task(await f); outer = create_task(await inner); f.set_result:
// inner is done in the next turn, outer in the one after.
TEST(TaskHandleTest, AwaitingAHandleTakesATurn) {
  ReadyQueue queue;
  Waiter waiter(queue);
  auto inner = Spawn(queue, AnswerAfter(waiter, "R"));
  auto outer = Spawn(queue, AwaitHandle(inner));
  queue.RunReady();
  waiter.SetResult();
  queue.RunReady();
  EXPECT_TRUE(inner.done());
  EXPECT_FALSE(outer.done());
  queue.RunReady();
  EXPECT_EQ(*outer.result(), "R");
  EXPECT_EQ(*inner.result(), "R");  // Each has its copy.
}

TEST(TaskHandleTest, AwaitingADoneHandleTakesNone) {
  ReadyQueue queue;
  auto inner = Spawn(queue, MoveOnly());
  auto outer = Spawn(queue, AwaitHandle(inner));
  EXPECT_EQ(queue.RunReady(), 2u);
  ASSERT_TRUE(outer.done());
  EXPECT_EQ(**outer.result(), 5);
}

TEST(TaskHandleTest, WhoAwaitsADroppedTaskIsCancelled) {
  ReadyQueue queue;
  Waiter waiter(queue);
  auto inner = Spawn(queue, AnswerAfter(waiter, "R"));
  auto outer = Spawn(queue, AwaitHandle(inner));
  queue.RunReady();
  inner.Reset();
  EXPECT_FALSE(inner);
  queue.RunReady();
  EXPECT_TRUE(outer.cancelled());
}

TEST(TaskHandleTest, ADoneTaskThatIsDroppedStillAnswersWhoAwaitsIt) {
  ReadyQueue queue;
  Waiter waiter(queue);
  auto inner = Spawn(queue, AnswerAfter(waiter, "R"));
  auto outer = Spawn(queue, AwaitHandle(inner));
  queue.RunReady();
  waiter.SetResult();
  queue.RunReady();
  inner.Reset();
  queue.RunReady();
  EXPECT_EQ(*outer.result(), "R");
}

Task<> ResetHandle(TaskHandle<>& handle, Waiter& waiter, std::string* trace) {
  handle.Reset();  // Of this very task.
  absl::StrAppend(trace, "still running");
  absl::Status status = co_await waiter;
  absl::StrAppend(trace, ", resumed ", status.ToString());
}

TEST(TaskHandleTest, ATaskThatDropsItselfEndsWhenItSuspends) {
  ReadyQueue queue;
  Waiter waiter(queue);
  std::string trace;
  TaskHandle<> handle;
  handle = Spawn(queue, ResetHandle(handle, waiter, &trace));
  queue.RunReady();
  EXPECT_EQ(queue.live_tasks(), 0u);
  waiter.SetResult();
  RunAll(queue);
  EXPECT_EQ(trace, "still running");
}

TEST(TaskHandleTest, ADetachedTaskRunsOn) {
  ReadyQueue queue;
  Waiter waiter(queue);
  auto task = Spawn(queue, AnswerAfter(waiter, "R"));
  task.Detach();
  EXPECT_FALSE(task);
  queue.RunReady();
  EXPECT_EQ(queue.live_tasks(), 1u);
  waiter.SetResult();
  RunAll(queue);
  EXPECT_EQ(queue.live_tasks(), 0u);
}

// As "Task exception was never retrieved".
TEST(TaskHandleTest, AnErrorThatNobodySawIsReported) {
  RecordingQueue queue;
  Spawn(queue, Fail("detached")).Detach();
  {
    auto dropped = Spawn(queue, Fail("dropped"));
    auto seen = Spawn(queue, Fail("seen"));
    RunAll(queue);
    EXPECT_FALSE(seen.result().ok());
    EXPECT_EQ(queue.never_retrieved().size(), 1u);
  }
  auto cancelled = Spawn(queue, Fail("cancelled before it ran"));
  cancelled.Cancel();
  cancelled.Detach();
  RunAll(queue);
  ASSERT_EQ(queue.never_retrieved().size(), 2u);
  EXPECT_EQ(queue.never_retrieved()[0].message(), "detached");
  EXPECT_EQ(queue.never_retrieved()[1].message(), "dropped");
}

// t raises; k awaits it, or a shield of it, and is cancelled before it wakes
// up: CancelledError, and nothing is reported.
TEST(TaskHandleTest, AnErrorThatComesWithACancellationIsNotReported) {
  RecordingQueue queue;
  {
    auto fails = Spawn(queue, FailAfterYield(queue));
    auto awaits = Spawn(queue, fails.Refer());
    auto shielded = Spawn(queue, FailAfterYield(queue));
    auto shields = Spawn(queue, Shield(queue, shielded));
    queue.RunReady();
    queue.RunReady();
    ASSERT_TRUE(fails.done());
    awaits.Cancel();
    queue.RunReady();
    shields.Cancel();
    RunAll(queue);
    EXPECT_TRUE(awaits.cancelled());
    EXPECT_TRUE(shields.cancelled());
  }
  EXPECT_EQ(queue.never_retrieved().size(), 0u);
}

TEST(TaskHandleTest, TheQueueTakesItsTasksWithIt) {
  auto queue = std::make_unique<ReadyQueue>();
  Waiter waiter(*queue);
  Waiter done(*queue);
  done.SetResult();
  auto not_started = Spawn(*queue, Answer("no"));
  auto parked = Spawn(*queue, AnswerAfter(waiter, "no"));
  auto outer = Spawn(*queue, AwaitHandle(parked));
  Spawn(*queue, AnswerAfter(waiter, "no")).Detach();
  queue->RunReady();
  auto fresh = Spawn(*queue, Answer("no"));
  auto finished = std::move(not_started);
  queue.reset();
  EXPECT_TRUE(parked.cancelled());
  EXPECT_TRUE(outer.cancelled());
  EXPECT_TRUE(fresh.cancelled());
  EXPECT_EQ(*finished.result(), "no");
  EXPECT_FALSE(parked.Cancel());
}

// A coroutine that owns a task which awaits something of the first's.
Task<absl::Status> OwnsATask(ReadyQueue& queue, Waiter& waiter) {
  Waiter own(queue);
  auto child = Spawn(queue, AnswerAfter(own, "never"));
  co_return co_await waiter;
}

TEST(TaskHandleTest, AnOrderOfDestructionFromTheInside) {
  Waiter* waiter = nullptr;
  std::unique_ptr<Waiter> owner;
  ReadyQueue queue;
  owner = std::make_unique<Waiter>(queue);
  waiter = owner.get();
  auto task = Spawn(queue, OwnsATask(queue, *waiter));
  queue.RunReady();
  queue.RunReady();
  EXPECT_EQ(queue.live_tasks(), 2u);
  task.Reset();
  EXPECT_EQ(queue.live_tasks(), 0u);
}

class CountDone final : public Completion::Listener {
 public:
  int count() const { return count_; }

 private:
  void Run() override { ++count_; }

  int count_ = 0;
};

TEST(TaskHandleTest, ListenersHearOfTheEnd) {
  ReadyQueue queue;
  CountDone listener;
  auto task = Spawn(queue, Answer("yes"));
  task.Listen(listener);
  queue.RunReady();
  EXPECT_EQ(listener.count(), 0);
  queue.RunReady();
  EXPECT_EQ(listener.count(), 1);
}

}  // namespace
}  // namespace streams
