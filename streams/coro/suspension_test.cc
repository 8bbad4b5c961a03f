// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/suspension.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "streams/coro/awaited_result.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"
#include "streams/coro/yield.h"

namespace streams {
namespace {

// A well from which one can only draw as much as is in it: the shape of a
// reader.
class Well {
 public:
  explicit Well(ReadyQueue& queue) : changed_(queue) {}

  class [[nodiscard]] Draw final : private Suspension {
   public:
    Draw(Well& well, int amount) : well_(well), amount_(amount) {}
    Draw(Draw&&) noexcept = default;
    ~Draw() override {
      if (well_.drawing_ == this) well_.drawing_ = nullptr;
    }

    using Suspension::await_suspend;
    bool await_ready() { return Try(); }
    absl::StatusOr<int> await_resume() { return std::move(result_); }

   private:
    bool OnWake(absl::Status status) override {
      ++well_.wakes_;
      well_.drawing_ = nullptr;
      if (status.ok()) return Try();
      result_ = std::move(status);
      return true;
    }
    bool Try() {
      if (well_.content_ >= amount_) {
        well_.content_ -= amount_;
        result_ = amount_;
        return true;
      }
      well_.drawing_ = this;
      well_.changed_.Reset();
      Arm(well_.changed_);
      return false;
    }

    Well& well_;
    int amount_;
    absl::StatusOr<int> result_ = 0;
  };

  void Fill(int amount) {
    content_ += amount;
    if (drawing_ != nullptr) changed_.SetResult();
  }
  bool drawing() const { return drawing_ != nullptr; }
  int content() const { return content_; }
  int wakes() const { return wakes_; }

 private:
  int content_ = 0;
  int wakes_ = 0;
  Draw* drawing_ = nullptr;
  Waiter changed_;
};

Task<absl::StatusOr<int>> DrawTwice(Well& well, int amount) {
  const absl::StatusOr<int> first = co_await Well::Draw(well, amount);
  if (!first.ok()) co_return first.status();
  const absl::StatusOr<int> second = co_await Well::Draw(well, amount);
  if (!second.ok()) co_return second.status();
  co_return *first + *second;
}

TEST(SuspensionTest, GoesOnAtOnceWhenItCan) {
  ReadyQueue queue;
  Well well(queue);
  well.Fill(10);
  auto task = Spawn(queue, DrawTwice(well, 5));
  EXPECT_EQ(queue.RunReady(), 1u);
  EXPECT_EQ(*task.result(), 10);
  EXPECT_EQ(well.wakes(), 0);
}

TEST(SuspensionTest, StaysParkedUntilItIsContent) {
  ReadyQueue queue;
  Well well(queue);
  auto task = Spawn(queue, DrawTwice(well, 3));
  queue.RunReady();
  for (int i = 0; i < 6; ++i) {
    EXPECT_FALSE(task.done());
    well.Fill(1);
    EXPECT_EQ(queue.RunReady(), 1u);
  }
  EXPECT_EQ(*task.result(), 6);
  EXPECT_EQ(well.wakes(), 6);
}

TEST(SuspensionTest, CancelFindsItAlsoAfterItParkedAgain) {
  ReadyQueue queue;
  Well well(queue);
  auto task = Spawn(queue, DrawTwice(well, 3));
  queue.RunReady();
  well.Fill(2);
  queue.RunReady();
  EXPECT_TRUE(task.Cancel());
  queue.RunReady();
  EXPECT_TRUE(task.cancelled());
  EXPECT_FALSE(well.drawing());
  EXPECT_EQ(well.content(), 2);
}

TEST(SuspensionTest, DroppingTakesBackItsPromise) {
  ReadyQueue queue;
  Well well(queue);
  auto task = Spawn(queue, DrawTwice(well, 3));
  queue.RunReady();
  EXPECT_TRUE(well.drawing());
  task.Reset();
  EXPECT_FALSE(well.drawing());
}

// Woken directly, as by a reader.
class DirectWake final : private Suspension {
 public:
  DirectWake(ReadyQueue& queue, DirectWake*& parked)
      : queue_(queue), parked_(parked) {}

  using Suspension::await_suspend;
  using Suspension::Wake;
  bool await_ready() {
    parked_ = this;
    ArmForWake(queue_);
    return false;
  }
  absl::Status await_resume() { return absl::OkStatus(); }

 private:
  bool OnWake(absl::Status /*status*/) override { return true; }

  ReadyQueue& queue_;
  DirectWake*& parked_;
};

Task<absl::Status> AwaitDirectWake(ReadyQueue& queue, DirectWake*& parked) {
  co_return co_await DirectWake(queue, parked);
}
Task<absl::Status> AwaitHeld(std::optional<Task<absl::Status>>& held) {
  co_return co_await *std::move(held);
}

TEST(SuspensionTest, InACoroutineThatOutlivesItsTaskItIsWokenInVain) {
  ReadyQueue queue;
  DirectWake* parked = nullptr;
  std::optional held = AwaitDirectWake(queue, parked);
  auto task = Spawn(queue, AwaitHeld(held));
  queue.RunReady();
  ASSERT_NE(parked, nullptr);
  task.Reset();
  parked->Wake();
  parked->Wake(absl::DataLossError("x"));
  EXPECT_EQ(queue.RunReady(), 0u);
}

TEST(SuspensionTest, CanBeSpawnedWithoutACoroutineAround) {
  ReadyQueue queue;
  Well well(queue);
  well.Fill(2);
  auto task = Spawn(queue, Well::Draw(well, 2));
  EXPECT_EQ(well.content(), 2);  // Begins in the next turn.
  queue.RunReady();
  EXPECT_EQ(*task.result(), 2);
}

TEST(SuspensionTest, YieldTakesOneTurn) {
  ReadyQueue queue;
  auto task = Spawn(queue, Yield(queue));
  queue.RunReady();
  EXPECT_FALSE(task.done());
  queue.RunReady();
  EXPECT_TRUE(task.result().ok());
}

}  // namespace
}  // namespace streams
