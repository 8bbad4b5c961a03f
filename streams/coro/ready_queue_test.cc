// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/ready_queue.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "streams/coro/callback.h"

namespace streams {
namespace {

class Call final : public Callback {
 public:
  explicit Call(std::function<void()> function)
      : function_(std::move(function)) {}
  int discarded() const { return discarded_; }

 private:
  void Run() override { function_(); }
  void Discard() override { ++discarded_; }

  std::function<void()> function_;
  int discarded_ = 0;
};

// loop.call_soon(t, '1'); loop.call_soon(lambda: (t('2'), loop.call_soon(t,
// '4'))); loop.call_soon(t, '3') gives 1 2 3 in one turn and 4 in the next.
TEST(ReadyQueueTest, WhatIsCalledSoonRunsInTheNextTurn) {
  ReadyQueue queue;
  std::string trace;
  Call four([&] { trace += '4'; });
  Call one([&] { trace += '1'; });
  Call two([&] {
    trace += '2';
    queue.CallSoon(four);
  });
  Call three([&] { trace += '3'; });
  queue.CallSoon(one);
  queue.CallSoon(two);
  queue.CallSoon(three);
  EXPECT_EQ(queue.RunReady(), 3u);
  EXPECT_EQ(trace, "123");
  EXPECT_EQ(queue.RunReady(), 1u);
  EXPECT_EQ(trace, "1234");
  EXPECT_EQ(queue.RunReady(), 0u);
}

TEST(ReadyQueueTest, CallNextComesBeforeTheOthersOfTheTurn) {
  ReadyQueue queue;
  std::string trace;
  Call next([&] { trace += 'n'; });
  Call one([&] {
    trace += '1';
    queue.CallNext(next);
  });
  Call two([&] { trace += '2'; });
  queue.CallSoon(one);
  queue.CallSoon(two);
  EXPECT_EQ(queue.RunReady(), 3u);
  EXPECT_EQ(trace, "1n2");
}

TEST(ReadyQueueTest, WhatIsUnlinkedInTheSameTurnDoesNotRun) {
  ReadyQueue queue;
  auto two = std::make_unique<Call>([] { FAIL(); });
  Call one([&] { two.reset(); });
  queue.CallSoon(one);
  queue.CallSoon(*two);
  EXPECT_EQ(queue.RunReady(), 1u);
}

TEST(ReadyQueueTest, CallingTwiceKeepsTheFirstPlace) {
  ReadyQueue queue;
  std::string trace;
  Call one([&] { trace += '1'; });
  Call two([&] { trace += '2'; });
  queue.CallSoon(one);
  queue.CallSoon(two);
  queue.CallSoon(one);
  EXPECT_EQ(queue.RunReady(), 2u);
  EXPECT_EQ(trace, "12");
}

TEST(ReadyQueueTest, ShutdownDiscardsWhatIsReadyAndWhatComes) {
  ReadyQueue queue;
  Call before([] { FAIL(); });
  Call after([] { FAIL(); });
  queue.CallSoon(before);
  queue.Shutdown();
  EXPECT_EQ(before.discarded(), 1);
  EXPECT_FALSE(before.linked());
  queue.CallSoon(after);
  EXPECT_EQ(after.discarded(), 1);
  EXPECT_EQ(queue.RunReady(), 0u);
}

}  // namespace
}  // namespace streams
