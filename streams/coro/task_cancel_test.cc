// SPDX-License-Identifier: Apache-2.0

// How tasks are cancelled, case by case as CPython 3.15.2 was seen to do it.
// Above each case: the asyncio program, and what it printed; "k:" is the turn,
// counted from the one in which the tasks were made.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/coro/yield.h"

namespace streams {
namespace {

class TaskCancelTest : public testing::Test {
 protected:
  // Runs a turn, after which the trace is that of the turn.
  std::string Turn() {
    trace_.clear();
    queue_.RunReady();
    return absl::StrJoin(trace_, " ");
  }

  ReadyQueue queue_;
  Waiter future_{queue_};
  std::vector<std::string> trace_;
};

using Trace = std::vector<std::string>;

std::string Described(const absl::Status& status) {
  if (status.ok()) return "R";
  return absl::IsCancelled(status) ? "cancelled" : "error";
}

// async def catch(name, aw):
//   try: r = await aw; trace(f"{name}={r}")
//   except CancelledError: trace(f"{name}=cancelled"); raise
Task<absl::Status> Catch(Trace& trace, std::string name, Waiter& waiter) {
  absl::Status status = co_await waiter;
  trace.push_back(absl::StrCat(name, "=", Described(status)));
  co_return status;
}
Task<absl::Status> Catch(Trace& trace, std::string name, ReadyQueue& queue) {
  absl::Status status = co_await Yield(queue);
  trace.push_back(absl::StrCat(name, "=", Described(status)));
  co_return status;
}
Task<absl::Status> Catch(Trace& trace, std::string name,
                         const TaskHandle<absl::Status>& handle) {
  absl::Status status = co_await handle;
  trace.push_back(absl::StrCat(name, "=", Described(status)));
  co_return status;
}

// k = create_task(catch("a", f)); await sleep(0); k.cancel(); k.cancel()
//   2: True, f.cancelled() True, True  3: a=cancelled
TEST_F(TaskCancelTest, AParkedTaskIsCancelledATurnLater) {
  auto task = Spawn(queue_, Catch(trace_, "a", future_));
  Turn();
  EXPECT_TRUE(task.Cancel());
  EXPECT_TRUE(future_.cancelled());
  EXPECT_TRUE(task.Cancel());
  EXPECT_FALSE(task.done());
  EXPECT_EQ(Turn(), "a=cancelled");
  EXPECT_TRUE(task.cancelled());
  EXPECT_FALSE(task.Cancel());
  EXPECT_FALSE(queue_.has_ready());
}

// k = create_task(body()); k.cancel(); await sleep(0)
//   done True, cancelled True, the body never ran
TEST_F(TaskCancelTest, ATaskThatHasNotBegunNeverRuns) {
  auto task = Spawn(queue_, Catch(trace_, "a", future_));
  EXPECT_TRUE(task.Cancel());
  EXPECT_FALSE(task.done());
  EXPECT_EQ(Turn(), "");
  EXPECT_TRUE(task.cancelled());
  EXPECT_FALSE(future_.done());
}

// f.set_result("R"); k.cancel()
//   2: True, f.cancelled() False  3: a=cancelled
TEST_F(TaskCancelTest, AWakeUpOnItsWaySaysCancelled) {
  auto task = Spawn(queue_, Catch(trace_, "a", future_));
  Turn();
  future_.SetResult();
  EXPECT_TRUE(task.Cancel());
  EXPECT_FALSE(future_.cancelled());
  EXPECT_EQ(Turn(), "a=cancelled");
  EXPECT_TRUE(task.cancelled());
}

Task<absl::Status> CancelSelfThen(TaskHandle<absl::Status>& self,
                                  Task<absl::Status> next) {
  self.Cancel();
  co_return co_await std::move(next);
}

// async def body(): current_task().cancel(); await catch("a", f)
//   2: f.cancelled() True  3: a=cancelled
TEST_F(TaskCancelTest, ATaskThatRunsIsCancelledAtItsNextSuspension) {
  TaskHandle<absl::Status> task;
  task = Spawn(queue_, CancelSelfThen(task, Catch(trace_, "a", future_)));
  Turn();
  EXPECT_TRUE(future_.cancelled());
  EXPECT_FALSE(task.done());
  EXPECT_EQ(Turn(), "a=cancelled");
  EXPECT_TRUE(task.cancelled());
}

Task<absl::Status> BothOf(Task<absl::Status> first, Task<absl::Status> second) {
  (void)co_await std::move(first);
  co_return co_await std::move(second);
}

// current_task().cancel(); await catch("done", f)  (which has its result)
// await catch("sleep0", sleep(0))
//   2: done=R  3: sleep0=cancelled
TEST_F(TaskCancelTest, AnAwaitThatDoesNotSuspendIsNotCancelled) {
  future_.SetResult();
  TaskHandle<absl::Status> task;
  task = Spawn(queue_,
               CancelSelfThen(task, BothOf(Catch(trace_, "done", future_),
                                           Catch(trace_, "sleep0", queue_))));
  EXPECT_EQ(Turn(), "done=R");
  EXPECT_EQ(Turn(), "sleep0=cancelled");
  EXPECT_TRUE(task.cancelled());
}

Task<absl::Status> Return(absl::Status status) { co_return status; }

// current_task().cancel(); return 5         ->  cancelled True
// current_task().cancel(); raise ValueError ->  cancelled False, ValueError
TEST_F(TaskCancelTest, ATaskThatEndsInsteadOfSuspending) {
  TaskHandle<absl::Status> returns, raises;
  returns = Spawn(queue_, CancelSelfThen(returns, Return(absl::OkStatus())));
  raises =
      Spawn(queue_, CancelSelfThen(raises, Return(absl::UnknownError("v"))));
  Turn();
  EXPECT_TRUE(returns.cancelled());
  EXPECT_TRUE(raises.done());
  EXPECT_FALSE(raises.cancelled());
  EXPECT_EQ(raises.result(), absl::UnknownError("v"));
}

Task<absl::Status> Swallow(Trace& trace, Waiter& first, Waiter& second) {
  if (absl::IsCancelled(co_await first)) trace.push_back("swallowed");
  absl::Status status = co_await second;
  trace.push_back(absl::StrCat("g=", Described(status)));
  co_return status;
}

// try: await f
// except CancelledError: trace("swallowed")
// await catch("g", g)
//   3: swallowed, done False  (g.set_result)  4: g=R, cancelled False
TEST_F(TaskCancelTest, ATaskMayCarryOn) {
  Waiter other(queue_);
  auto task = Spawn(queue_, Swallow(trace_, future_, other));
  Turn();
  task.Cancel();
  EXPECT_EQ(Turn(), "swallowed");
  EXPECT_FALSE(task.done());
  other.SetResult();
  EXPECT_EQ(Turn(), "g=R");
  EXPECT_TRUE(task.done());
  EXPECT_FALSE(task.cancelled());
}

// k = create_task(catch("y", sleep(0))); await sleep(0); k.cancel()
//   2: True  3: y=cancelled
TEST_F(TaskCancelTest, AYieldIsCancelledInItsTurn) {
  auto task = Spawn(queue_, Catch(trace_, "y", queue_));
  Turn();
  EXPECT_TRUE(task.Cancel());
  EXPECT_EQ(Turn(), "y=cancelled");
  EXPECT_TRUE(task.cancelled());
}

// a = create_task(catch("a", f)); b = create_task(catch("b", f)); a.cancel()
//   3: a=cancelled  3: b=cancelled, both cancelled()
TEST_F(TaskCancelTest, ASharedFutureIsCancelledForAll) {
  auto a = Spawn(queue_, Catch(trace_, "a", future_));
  auto b = Spawn(queue_, Catch(trace_, "b", future_));
  Turn();
  a.Cancel();
  EXPECT_EQ(Turn(), "a=cancelled b=cancelled");
  EXPECT_TRUE(a.cancelled());
  EXPECT_TRUE(b.cancelled());
}

// inner = create_task(catch("in", f)); outer = create_task(catch("out", inner))
// outer.cancel()
//   3: f.cancelled() True  4: in=cancelled  5: out=cancelled
TEST_F(TaskCancelTest, CancellingWhoAwaitsATaskCancelsTheTask) {
  auto inner = Spawn(queue_, Catch(trace_, "in", future_));
  auto outer = Spawn(queue_, Catch(trace_, "out", inner));
  Turn();
  outer.Cancel();
  EXPECT_TRUE(future_.cancelled());
  EXPECT_EQ(Turn(), "in=cancelled");
  EXPECT_TRUE(inner.cancelled());
  EXPECT_FALSE(outer.done());
  EXPECT_EQ(Turn(), "out=cancelled");
  EXPECT_TRUE(outer.cancelled());
}

// The same, where the inner task swallows the cancellation and awaits g.
//   4: declined, nobody done  (g.set_result)  7: inner done  8: out=G
TEST_F(TaskCancelTest, ATaskThatDeclinesIsAwaitedOn) {
  Waiter other(queue_);
  auto inner = Spawn(queue_, Swallow(trace_, future_, other));
  auto outer = Spawn(queue_, Catch(trace_, "out", inner));
  Turn();
  outer.Cancel();
  EXPECT_EQ(Turn(), "swallowed");
  EXPECT_EQ(Turn(), "");
  EXPECT_FALSE(inner.done());
  EXPECT_FALSE(outer.done());
  other.SetResult();
  EXPECT_EQ(Turn(), "g=R");
  EXPECT_TRUE(inner.done());
  EXPECT_FALSE(outer.done());
  EXPECT_EQ(Turn(), "out=R");
  EXPECT_FALSE(outer.cancelled());
}

// f.set_result("R"); await sleep(0); outer.cancel()  (inner is done by now)
//   4: in=R, True  5: out=cancelled
TEST_F(TaskCancelTest, WhoseTaskIsDoneIsCancelledAtTheWakeUp) {
  auto inner = Spawn(queue_, Catch(trace_, "in", future_));
  auto outer = Spawn(queue_, Catch(trace_, "out", inner));
  Turn();
  future_.SetResult();
  EXPECT_EQ(Turn(), "in=R");
  EXPECT_TRUE(outer.Cancel());
  EXPECT_EQ(Turn(), "out=cancelled");
  EXPECT_TRUE(outer.cancelled());
  EXPECT_FALSE(inner.cancelled());
}

// async def body(): await current_task()
//   1: RuntimeError('Task cannot await on itself: ...'), in the turn after
TEST_F(TaskCancelTest, ATaskThatAwaitsItselfIsToldSo) {
  TaskHandle<absl::Status> task;
  task = Spawn(queue_, Catch(trace_, "self", task));
  EXPECT_EQ(Turn(), "");
  EXPECT_FALSE(task.done());
  EXPECT_EQ(Turn(), "self=error");
  EXPECT_EQ(task.result().message(), "Task cannot await on itself");
}

// async def body(): current_task().cancel(); await current_task()
//   2: CancelledError
TEST_F(TaskCancelTest, ATaskThatCancelsAndAwaitsItselfIsCancelled) {
  TaskHandle<absl::Status> task;
  task = Spawn(queue_, CancelSelfThen(task, Catch(trace_, "self", task)));
  EXPECT_EQ(Turn(), "");
  EXPECT_EQ(Turn(), "self=cancelled");
  EXPECT_TRUE(task.cancelled());
}

// a awaits b, b awaits a. In Python, a.cancel() raises RecursionError, and both
// wait for ever.
TEST_F(TaskCancelTest, ARingOfTasksEndsWhenOneIsCancelled) {
  TaskHandle<absl::Status> a, b;
  a = Spawn(queue_, Catch(trace_, "a", b));
  b = Spawn(queue_, Catch(trace_, "b", a));
  EXPECT_EQ(Turn(), "");
  EXPECT_TRUE(a.Cancel());
  EXPECT_EQ(Turn(), "a=cancelled");
  EXPECT_EQ(Turn(), "b=cancelled");
  EXPECT_TRUE(a.cancelled());
  EXPECT_TRUE(b.cancelled());
}

Task<absl::Status> AwaitHeld(std::optional<Task<absl::Status>>& held) {
  co_return co_await std::move(*held);
}

// Nothing of Python's: there, a frame lives as long as somebody awaits it.
TEST_F(TaskCancelTest, ACalleeThatOthersDestroyedIsNotLookedAt) {
  std::optional<Task<absl::Status>> held = Catch(trace_, "a", future_);
  auto task = Spawn(queue_, AwaitHeld(held));
  Turn();
  held.reset();
  EXPECT_TRUE(task.Cancel());
  EXPECT_FALSE(future_.done());
  EXPECT_EQ(Turn(), "");
  EXPECT_FALSE(task.done());
}

TEST_F(TaskCancelTest, ACalleeThatOthersKeepOutlivesItsTask) {
  std::optional<Task<absl::Status>> held = Catch(trace_, "a", future_);
  auto task = Spawn(queue_, AwaitHeld(held));
  Turn();
  task.Reset();
  // There is nobody left to be resumed, or told.
  EXPECT_TRUE(future_.SetResult());
  EXPECT_EQ(Turn(), "");
  held.reset();
  EXPECT_EQ(Turn(), "");
}

TEST_F(TaskCancelTest, ACalleeThatOthersKeepIsNotWokenWithoutItsTask) {
  std::optional<Task<absl::Status>> held = Catch(trace_, "a", future_);
  auto task = Spawn(queue_, AwaitHeld(held));
  Turn();
  EXPECT_TRUE(future_.SetResult());
  task.Reset();
  EXPECT_EQ(Turn(), "");
}

}  // namespace
}  // namespace streams
