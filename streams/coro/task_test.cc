// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/task.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"

namespace streams {
namespace {

// Runs a task to its end, or as far as it gets.
template <class T>
std::optional<TaskOutcome<T>> RunTask(ReadyQueue& queue, Task<T> task) {
  TaskHandle<T> handle = Spawn(queue, std::move(task));
  while (queue.has_ready()) queue.RunReady();
  if (!handle.done()) return std::nullopt;
  return handle.TakeResult();
}

Task<int> Number(int value) { co_return value; }
Task<std::unique_ptr<int>> Boxed(int value) {
  co_return std::make_unique<int>(value);
}
Task<> Set(bool* flag) {
  *flag = true;
  co_return;
}
Task<absl::StatusOr<std::string>> Fails() {
  co_return absl::NotFoundError("gone");
}

Task<int> Sum() {
  const int one = co_await Number(1);
  const std::unique_ptr<int> two = co_await Boxed(2);
  co_return one + *two;
}

TEST(TaskTest, GivesValuesThroughNestedCalls) {
  ReadyQueue queue;
  const auto sum = RunTask(queue, Sum());
  ASSERT_TRUE(sum.has_value());
  EXPECT_EQ(**sum, 3);
}

TEST(TaskTest, VoidAndErrors) {
  ReadyQueue queue;
  bool flag = false;
  EXPECT_TRUE(RunTask(queue, Set(&flag))->ok());
  EXPECT_TRUE(flag);
  EXPECT_EQ(RunTask(queue, Fails())->status(), absl::NotFoundError("gone"));
}

TEST(TaskTest, RunsNothingUntilItIsAwaited) {
  bool flag = false;
  {
    Task<> task = Set(&flag);
    Task<> moved = std::move(task);
  }
  EXPECT_FALSE(flag);
}

Task<int64_t> AddUp(int count) {
  int64_t sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await Number(i);
  co_return sum;
}

Task<int> Depth(int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await Depth(depth - 1);
}

// g++ transfers symmetrically only when it optimises: without that, each
// completion stays on the stack.
#if defined(__clang__) || defined(__OPTIMIZE__)
constexpr int kMany = 1000000;
#else
constexpr int kMany = 1000;
#endif

TEST(TaskTest, AMillionCompletionsNeedNoStack) {
  ReadyQueue queue;
  const auto sum = RunTask(queue, AddUp(kMany));
  ASSERT_TRUE(sum.has_value());
  EXPECT_EQ(**sum, int64_t{kMany} * (kMany - 1) / 2);
}

TEST(TaskTest, AMillionNestedCallsNeedNoStack) {
  ReadyQueue queue;
  const auto depth = RunTask(queue, Depth(kMany));
  ASSERT_TRUE(depth.has_value());
  EXPECT_EQ(**depth, kMany);
}

// Tells when it is destroyed.
class Witness {
 public:
  explicit Witness(int* destroyed) : destroyed_(destroyed) {}
  Witness(Witness&& other) noexcept
      : destroyed_(std::exchange(other.destroyed_, nullptr)) {}
  ~Witness() {
    if (destroyed_ != nullptr) ++*destroyed_;
  }

 private:
  int* destroyed_;
};

Task<absl::Status> Inner(Waiter& waiter, [[maybe_unused]] Witness witness) {
  co_return co_await waiter;
}
Task<absl::Status> Outer(Waiter& waiter, int* destroyed) {
  const Witness witness(destroyed);
  co_return co_await Inner(waiter, Witness(destroyed));
}

TEST(TaskTest, DroppingAParkedTaskDestroysItsWholeStack) {
  ReadyQueue queue;
  Waiter waiter(queue);
  int destroyed = 0;
  {
    TaskHandle<absl::Status> handle = Spawn(queue, Outer(waiter, &destroyed));
    queue.RunReady();
    EXPECT_EQ(destroyed, 0);
  }
  EXPECT_EQ(destroyed, 2);
  EXPECT_TRUE(waiter.SetResult());
  EXPECT_FALSE(queue.has_ready());
}

TEST(TaskTest, DroppingATaskThatNeverRanDestroysItsParameters) {
  ReadyQueue queue;
  Waiter waiter(queue);
  int destroyed = 0;
  { const auto task = Inner(waiter, Witness(&destroyed)); }
  EXPECT_EQ(destroyed, 1);
}

}  // namespace
}  // namespace streams
