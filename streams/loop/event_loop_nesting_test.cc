// SPDX-License-Identifier: Apache-2.0

// What a loop runs can't run the loop, nor destroy it: who tries it is told,
// where assertions are on.
#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/loop/event_loop.h"

namespace streams {
namespace {

#ifndef NDEBUG
constexpr char kMessage[] = "This event loop is already running";

void RunTurn(EventLoop& loop) { loop.RunTurn(absl::ZeroDuration()); }
void RunForever(EventLoop& loop) {
  loop.Stop();
  loop.RunForever();
}

using Run = void (*)(EventLoop&);

void RunWithin(Run outer, Run inner) {
  EventLoop loop;
  loop.CallSoon([&] { inner(loop); });
  outer(loop);
}

TEST(EventLoopDeathTest, ATurnWithinATurn) {
  EXPECT_DEATH(RunWithin(RunTurn, RunTurn), kMessage);
}

TEST(EventLoopDeathTest, ATurnWithinRunForever) {
  EXPECT_DEATH(RunWithin(RunForever, RunTurn), kMessage);
}

TEST(EventLoopDeathTest, RunForeverWithinATurn) {
  EXPECT_DEATH(RunWithin(RunTurn, RunForever), kMessage);
}

TEST(EventLoopDeathTest, RunForeverWithinItself) {
  EXPECT_DEATH(RunWithin(RunForever, RunForever), kMessage);
}

void DestroyWithin(Run run) {
  auto loop = std::make_unique<EventLoop>();
  loop->CallSoon([&] { loop.reset(); });
  run(*loop);
}

TEST(EventLoopDeathTest, DestroyedWithinATurn) {
  EXPECT_DEATH(DestroyWithin(RunTurn), "Cannot close a running event loop");
}

TEST(EventLoopDeathTest, DestroyedWithinRunForever) {
  EXPECT_DEATH(DestroyWithin(RunForever), "Cannot close a running event loop");
}
#endif

TEST(EventLoopNestingTest, RunsInATurnToo) {
  EventLoop loop;
  bool was_running = false;
  loop.CallSoon([&] { was_running = loop.is_running(); });
  EXPECT_FALSE(loop.is_running());
  loop.RunTurn(absl::ZeroDuration());
  EXPECT_TRUE(was_running);
  EXPECT_FALSE(loop.is_running());
}

// Another loop is nobody's business.
TEST(EventLoopNestingTest, ATurnOfAnotherLoopWithinATurn) {
  EventLoop outer;
  EventLoop inner;
  int turns = 0;
  inner.CallSoon([&] { ++turns; });
  outer.CallSoon([&] { inner.RunTurn(absl::ZeroDuration()); });
  outer.RunTurn(absl::ZeroDuration());
  EXPECT_EQ(turns, 1);
}

}  // namespace
}  // namespace streams
