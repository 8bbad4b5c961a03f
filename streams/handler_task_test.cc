// SPDX-License-Identifier: Apache-2.0

// What follows when the coroutine of a server's handler ends: as CPython's
// StreamReaderProtocol.connection_made has it in its `callback`.

#include "streams/handler_task.h"

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/task.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/exception_context.h"
#include "streams/pausable_transport.h"

namespace streams::internal {
namespace {

Task<absl::Status> Await(Waiter& waiter) { co_return co_await waiter; }

class HandlerTaskTest : public testing::Test {
 protected:
  HandlerTaskTest() {
    loop_->SetExceptionHandler([this](const ExceptionContext& context) {
      told_.push_back(context.exception);
    });
    HandlerTask::Start(*loop_, transport_, Await(waiter_));
    Turn();
  }

  void Turn() { loop_->RunTurn(absl::ZeroDuration()); }

  std::unique_ptr<EventLoop> loop_ = std::make_unique<EventLoop>();
  Waiter waiter_{*loop_};
  std::shared_ptr<PausableTransport> transport_ =
      std::make_shared<PausableTransport>();
  std::vector<absl::Status> told_;
};

TEST_F(HandlerTaskTest, OneThatEndsWellLeavesTheConnectionOpen) {
  EXPECT_EQ(loop_->live_tasks(), 1);
  waiter_.SetResult();
  Turn();
  EXPECT_EQ(loop_->live_tasks(), 0);
  EXPECT_EQ(transport_.use_count(), 1);
  EXPECT_FALSE(transport_->IsClosing());
  EXPECT_TRUE(told_.empty());
}

TEST_F(HandlerTaskTest, AnErrorIsToldATurnLaterAndClosesTheConnection) {
  waiter_.SetResult(absl::DataLossError("x"));
  Turn();
  EXPECT_EQ(loop_->live_tasks(), 0);
  EXPECT_FALSE(transport_->IsClosing());
  Turn();
  EXPECT_TRUE(transport_->IsClosing());
  EXPECT_EQ(told_, std::vector<absl::Status>{absl::DataLossError("x")});
  EXPECT_EQ(transport_.use_count(), 1);
}

TEST_F(HandlerTaskTest, ACancellationClosesTheConnectionAndIsNotTold) {
  waiter_.Cancel();
  Turn();
  EXPECT_FALSE(transport_->IsClosing());
  Turn();
  EXPECT_TRUE(transport_->IsClosing());
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(transport_.use_count(), 1);
}

TEST_F(HandlerTaskTest, TheLoopMayGoFirst) {
  loop_.reset();
  EXPECT_EQ(transport_.use_count(), 1);
  EXPECT_FALSE(transport_->IsClosing());
}

TEST_F(HandlerTaskTest, TheLoopMayGoBeforeAnErrorIsTold) {
  waiter_.SetResult(absl::DataLossError("x"));
  Turn();
  loop_.reset();
  EXPECT_EQ(transport_.use_count(), 1);
  EXPECT_TRUE(told_.empty());
}

}  // namespace
}  // namespace streams::internal
