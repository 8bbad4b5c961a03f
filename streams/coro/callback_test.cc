// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/callback.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"

namespace streams {
namespace {

class Named final : public Callback {
 public:
  using Callback::Disable;
  explicit Named(char name) : name_(name) {}
  char name() const { return name_; }

 private:
  void Run() override {}

  char name_;
};

std::string Drain(CallbackList& list) {
  std::string names;
  while (Callback* const node = list.PopFront()) {
    names += static_cast<Named*>(node)->name();
  }
  return names;
}

TEST(CallbackListTest, IsFirstInFirstOut) {
  CallbackList list;
  Named a('a'), b('b'), c('c');
  list.PushBack(a);
  list.PushBack(b);
  list.PushFront(c);
  EXPECT_TRUE(a.linked());
  EXPECT_EQ(Drain(list), "cab");
  EXPECT_FALSE(a.linked());
  EXPECT_TRUE(list.empty());
}

TEST(CallbackListTest, AnyNodeLeavesFromAnywhere) {
  CallbackList list;
  Named a('a'), b('b');
  auto gone = std::make_unique<Named>('x');
  list.PushBack(a);
  list.PushBack(*gone);
  list.PushBack(b);
  gone.reset();
  EXPECT_EQ(Drain(list), "ab");
  list.PushBack(a);
  a.Unlink();
  a.Unlink();
  EXPECT_EQ(Drain(list), "");
}

TEST(CallbackListTest, AppendEmptiesTheOther) {
  CallbackList list, other;
  Named a('a'), b('b'), c('c');
  list.Append(other);
  EXPECT_TRUE(list.empty());
  list.PushBack(a);
  other.PushBack(b);
  other.PushBack(c);
  list.Append(other);
  EXPECT_TRUE(other.empty());
  EXPECT_EQ(Drain(list), "abc");
}

TEST(CallbackListTest, NodesSurviveTheirList) {
  Named a('a');
  {
    CallbackList list;
    list.PushBack(a);
  }
  EXPECT_FALSE(a.linked());
}

TEST(CallbackTest, MovingMakesAnUnlinkedNode) {
  Named a('a');
  const Named b(std::move(a));
  EXPECT_FALSE(b.linked());
}

TEST(CallbackTest, DisabledItIsOnNoListAndIsNotQueued) {
  ReadyQueue queue;
  Named a('a');
  queue.CallSoon(a);
  a.Disable();
  EXPECT_FALSE(queue.has_ready());
  queue.CallSoon(a);
  EXPECT_FALSE(queue.has_ready());
  a.Unlink();
  queue.CallSoon(a);
  EXPECT_TRUE(queue.has_ready());
}

}  // namespace
}  // namespace streams
