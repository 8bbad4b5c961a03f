// SPDX-License-Identifier: Apache-2.0

// Addresses that don't answer are those of listeners whose backlog is full: the
// kernel drops what else comes. Time is virtual.

#include "streams/happy_eyeballs.h"

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/coro/task_handle.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address.h"
#include "streams/os/error.h"
#include "streams/os/socket.h"
#include "streams/testing/virtual_clock.h"

namespace streams::internal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr absl::Duration kDelay = absl::Milliseconds(250);

SocketAddress Ip(const char* literal, uint16_t port) {
  return SocketAddress::FromIp(literal, port).value();
}

std::vector<std::string> Interleaved(std::vector<const char*> literals,
                                     int64_t first_family_count) {
  std::vector<SocketAddress> addresses;
  for (const char* const literal : literals) {
    addresses.push_back(Ip(literal, 1));
  }
  std::vector<std::string> hosts;
  for (const SocketAddress& address :
       InterleaveFamilies(std::move(addresses), first_family_count)) {
    hosts.push_back(address.host());
  }
  return hosts;
}

TEST(InterleaveFamiliesTest, TakesTurns) {
  EXPECT_THAT(Interleaved({"::1", "::2", "::3", "1.0.0.1"}, 1),
              ElementsAre("::1", "1.0.0.1", "::2", "::3"));
  EXPECT_THAT(Interleaved({"1.0.0.1", "::1", "::2", "1.0.0.2"}, 1),
              ElementsAre("1.0.0.1", "::1", "1.0.0.2", "::2"));
}

TEST(InterleaveFamiliesTest, BeginsWithSoManyOfTheFirst) {
  EXPECT_THAT(Interleaved({"::1", "::2", "::3", "1.0.0.1", "1.0.0.2"}, 2),
              ElementsAre("::1", "::2", "1.0.0.1", "::3", "1.0.0.2"));
  EXPECT_THAT(Interleaved({"::1", "1.0.0.1", "::2", "1.0.0.2"}, 100),
              ElementsAre("::1", "::2", "1.0.0.1", "1.0.0.2"));
  EXPECT_THAT(Interleaved({"::1", "::2", "1.0.0.1"}, -5),
              ElementsAre("::1", "1.0.0.1", "::2"));
  EXPECT_THAT(Interleaved({}, 3), IsEmpty());
}

class RaceToConnectTest : public testing::Test {
 protected:
  using Connecting = TaskHandle<absl::StatusOr<StreamSocket>>;

  RaceToConnectTest() { clock_.set_autojump(false); }

  // Somebody who answers.
  SocketAddress Listener() {
    listeners_.push_back(StreamSocket::Create(AddressFamily::kInet).value());
    StreamSocket& listener = listeners_.back();
    EXPECT_TRUE(listener.Bind(Ip("127.0.0.1", 0)).ok());
    EXPECT_TRUE(listener.Listen(100).ok());
    return *listener.GetSockName();
  }

  // Somebody who doesn't. Its kernel queue has room for one.
  SocketAddress Silent() {
    const SocketAddress address = Listener();
    EXPECT_TRUE(listeners_.back().Listen(0).ok());
    fillers_.push_back(StreamSocket::ConnectBlocking(address).value());
    return address;
  }

  // Nobody.
  SocketAddress Refusing() {
    const SocketAddress address = Listener();
    listeners_.pop_back();
    return address;
  }

  Connecting Connect(std::vector<SocketAddress> remotes,
                     absl::Duration delay = kDelay,
                     std::vector<SocketAddress> locals = {}) {
    return Spawn(loop_, RaceToConnect(loop_, std::move(remotes),
                                      std::move(locals), delay, errors_));
  }

  void Settle() {
    while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
    }
  }

  // Whom `connecting` is connected to, when it is.
  SocketAddress Winner(Connecting& connecting) {
    return *loop_.RunUntilDone(connecting).value().GetPeerName();
  }

  VirtualClock clock_;
  EventLoop loop_{clock_};
  std::vector<StreamSocket> listeners_;
  std::vector<StreamSocket> fillers_;
  std::vector<absl::Status> errors_;
};

TEST_F(RaceToConnectTest, TheFirstThatAnswersIsTaken) {
  const SocketAddress first = Listener();
  Connecting connecting = Connect({first, Listener()});
  EXPECT_EQ(Winner(connecting), first);
}

TEST_F(RaceToConnectTest, TheNextBeginsWhenTheDelayHasPassed) {
  const SocketAddress silent = Silent();
  const SocketAddress second = Listener();
  Connecting connecting = Connect({silent, second});
  Settle();
  clock_.Advance(kDelay - absl::Nanoseconds(1));
  Settle();
  EXPECT_FALSE(connecting.done());
  StreamSocket accepted;
  SocketAddress peer;
  EXPECT_EQ(listeners_.back().Accept(&accepted, &peer), EAGAIN);
  clock_.Advance(absl::Nanoseconds(1));
  EXPECT_EQ(Winner(connecting), second);
}

