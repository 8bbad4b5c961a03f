// SPDX-License-Identifier: Apache-2.0

// Turns are counted as CPython 3.15.2 was seen to take them: the tasks are made
// before turn 1; in "3: g" the one that gathers goes on in turn 3.
#include "streams/coro/gather.h"

#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/coro/yield.h"

namespace streams {
namespace {

// A queue that counts the errors that nobody looked at.
class CountingQueue final : public ReadyQueue {
 public:
  ~CountingQueue() override { Shutdown(); }
  int never_retrieved = 0;

 private:
  void OnErrorNeverRetrieved(const absl::Status&) override {
    ++never_retrieved;
  }
};

class GatherTest : public testing::Test {
 protected:
  // Runs turns until the task is done, and returns in which one it was.
  template <class T>
  int TurnOfEnd(const TaskHandle<T>& task) {
    while (!task.done() && turn_ < 100) Turn();
    return turn_;
  }
  void Turn() {
    queue_.RunReady();
    ++turn_;
  }

  CountingQueue queue_;
  Waiter first_{queue_};
  Waiter second_{queue_};
  int turn_ = 0;
};

using Number = absl::StatusOr<int>;

Task<Number> Give(Waiter& waiter, int number) {
  absl::Status status = co_await waiter;
  if (!status.ok()) co_return status;
  co_return number;
}

Task<std::unique_ptr<int>> GivePointer(int number) {
  co_return std::make_unique<int>(number);
}

// async def a(): return await f
// async def g(): return await gather(a(), b())
// k = create_task(g()); ... f.set_result(1); h.set_result(2)   before turn 3
//   5: g=[1, 2]
TEST_F(GatherTest, GivesAllResultsInTheirOrder) {
  auto task = Spawn(queue_, Gather(queue_, Give(first_, 1), Give(second_, 2)));
  Turn();
  Turn();
  second_.SetResult();
  first_.SetResult();
  EXPECT_EQ(TurnOfEnd(task), 5);
  const absl::StatusOr<std::tuple<int, int>>& result = task.result();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, std::make_tuple(1, 2));
}

TEST_F(GatherTest, TakesOperationsTasksAndHandlesOfDifferentTypes) {
  auto running = Spawn(queue_, GivePointer(3));
  auto task = Spawn(queue_, Gather(queue_, Yield(queue_), Give(first_, 1),
                                   std::move(running)));
  first_.SetResult();
  TurnOfEnd(task);
  absl::StatusOr<std::tuple<std::monostate, int, std::unique_ptr<int>>> result =
      task.TakeResult();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(std::get<1>(*result), 1);
  EXPECT_EQ(*std::get<2>(*result), 3);
}

TEST_F(GatherTest, OfWhatHasNoValueIsAStatus) {
  auto task = Spawn(queue_, Gather(queue_, Yield(queue_), Yield(queue_)));
  TurnOfEnd(task);
  const absl::Status& result = task.result();
  EXPECT_TRUE(result.ok());
}

TEST_F(GatherTest, OfAVectorIsAVector) {
  std::vector<Task<Number>> numbers;
  numbers.push_back(Give(first_, 1));
  numbers.push_back(Give(second_, 2));
  auto task = Spawn(queue_, Gather(queue_, std::move(numbers)));
  Turn();
  second_.SetResult();
  Turn();
  first_.SetResult();
  TurnOfEnd(task);
  const absl::StatusOr<std::vector<int>>& result = task.result();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, (std::vector<int>{1, 2}));
}

// await gather()  : [] at once
TEST_F(GatherTest, OfNothingIsDoneAtOnce) {
  auto task =
      Spawn(queue_, Gather(queue_, std::vector<TaskHandle<absl::Status>>()));
  EXPECT_EQ(TurnOfEnd(task), 1);
  EXPECT_TRUE(task.result().ok());
}

// t, u: tasks that are done; gather(t, u) gives their results at once.
TEST_F(GatherTest, OfTasksThatAreDoneIsDoneAtOnce) {
  std::vector<TaskHandle<absl::Status>> done;
  done.push_back(Spawn(queue_, Yield(queue_)));
  done.push_back(Spawn(queue_, Yield(queue_)));
  Turn();
  Turn();
  auto task = Spawn(queue_, Gather(queue_, std::move(done)));
  EXPECT_EQ(TurnOfEnd(task), 3);
  EXPECT_TRUE(task.result().ok());
}

TEST_F(GatherTest, OfOneThatHasFailedFailsAtOnce) {
  first_.SetResult(absl::DataLossError("x"));
  auto failed = Spawn(queue_, Give(first_, 1));
  Turn();
  auto task =
      Spawn(queue_, Gather(queue_, Give(second_, 2), std::move(failed)));
  EXPECT_EQ(TurnOfEnd(task), 2);
  EXPECT_EQ(task.result().status(), absl::DataLossError("x"));
  EXPECT_EQ(queue_.live_tasks(), 1u);  // The other one goes on.
}

// f.set_exception(ValueError) before 3, h.set_exception(...) before 6
//   3: a=ValueError 5: g=ValueError 6: b=ValueError; nothing is reported
TEST_F(GatherTest, TheFirstErrorWinsAndTheOthersGoOn) {
  auto task = Spawn(queue_, Gather(queue_, Give(first_, 1), Give(second_, 2)));
  Turn();
  Turn();
  first_.SetResult(absl::DataLossError("first"));
  EXPECT_EQ(TurnOfEnd(task), 5);
  EXPECT_EQ(task.result().status(), absl::DataLossError("first"));
  EXPECT_EQ(queue_.live_tasks(), 1u);
  second_.SetResult(absl::DataLossError("second"));
  Turn();
  EXPECT_EQ(queue_.live_tasks(), 0u);
  EXPECT_EQ(queue_.never_retrieved, 0);
}

