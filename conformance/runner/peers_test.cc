// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/peers.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/scenario/vocabulary.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::UnorderedElementsAreArray;

TEST(PeersTableTest, HasWhatTheLanguageHas) {
  std::vector<absl::string_view> words;
  for (const PeerCall& call : PeerCalls()) words.push_back(call.name);
  EXPECT_THAT(Peers::Operations(), UnorderedElementsAreArray(words));
}

// A peer on each transport, and a plain socket in the place of the testee.
class PeersTest : public ::testing::TestWithParam<bool> {
 protected:
  explicit PeersTest(
      std::chrono::milliseconds deadline = std::chrono::milliseconds(60'000))
      : peers_(OptionsOf(deadline), folder_) {}

  static Peers::Options OptionsOf(std::chrono::milliseconds deadline) {
    Peers::Options options;
    options.unix_by_default = GetParam();
    options.deadline = deadline;
    return options;
  }

  static Deadline Long() { return Deadline::After(std::chrono::seconds(60)); }

  std::string Do(absl::string_view peer, absl::string_view operation,
                 const std::vector<Value>& arguments = {},
                 const NamedValues& keywords = {}) {
    return OutcomeText(
        peers_.Run(peer, operation, arguments, keywords).outcome);
  }

  PeerAddress AddressOf(absl::string_view peer) const {
    PeerAddress address;
    const Value value = *peers_.Find(peer);
    if (const auto* path = value.get_if<std::string>()) {
      address.is_unix = true;
      address.path = *path;
    } else {
      const auto& items = value.get_if<Tuple>()->items;
      address.host = *items[0].get_if<std::string>();
      address.port = static_cast<int>(*items[1].get_if<std::int64_t>());
    }
    return address;
  }

  PeerSocket ConnectTo(absl::string_view peer) {
    PeerSocket socket;
    EXPECT_TRUE(
        PeerSocket::Connect(AddressOf(peer), std::nullopt, Long(), socket)
            .ok());
    return socket;
  }

  ScenarioFolder folder_;
  Peers peers_;
};

TEST_P(PeersTest, SendsAndReceives) {
  EXPECT_EQ(Do("peer", "listen"), "None");
  PeerSocket testee = ConnectTo("peer");
  EXPECT_EQ(Do("peer", "send", {Bytes{"hello"}}), "None");
  std::string data;
  EXPECT_TRUE(testee.Receive(5, Long(), data).ok());
  EXPECT_EQ(data, "hello");
  EXPECT_TRUE(testee.Send("abcdef", Long()).ok());
  EXPECT_EQ(Do("peer", "available"), "6");
  EXPECT_EQ(Do("peer", "receive", {4}), "b\"abcd\"");
  EXPECT_TRUE(testee.HalfClose().ok());
  EXPECT_EQ(Do("peer", "receive_until_eof"), "b\"ef\"");
  EXPECT_EQ(Do("peer", "half_close"), "None");
  data.clear();
  EXPECT_TRUE(testee.ReceiveUntilEof(Long(), data).ok());
  EXPECT_EQ(data, "");
  EXPECT_EQ(Do("peer", "close"), "None");
  EXPECT_EQ(Do("peer", "send", {Bytes{"x"}}), "OSError(errno=\"EBADF\")");
}

TEST_P(PeersTest, TakesConnectionsInOrder) {
  Do("peer", "listen");
  PeerSocket first = ConnectTo("peer");
  PeerSocket second = ConnectTo("peer");
  ASSERT_TRUE(first.Send("1", Long()).ok());
  ASSERT_TRUE(second.Send("2", Long()).ok());
  EXPECT_EQ(Do("other", "accept", {Reference{"peer"}}), "None");
  EXPECT_EQ(Do("other", "receive", {1}), "b\"2\"");
  EXPECT_EQ(Do("peer", "receive", {1}), "b\"1\"");
}

TEST_P(PeersTest, Connects) {
  Do("peer", "listen");
  const Value address = *peers_.Find("peer.address");
  EXPECT_EQ(Do("client", "connect", {address}), "None");
  EXPECT_EQ(Do("client", "send", {Bytes{"x"}}), "None");
  EXPECT_EQ(Do("peer", "receive", {1}), "b\"x\"");
  EXPECT_EQ(Do("peer", "stop_listening"), "None");
  EXPECT_EQ(Do("late", "connect", {address}),
            "ConnectionRefusedError(errno=\"ECONNREFUSED\")");
}

TEST_P(PeersTest, Resets) {
  Do("peer", "listen");
  PeerSocket testee = ConnectTo("peer");
  if (GetParam()) {
    EXPECT_EQ(Do("peer", "reset"), "OSError(errno=\"EOPNOTSUPP\")");
    return;
  }
  EXPECT_EQ(Do("peer", "reset"), "None");
  std::string data;
  EXPECT_NE(testee.Receive(1, Long(), data).error, 0);
}

TEST_P(PeersTest, NamesPartsOfItsAddress) {
  EXPECT_FALSE(peers_.Find("peer").has_value());
  Do("peer", "listen");
  EXPECT_EQ(peers_.Find("peer.path").has_value(), GetParam());
  EXPECT_EQ(peers_.Find("peer.host").has_value(), !GetParam());
  EXPECT_EQ(peers_.Find("peer.port").has_value(), !GetParam());
  EXPECT_FALSE(peers_.Find("peer.colour").has_value());
}

TEST_P(PeersTest, CutsWhatItSendsWhereItIsTold) {
  Peers::Options options = OptionsOf(std::chrono::milliseconds(60'000));
  options.cuts = [](std::size_t) { return std::vector<std::size_t>{2, 3}; };
  std::vector<std::string> pieces;
  PeerSocket testee;
  options.between_pieces = [&] {
    std::string piece;
    std::size_t count = 0;
    ASSERT_TRUE(testee.Available(count).ok());
    ASSERT_TRUE(testee.Receive(count, Long(), piece).ok());
    pieces.push_back(piece);
  };
  ScenarioFolder folder;
  Peers peers(options, folder);
  peers.Run("peer", "listen", {}, {});
  Peers& target = peers;
  const Value address = *target.Find("peer");
  PeerAddress where;
  if (const auto* path = address.get_if<std::string>()) {
    where.is_unix = true;
    where.path = *path;
  } else {
    where.host = "127.0.0.1";
    where.port = static_cast<int>(
        *address.get_if<Tuple>()->items[1].get_if<std::int64_t>());
  }
  ASSERT_TRUE(PeerSocket::Connect(where, std::nullopt, Long(), testee).ok());
  peers.Run("peer", "send", {Bytes{"abcdef"}}, {});
  std::string rest;
  ASSERT_TRUE(testee.Receive(3, Long(), rest).ok());
  pieces.push_back(rest);
  EXPECT_THAT(pieces, ::testing::ElementsAre("ab", "c", "def"));
}

// With a deadline that passes at once.
class ImpatientPeersTest : public PeersTest {
 protected:
  ImpatientPeersTest() : PeersTest(std::chrono::milliseconds(1)) {}
};

TEST_P(ImpatientPeersTest, SaysWhatItWaitedForInVain) {
  Do("peer", "listen");
  const PeerOutcome nobody = peers_.Run("peer", "receive", {1}, {});
  EXPECT_TRUE(nobody.timed_out);
  EXPECT_EQ(nobody.explanation, "waited for the testee to connect");
  PeerSocket testee = ConnectTo("peer");
  ASSERT_TRUE(testee.Send("ab", Long()).ok());
  const PeerOutcome outcome = peers_.Run("peer", "receive", {3}, {});
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.explanation, "waited for 3 bytes and got only b\"ab\"");
  EXPECT_EQ(OutcomeText(outcome.outcome), "TimeoutError()");
}

INSTANTIATE_TEST_SUITE_P(Transports, PeersTest, ::testing::Bool());
INSTANTIATE_TEST_SUITE_P(Transports, ImpatientPeersTest, ::testing::Bool());

}  // namespace
}  // namespace conformance
