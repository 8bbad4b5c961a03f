// SPDX-License-Identifier: Apache-2.0

// What a loop runs can't run the loop: who tries it is told, where assertions
// are on.
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
#endif

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