TEST_F(GatherTest, OneThatIsCancelledIsAnErrorToo) {
  auto cancelled = Spawn(queue_, Give(first_, 1));
  const auto reference = cancelled.Refer();
  auto task =
      Spawn(queue_, Gather(queue_, std::move(cancelled), Give(second_, 2)));
  Turn();
  reference.Cancel();
  TurnOfEnd(task);
  EXPECT_TRUE(absl::IsCancelled(task.result().status()));
  EXPECT_EQ(queue_.live_tasks(), 1u);
}

// k.cancel() before 3:  3: a=CancelledError b=CancelledError 5:
// g=CancelledError
TEST_F(GatherTest, CancellingItCancelsAll) {
  auto task = Spawn(queue_, Gather(queue_, Give(first_, 1), Give(second_, 2)));
  Turn();
  Turn();
  EXPECT_TRUE(task.Cancel());
  Turn();
  EXPECT_EQ(queue_.live_tasks(), 1u);  // The one that gathers.
  EXPECT_EQ(TurnOfEnd(task), 5);
  EXPECT_TRUE(task.cancelled());
  EXPECT_TRUE(first_.cancelled());
  EXPECT_TRUE(second_.cancelled());
}

// f.set_exception(ValueError("x")) before 3; h.cancel() before 4
//   6: g=[ValueError('x'), CancelledError('')]
TEST_F(GatherTest, OutcomesAreThoseOfAll) {
  auto task =
      Spawn(queue_, GatherOutcomes(queue_, Give(first_, 1), Give(second_, 2)));
  Turn();
  Turn();
  first_.SetResult(absl::DataLossError("x"));
  Turn();
  second_.Cancel();
  EXPECT_EQ(TurnOfEnd(task), 6);
  const absl::StatusOr<std::tuple<Number, Number>>& result = task.result();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(std::get<0>(*result).status(), absl::DataLossError("x"));
  EXPECT_TRUE(absl::IsCancelled(std::get<1>(*result).status()));
}

Task<Number> Decline(ReadyQueue& queue, Waiter& waiter) {
  if ((co_await waiter).ok()) co_return 1;
  for (int i = 0; i < 3; ++i) (co_await Yield(queue)).IgnoreError();
  co_return 5;
}

// k.cancel() before 3, and b declines and takes three turns:
//   3: a=CancelledError b declines 8: g=CancelledError
TEST_F(GatherTest, CancelledOutcomesWaitForAllAndAreCancelled) {
  std::vector<Task<Number>> numbers;
  numbers.push_back(Give(first_, 1));
  numbers.push_back(Decline(queue_, second_));
  auto task = Spawn(queue_, GatherOutcomes(queue_, std::move(numbers)));
  Turn();
  Turn();
  EXPECT_TRUE(task.Cancel());
  EXPECT_EQ(TurnOfEnd(task), 8);
  EXPECT_TRUE(task.cancelled());
}

// a raises ValueError before k.cancel(): g=CancelledError, and nothing is
// reported; neither is it when k.cancel() comes behind the last result.
TEST_F(GatherTest, ErrorsAmongCancelledOutcomesAreNotReported) {
  for (const bool is_last_done : {false, true}) {
    Waiter failing(queue_), other(queue_);
    auto task =
        Spawn(queue_, GatherOutcomes(queue_, Give(failing, 1), Give(other, 2)));
    Turn();
    Turn();
    failing.SetResult(absl::DataLossError("x"));
    if (is_last_done) other.SetResult();
    Turn();
    if (is_last_done) Turn();
    EXPECT_TRUE(task.Cancel());
    TurnOfEnd(task);
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(queue_.live_tasks(), 0u);
    EXPECT_EQ(queue_.never_retrieved, 0);
  }
}

TEST_F(GatherTest, OutcomesOfAVector) {
  std::vector<Task<Number>> numbers;
  numbers.push_back(Give(first_, 1));
  numbers.push_back(Give(second_, 2));
  auto task = Spawn(queue_, GatherOutcomes(queue_, std::move(numbers)));
  first_.SetResult();
  second_.SetResult(absl::DataLossError("x"));
  TurnOfEnd(task);
  const absl::StatusOr<std::vector<Number>>& result = task.result();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ((*result)[0], Number(1));
  EXPECT_EQ((*result)[1], Number(absl::DataLossError("x")));
}

TEST_F(GatherTest, DroppedItDropsTheTasks) {
  auto task = Spawn(queue_, Gather(queue_, Give(first_, 1), Give(second_, 2)));
  Turn();
  Turn();
  EXPECT_EQ(queue_.live_tasks(), 3u);
  task.Reset();
  EXPECT_EQ(queue_.live_tasks(), 0u);
  first_.SetResult();
  queue_.RunReady();
}

TEST_F(GatherTest, TheQueueMayGoFirst) {
  std::optional<ReadyQueue> queue(std::in_place);
  Waiter waiter(*queue);
  auto task = Spawn(*queue, Gather(*queue, Give(waiter, 1), Give(waiter, 2)));
  queue->RunReady();
  queue->RunReady();
  queue.reset();
  EXPECT_TRUE(task.cancelled());
}

}  // namespace
}  // namespace streams
