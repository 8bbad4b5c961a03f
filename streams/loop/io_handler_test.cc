// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/io_handler.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/loop/event_loop.h"
#include "streams/os/error.h"
#include "streams/os/fd.h"
#include "streams/os/socket.h"

namespace streams {
namespace {

class Handler final : public IoHandler {
 public:
  Handler(int fd, std::string* trace, std::string name)
      : IoHandler(fd), trace_(trace), name_(std::move(name)) {}

  using IoHandler::CallSoon;
  using IoHandler::is_called_soon;
  using IoHandler::set_expected_bytes;

  std::function<void()> on_readable;
  std::function<void()> on_writable;

 private:
  void OnReadable() override {
    *trace_ += name_ + "r";
    if (on_readable) on_readable();
  }
  void OnWritable() override {
    *trace_ += name_ + "w";
    if (on_writable) on_writable();
  }
  void OnCalled() override { *trace_ += name_ + "c"; }

  std::string* trace_;
  std::string name_;
};

class IoHandlerTest : public testing::Test {
 protected:
  IoHandlerTest() { Connect(a_, b_); }

  static void Connect(StreamSocket& a, StreamSocket& b) {
    auto pair = StreamSocket::CreatePair();
    ASSERT_TRUE(pair.ok());
    a = std::move(pair->first);
    b = std::move(pair->second);
  }
  // What was called in one turn.
  std::string Turn() {
    trace_.clear();
    loop_.RunTurn(absl::ZeroDuration());
    return trace_;
  }
  static void Send(const StreamSocket& socket) {
    ASSERT_EQ(os::Send(socket.fd(), "x", 1), 1);
  }

