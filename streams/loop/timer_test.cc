// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/timer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"

namespace streams {
namespace {

class Plain final : public Timer {
  void Run() override {}
};

TEST(TimerQueueTest, GivesTheEarliestAndOfTheSameTimeTheFirst) {
  TimerQueue queue;
  Plain a, b, c;
  queue.Add(a, absl::Seconds(2));
  queue.Add(b, absl::Seconds(1));
  queue.Add(c, absl::Seconds(1));
  EXPECT_EQ(queue.earliest(), &b);
  b.Cancel();
  EXPECT_EQ(queue.earliest(), &c);
  queue.Add(c, absl::Seconds(3));  // Armed anew.
  EXPECT_EQ(queue.earliest(), &a);
  a.Cancel();
  a.Cancel();
  EXPECT_EQ(queue.earliest(), &c);
  c.Cancel();
  EXPECT_TRUE(queue.empty());
}

TEST(TimerQueueTest, ADestroyedTimerLeaves) {
  TimerQueue queue;
  auto timer = std::make_unique<Plain>();
  queue.Add(*timer, absl::Seconds(1));
  EXPECT_TRUE(timer->armed());
  timer.reset();
  EXPECT_TRUE(queue.empty());
}

TEST(TimerQueueTest, TimersSurviveTheirQueue) {
  Plain timer;
  {
    TimerQueue queue;
    queue.Add(timer, absl::Seconds(1));
  }
  EXPECT_FALSE(timer.armed());
}

TEST(FunctionTimerTest, MayDestroyItself) {
  ReadyQueue queue;
  std::string told;
  std::unique_ptr<FunctionTimer> timer;
  timer = std::make_unique<FunctionTimer>(
      [&timer, &told, text = std::string(100, 'x')] {
        timer.reset();
        told = text;  // What it captured is still there.
      });
  queue.CallSoon(*timer);
  queue.RunReady();
  EXPECT_EQ(told, std::string(100, 'x'));
}

// Against a sorted list, with many equal times, arming and cancelling at
// random.
TEST(TimerQueueTest, AgreesWithASortedList) {
  std::minstd_rand random(20240711);
  std::vector<std::unique_ptr<Plain>> timers;
  for (int i = 0; i < 200; ++i) timers.push_back(std::make_unique<Plain>());
  TimerQueue queue;
  std::vector<std::pair<std::pair<int, int>, Timer*>> expected;
  for (int step = 0; step < 5000; ++step) {
    Timer& timer = *timers[random() % timers.size()];
    expected.erase(std::remove_if(expected.begin(), expected.end(),
                                  [&](const auto& entry) {
                                    return entry.second == &timer;
                                  }),
                   expected.end());
    if (random() % 3 == 0) {
      timer.Cancel();
    } else {
      const int when = static_cast<int>(random() % 10);
      queue.Add(timer, absl::Seconds(when));
      expected.push_back({{when, step}, &timer});
      std::sort(expected.begin(), expected.end());
    }
    ASSERT_EQ(queue.earliest(),
              expected.empty() ? nullptr : expected.front().second);
  }
  for (const auto& entry : expected) {
    ASSERT_EQ(queue.earliest(), entry.second);
    entry.second->Cancel();
  }
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace streams