TEST_F(RaceToConnectTest, TheNextBeginsAtOnceWhenOneFails) {
  const SocketAddress refusing = Refusing();
  const SocketAddress second = Listener();
  Connecting connecting = Connect({refusing, second});
  EXPECT_EQ(Winner(connecting), second);  // And the clock stood still.
}

TEST_F(RaceToConnectTest, EachHasItsOwnTime) {
  const SocketAddress first = Silent();
  const SocketAddress second = Silent();
  const SocketAddress third = Listener();
  Connecting connecting = Connect({first, second, third});
  Settle();
  clock_.Advance(kDelay);
  Settle();
  EXPECT_FALSE(connecting.done());
  clock_.Advance(kDelay);
  EXPECT_EQ(Winner(connecting), third);
}

TEST_F(RaceToConnectTest, WithoutDelayAllBegin) {
  const SocketAddress first = Silent();
  const SocketAddress second = Silent();
  const SocketAddress third = Listener();
  Connecting connecting = Connect({first, second, third}, absl::ZeroDuration());
  EXPECT_EQ(Winner(connecting), third);
}

TEST_F(RaceToConnectTest, AnEarlierOneMayStillWin) {
  const SocketAddress first = Silent();
  const SocketAddress second = Silent();
  // The kernel's own time cannot be virtual: it knocks again a second later.
  EventLoop loop;
  Connecting connecting = Spawn(
      loop,
      RaceToConnect(loop, {first, second}, {}, absl::ZeroDuration(), errors_));
  while (loop.RunTurn(absl::ZeroDuration()) > 0) {
  }
  EXPECT_FALSE(connecting.done());
  StreamSocket accepted;
  SocketAddress peer;
  ASSERT_EQ(listeners_.front().Accept(&accepted, &peer), 0);
  EXPECT_EQ(*loop.RunUntilDone(connecting).value().GetPeerName(), first);
}

TEST_F(RaceToConnectTest, WhenAllFailEachSaysWhy) {
  const SocketAddress first = Refusing();
  const SocketAddress second = Refusing();
  Connecting connecting = Connect({first, second});
  EXPECT_FALSE(loop_.RunUntilDone(connecting).ok());
  ASSERT_EQ(errors_.size(), 2u);
  EXPECT_THAT(std::string(errors_[0].message()),
              testing::HasSubstr(std::to_string(first.port())));
  EXPECT_THAT(std::string(errors_[1].message()),
              testing::HasSubstr(std::to_string(second.port())));
}

TEST_F(RaceToConnectTest, TheLocalAddressIsThatOfTheFamily) {
  Connecting connecting =
      Connect({Ip("::1", 9), Listener()}, kDelay, {Ip("127.0.0.3", 0)});
  const StreamSocket socket = loop_.RunUntilDone(connecting).value();
  EXPECT_EQ(socket.GetSockName()->host(), "127.0.0.3");
}

TEST_F(RaceToConnectTest, NoLocalAddressOfTheFamily) {
  Connecting connecting = Connect({Listener()}, kDelay, {Ip("::1", 0)});
  EXPECT_FALSE(loop_.RunUntilDone(connecting).ok());
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].message(),
            "no matching local address with family=<AddressFamily.AF_INET: 2> "
            "found");
}

TEST_F(RaceToConnectTest, CancelledOrDroppedNothingStaysOpen) {
  for (const bool is_cancelled : {true, false}) {
    const SocketAddress first = Silent();
    const SocketAddress second = Silent();
    // The descriptor that is free now is free again afterwards.
    const int free = StreamSocket::Create(AddressFamily::kInet).value().fd();
    Connecting connecting = Connect({first, second}, absl::ZeroDuration());
    Settle();
    EXPECT_NE(StreamSocket::Create(AddressFamily::kInet).value().fd(), free);
    if (is_cancelled) {
      connecting.Cancel();
      EXPECT_TRUE(absl::IsCancelled(loop_.RunUntilDone(connecting).status()));
    }
    connecting.Reset();
    Settle();
    EXPECT_EQ(StreamSocket::Create(AddressFamily::kInet).value().fd(), free);
  }
}

TEST_F(RaceToConnectTest, TheLosersAreClosed) {
  const SocketAddress first = Silent();
  const SocketAddress second = Silent();
  const SocketAddress third = Listener();
  const int free = StreamSocket::Create(AddressFamily::kInet).value().fd();
  Connecting connecting = Connect({first, second, third}, absl::ZeroDuration());
  { const StreamSocket socket = loop_.RunUntilDone(connecting).value(); }
  Settle();
  const StreamSocket one = StreamSocket::Create(AddressFamily::kInet).value();
  const StreamSocket two = StreamSocket::Create(AddressFamily::kInet).value();
  EXPECT_EQ(one.fd(), free);
  EXPECT_EQ(two.fd(), free + 1);
}

}  // namespace
}  // namespace streams::internal