  std::string trace_;
  StreamSocket a_, b_;
  EventLoop loop_;
};

TEST_F(IoHandlerTest, CallsInEachTurnInWhichItIsReady) {
  Handler handler(a_.fd(), &trace_, "a");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  EXPECT_EQ(Turn(), "");
  Send(b_);
  EXPECT_EQ(Turn(), "ar");
  EXPECT_EQ(Turn(), "ar");  // Level-triggered.
  char byte;
  ASSERT_EQ(os::Receive(a_.fd(), &byte, 1), 1);
  EXPECT_EQ(Turn(), "");
  ASSERT_TRUE(loop_.AddWriter(handler).ok());
  EXPECT_EQ(Turn(), "aw");
  Send(b_);
  EXPECT_EQ(Turn(), "araw");
  EXPECT_TRUE(loop_.RemoveWriter(handler));
  EXPECT_FALSE(loop_.RemoveWriter(handler));
  EXPECT_EQ(Turn(), "ar");
  EXPECT_TRUE(loop_.RemoveReader(handler));
  EXPECT_EQ(Turn(), "");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  EXPECT_EQ(Turn(), "ar");
}

TEST_F(IoHandlerTest, EofIsReadableAndWritable) {
  Handler handler(a_.fd(), &trace_, "a");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  ASSERT_TRUE(loop_.AddWriter(handler).ok());
  b_.Close();
  EXPECT_EQ(Turn(), "araw");
  // Not wanted, not called, and no spinning: EPOLLHUP can't be masked.
  loop_.RemoveReader(handler);
  loop_.RemoveWriter(handler);
  EXPECT_EQ(Turn(), "");
}

TEST_F(IoHandlerTest, RemovingBetweenEventAndCallWins) {
  Handler handler(a_.fd(), &trace_, "a");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  ASSERT_TRUE(loop_.AddWriter(handler).ok());
  handler.on_readable = [&] { loop_.RemoveWriter(handler); };
  Send(b_);
  EXPECT_EQ(Turn(), "ar");
  // What was called soon before the turn comes before descriptors.
  loop_.CallSoon([&] { loop_.RemoveReader(handler); });
  EXPECT_EQ(Turn(), "");
}

TEST_F(IoHandlerTest, MayDestroyItselfBetweenReadingAndWriting) {
  auto handler = std::make_unique<Handler>(a_.fd(), &trace_, "a");
  ASSERT_TRUE(loop_.AddReader(*handler).ok());
  ASSERT_TRUE(loop_.AddWriter(*handler).ok());
  handler->on_readable = [&] { handler.reset(); };
  Send(b_);
  EXPECT_EQ(Turn(), "ar");
  EXPECT_EQ(Turn(), "");
}

// One batch of events has both descriptors. The first handler closes the
// second's, whose number the next socket gets at once: the event that was
// collected for the old one must not reach the new one.
TEST_F(IoHandlerTest, AnEventOfAClosedDescriptorReachesNobody) {
  StreamSocket c, d, e, f;
  Connect(c, d);
  Handler first(a_.fd(), &trace_, "first");
  auto second = std::make_unique<Handler>(c.fd(), &trace_, "second");
  std::unique_ptr<Handler> third;
  ASSERT_TRUE(loop_.AddReader(first).ok());
  ASSERT_TRUE(loop_.AddReader(*second).ok());
  first.on_readable = [&] {
    if (third != nullptr) return;
    const int number = c.fd();
    second.reset();
    c.Close();
    Connect(e, f);
    ASSERT_EQ(e.fd(), number);
    third = std::make_unique<Handler>(e.fd(), &trace_, "third");
    ASSERT_TRUE(loop_.AddReader(*third).ok());
  };
  Send(b_);
  Send(d);
  EXPECT_EQ(Turn(), "firstr");
  EXPECT_EQ(Turn(), "firstr");
  Send(f);
  EXPECT_EQ(Turn(), "firstrthirdr");
}

// The same for an event that was kept for a later turn.
TEST_F(IoHandlerTest, AnEventThatWaitsForItsTurnReachesNobodyElse) {
  StreamSocket c, d, e, f;
  Connect(c, d);
  Handler first(a_.fd(), &trace_, "first");
  auto second = std::make_unique<Handler>(c.fd(), &trace_, "second");
  std::unique_ptr<Handler> third;
  // So much that there is no room for another in the same turn.
  first.set_expected_bytes(1 << 20);
  ASSERT_TRUE(loop_.AddReader(first).ok());
  ASSERT_TRUE(loop_.AddReader(*second).ok());
  Send(b_);
  Send(d);
  EXPECT_EQ(Turn(), "firstr");
  const int number = c.fd();
  second.reset();
  c.Close();
  Connect(e, f);
  ASSERT_EQ(e.fd(), number);
  third = std::make_unique<Handler>(e.fd(), &trace_, "third");
  ASSERT_TRUE(loop_.AddReader(*third).ok());
  EXPECT_EQ(Turn(), "");
  loop_.RemoveReader(first);
  Send(f);
  EXPECT_EQ(Turn(), "thirdr");
}

// The same without telling the kernel, and with a copy of the old descriptor
// that keeps its registration alive: events of it still come, with an old
// generation.
TEST_F(IoHandlerTest, AnEventOfAnOldGenerationReachesNobody) {
  const int number = a_.fd();
  auto old = std::make_unique<Handler>(number, &trace_, "old");
  ASSERT_TRUE(loop_.AddReader(*old).ok());
  const Fd copy(::dup(number));
  loop_.UnregisterForClose(*old);
  EXPECT_FALSE(old->registered());
  a_.Close();
  StreamSocket c, d;
  Connect(c, d);
  ASSERT_EQ(c.fd(), number);
  Handler fresh(number, &trace_, "fresh");
  ASSERT_TRUE(loop_.AddReader(fresh).ok());
  Send(b_);
  EXPECT_EQ(Turn(), "");
  Send(d);
  EXPECT_EQ(Turn(), "freshr");
}

// As when a child process was forked meanwhile, and lives on: the kernel
// reports for ever what nobody can unregister. The loop must not turn for ever.
TEST_F(IoHandlerTest, AnEventThatNobodyCanTakeBackDoesNotComeForEver) {
  auto old = std::make_unique<Handler>(a_.fd(), &trace_, "old");
  ASSERT_TRUE(loop_.AddReader(*old).ok());
  StreamSocket c, d;
  Connect(c, d);
  Handler other(c.fd(), &trace_, "other");
  ASSERT_TRUE(loop_.AddReader(other).ok());
  const Fd copy(::dup(a_.fd()));
  loop_.UnregisterForClose(*old);
  a_.Close();
  Send(b_);
  const uint64_t turns = loop_.turns();
  loop_.CallLater(absl::Milliseconds(50), [this] { loop_.Stop(); });
  loop_.RunForever();
  EXPECT_LT(loop_.turns() - turns, 20u);
  Send(d);
  EXPECT_EQ(Turn(), "otherr");  // The others are still registered.
}

TEST_F(IoHandlerTest, RegisteredAgainWithoutTheClose) {
  Handler handler(a_.fd(), &trace_, "a");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  loop_.UnregisterForClose(handler);
  Send(b_);
  EXPECT_EQ(Turn(), "");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  EXPECT_EQ(Turn(), "ar");
}

TEST_F(IoHandlerTest, ADescriptorClosedBehindItsBackIsRegisteredAgain) {
  Handler handler(a_.fd(), &trace_, "a");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  const int number = a_.fd();
  a_.Close();
  StreamSocket c, d;
  Connect(c, d);
  ASSERT_EQ(c.fd(), number);
  ASSERT_TRUE(loop_.AddWriter(handler).ok());
  EXPECT_EQ(Turn(), "aw");
}

TEST_F(IoHandlerTest, OneHandlerPerDescriptor) {
  Handler handler(a_.fd(), &trace_, "a");
  Handler other(a_.fd(), &trace_, "b");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  EXPECT_EQ(GetErrorKind(loop_.AddReader(other)), ErrorKind::kRuntime);
  EXPECT_FALSE(other.registered());
  EXPECT_FALSE(other.wants_read());
  loop_.Unregister(handler);
  EXPECT_TRUE(loop_.AddReader(other).ok());
}

TEST_F(IoHandlerTest, WhatCannotBePolledIsRefused) {
  const Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  Handler handler(file.get(), &trace_, "a");
  EXPECT_EQ(GetErrorKind(loop_.AddReader(handler)), ErrorKind::kPermission);
  EXPECT_FALSE(handler.registered());
  Handler none(-1, &trace_, "none");
  EXPECT_EQ(GetErrno(loop_.AddReader(none)), EBADF);
}

TEST_F(IoHandlerTest, MoreDescriptorsThanOneBatchHolds) {
  std::vector<std::pair<StreamSocket, StreamSocket>> pairs(100);
  std::vector<std::unique_ptr<Handler>> handlers;
  for (auto& [ours, theirs] : pairs) {
    Connect(ours, theirs);
    handlers.push_back(std::make_unique<Handler>(ours.fd(), &trace_, ""));
    ASSERT_TRUE(loop_.AddReader(*handlers.back()).ok());
    Send(theirs);
  }
  // The first poll brings 64, in batches; each handler has its turn once before
  // any has it again.
  std::string called;
  while (called.size() < 64) {
    Turn();
    EXPECT_LE(trace_.size(), 16u);
    called += trace_;
  }
  EXPECT_EQ(called.size(), 64u);
  called.clear();
  while (called.size() < pairs.size()) {
    Turn();
    called += trace_;
  }
  EXPECT_EQ(called.size(), pairs.size());
}

// Who is told of much data at a time runs alone, until what was received has
// been used.
TEST_F(IoHandlerTest, ABatchIsBoundedInBytes) {
  StreamSocket c, d;
  Connect(c, d);
  Handler first(a_.fd(), &trace_, "first");
  Handler second(c.fd(), &trace_, "second");
  first.set_expected_bytes(100'000);
  second.set_expected_bytes(100'000);
  first.on_readable = [&] { loop_.CallSoon([&] { trace_ += "used"; }); };
  second.on_readable = first.on_readable;
  ASSERT_TRUE(loop_.AddReader(first).ok());
  ASSERT_TRUE(loop_.AddReader(second).ok());
  Send(b_);
  Send(d);
  EXPECT_EQ(Turn(), "firstr");
  EXPECT_EQ(Turn(), "usedsecondr");
  EXPECT_EQ(Turn(), "used");  // Without a look at the descriptors.
  EXPECT_EQ(Turn(), "firstr");
}

// Who else runs must not make the descriptors wait for it in each batch.
TEST_F(IoHandlerTest, BesideOthersThereAreNoBatches) {
  StreamSocket c, d, e, f;
  Connect(c, d);
  Connect(e, f);
  Handler first(a_.fd(), &trace_, "1");
  Handler second(c.fd(), &trace_, "2");
  Handler third(e.fd(), &trace_, "3");
  for (Handler* handler : {&first, &second, &third}) {
    handler->set_expected_bytes(100'000);
    ASSERT_TRUE(loop_.AddReader(*handler).ok());
  }
  Send(b_);
  Send(d);
  Send(f);
  for (int turns_without_poll = 0; turns_without_poll < 3;
       ++turns_without_poll) {
    loop_.CallSoon([] {});
    EXPECT_EQ(Turn(), "");
  }
  loop_.CallSoon([] {});
  EXPECT_EQ(Turn(), "1r2r3r");
}

TEST_F(IoHandlerTest, ACallComesBeforeWhatIsReady) {
  Handler handler(a_.fd(), &trace_, "a");
  handler.CallSoon(loop_);
  EXPECT_TRUE(handler.is_called_soon());
  Send(b_);
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  ASSERT_TRUE(loop_.AddWriter(handler).ok());
  EXPECT_EQ(Turn(), "ac");  // The first may leave out looking for descriptors.
  EXPECT_FALSE(handler.is_called_soon());
  EXPECT_EQ(Turn(), "araw");
  Turn();
  handler.CallSoon(loop_);
  Turn();
  EXPECT_EQ(trace_.substr(0, 2), "ac");
}

TEST_F(IoHandlerTest, SilencedItHearsOfNothingButItsCall) {
  Handler handler(a_.fd(), &trace_, "a");
  ASSERT_TRUE(loop_.AddReader(handler).ok());
  Send(b_);
  EXPECT_EQ(Turn(), "ar");
  loop_.SilenceForClose(handler);
  handler.CallSoon(loop_);
  EXPECT_EQ(Turn(), "ac");
  EXPECT_EQ(Turn(), "");
  // Nothing was said to the kernel, so that it can be unregistered.
  loop_.UnregisterForClose(handler);
  EXPECT_FALSE(handler.registered());
}

TEST(IoHandlerLifetimeTest, TheLoopMayGoFirst) {
  auto pair = StreamSocket::CreatePair();
  ASSERT_TRUE(pair.ok());
  std::string trace;
  Handler handler(pair->first.fd(), &trace, "a");
  {
    EventLoop loop;
    ASSERT_TRUE(loop.AddReader(handler).ok());
  }
  EXPECT_FALSE(handler.registered());
}

}  // namespace
}  // namespace streams
