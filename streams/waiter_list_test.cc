// SPDX-License-Identifier: Apache-2.0

#include "streams/waiter_list.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"

namespace streams::internal {
namespace {

Task<absl::Status> Wait(ReadyQueue& queue, WaiterList& list, char name,
                        std::string& trace) {
  WaiterList::Node node(queue);
  list.Add(node);
  absl::Status status = co_await node.waiter();
  trace += name;
  co_return status;
}

class WaiterListTest : public testing::Test {
 protected:
  TaskHandle<absl::Status> Join(char name) {
    auto task = Spawn(queue_, Wait(queue_, *list_, name, trace_));
    queue_.RunReady();
    return task;
  }
  void RunAll() {
    while (queue_.has_ready()) queue_.RunReady();
  }

  ReadyQueue queue_;
  std::string trace_;
  std::optional<WaiterList> list_{std::in_place};
};

TEST_F(WaiterListTest, WakesAllInTheOrderInWhichTheyCame) {
  auto a = Join('a'), b = Join('b'), c = Join('c');
  list_->SetResults(absl::OkStatus());
  EXPECT_EQ(trace_, "");
  queue_.RunReady();
  EXPECT_EQ(trace_, "abc");
  EXPECT_TRUE(b.result().ok());
}

TEST_F(WaiterListTest, EachGetsTheError) {
  auto a = Join('a'), b = Join('b');
  list_->SetResults(absl::AbortedError("gone"));
  RunAll();
  EXPECT_EQ(a.TakeResult(), absl::AbortedError("gone"));
  EXPECT_EQ(b.TakeResult(), absl::AbortedError("gone"));
}

TEST_F(WaiterListTest, CancellingOneLeavesTheOthersWaiting) {
  for (const char cancelled : {'a', 'b', 'c'}) {
    trace_.clear();
    auto a = Join('a'), b = Join('b'), c = Join('c');
    (cancelled == 'a' ? a : cancelled == 'b' ? b : c).Cancel();
    RunAll();
    EXPECT_EQ(trace_, std::string(1, cancelled));
    list_->SetResults(absl::OkStatus());
    RunAll();
    std::string others = "abc";
    others.erase(others.find(cancelled), 1);
    EXPECT_EQ(trace_, cancelled + others);
  }
}

TEST_F(WaiterListTest, WhoeverIsDestroyedLeaves) {
  auto a = Join('a'), b = Join('b'), c = Join('c');
  b.Reset();
  list_->SetResults(absl::OkStatus());
  RunAll();
  EXPECT_EQ(trace_, "ac");
}

TEST_F(WaiterListTest, WhatHappensTwiceBeforeTheyWakeCountsOnce) {
  auto a = Join('a');
  list_->SetResults(absl::OkStatus());
  list_->SetResults(absl::AbortedError("too late"));
  RunAll();
  EXPECT_TRUE(a.result().ok());
}

TEST_F(WaiterListTest, WhoeverComesLaterWaitsForTheNextTime) {
  auto a = Join('a');
  list_->SetResults(absl::OkStatus());
  RunAll();
  auto b = Join('b');
  RunAll();
  EXPECT_EQ(trace_, "a");
  list_->SetResults(absl::OkStatus());
  RunAll();
  EXPECT_EQ(trace_, "ab");
}

TEST_F(WaiterListTest, TheEndOfTheListCancels) {
  auto a = Join('a'), b = Join('b');
  list_.reset();
  RunAll();
  EXPECT_TRUE(a.cancelled());
  EXPECT_TRUE(b.cancelled());
}

}  // namespace
}  // namespace streams::internal
