// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/selector.h"

#include <fcntl.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/loop/io_handler.h"
#include "streams/os/fd.h"
#include "streams/os/socket.h"

namespace streams {
namespace {

// Larger than what a loop of few connections has.
constexpr int kHighDescriptor = 500;

class Handler final : public IoHandler {
 public:
  Handler(int fd, std::string* trace, std::string name)
      : IoHandler(fd), trace_(trace), name_(std::move(name)) {}

 private:
  void OnReadable() override { absl::StrAppend(trace_, name_, "r "); }
  void OnWritable() override { absl::StrAppend(trace_, name_, "w "); }
  void Prefetch(int step) const override {
    absl::StrAppend(trace_, name_, step, " ");
  }

  std::string* trace_;
  std::string name_;
};

class SelectorTest : public testing::Test {
 protected:
  SelectorTest() {
    auto pair = StreamSocket::CreatePair();
    EXPECT_TRUE(pair.ok());
    a_ = std::move(pair->first);
    b_ = std::move(pair->second);
  }

  // What a turn calls.
  std::string Turn() {
    trace_.clear();
    bool woken = false;
    selector_.Poll(/*timeout_ms=*/0);
    selector_.QueueHandlers(/*all=*/false, &woken);
    trace_ += "- ";
    queue_.RunReady();
    return trace_;
  }

  static Fd WithNumberFrom(int least, const StreamSocket& socket) {
    return Fd(::fcntl(socket.fd(), F_DUPFD_CLOEXEC, least));
  }

  std::string trace_;
  StreamSocket a_, b_;
  ReadyQueue queue_;
  Selector selector_{queue_};
};

TEST_F(SelectorTest, FetchesABatchStepByStepWhereThereAreMany) {
  const Fd high = WithNumberFrom(kHighDescriptor, b_);
  Handler a(a_.fd(), &trace_, "a");
  Handler b(high.get(), &trace_, "b");
  ASSERT_TRUE(selector_.AddWriter(a).ok());
  ASSERT_TRUE(selector_.AddWriter(b).ok());
  EXPECT_EQ(Turn(), "a0 b0 a1 b1 a2 b2 a3 b3 - aw bw ");
}

TEST_F(SelectorTest, LeavesFewDescriptorsToTheCache) {
  Handler a(a_.fd(), &trace_, "a");
  ASSERT_TRUE(selector_.AddWriter(a).ok());
  EXPECT_EQ(Turn(), "- aw ");
}

TEST_F(SelectorTest, FetchesNothingForAHandlerThatIsGone) {
  const Fd high = WithNumberFrom(kHighDescriptor, b_);
  Handler a(a_.fd(), &trace_, "a");
  Handler b(high.get(), &trace_, "b");
  ASSERT_TRUE(selector_.AddWriter(a).ok());
  ASSERT_TRUE(selector_.AddWriter(b).ok());
  selector_.Poll(/*timeout_ms=*/0);
  selector_.Unregister(a);
  bool woken = false;
  EXPECT_EQ(selector_.QueueHandlers(/*all=*/false, &woken), 1u);
  EXPECT_EQ(trace_, "b0 b1 b2 b3 ");
}

}  // namespace
}  // namespace streams
