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

// A client and a server that are both peers.
class TlsPeersTest : public PeersTest {
 protected:
  TlsPeersTest() {
    Do("server", "listen");
    Do("client", "connect", {*peers_.Find("server.address")});
  }

  // What an operation gave, which must be bytes.
  Value BytesOf(absl::string_view peer, absl::string_view operation,
                const std::vector<Value>& arguments = {},
                const NamedValues& keywords = {}) {
    const PeerOutcome result = peers_.Run(peer, operation, arguments, keywords);
    EXPECT_TRUE(result.outcome.value.is<Bytes>())
        << OutcomeText(result.outcome);
    return result.outcome.value;
  }

  // One flight after the other, since nobody answers by himself.
  void ShakeHands(double version, const NamedValues& client_keywords = {},
                  const NamedValues& server_keywords = {}) {
    NamedValues keywords = client_keywords;
    SetNamed(keywords, "version", version);
    Do("client", "send_raw", {BytesOf("client", "client_hello", {}, keywords)});
    Do("server", "send_raw",
       {BytesOf("server", "server_hello", {}, server_keywords)});
    Do("client", "send_raw", {BytesOf("client", "next_flight")});
    EXPECT_EQ(Do("server", "finish_handshake"), "None");
    EXPECT_EQ(Do("client", "finish_handshake"), "None");
  }
};

TEST_P(TlsPeersTest, SpeakTls) {
  for (const double version : {1.2, 1.3}) {
    ShakeHands(version);
    EXPECT_EQ(Do("client", "send", {Bytes{"hello"}}), "None");
    EXPECT_NE(Do("server", "available"), "5");
    EXPECT_EQ(Do("server", "receive", {5}), "b\"hello\"");
    EXPECT_EQ(Do("server", "send", {Bytes{"answer"}}), "None");
    EXPECT_EQ(Do("client", "receive", {6}), "b\"answer\"");
    // What comes next is a layer within the first one.
  }
  EXPECT_EQ(Do("server", "tls_version"), "\"TLSv1.3\"");
}

TEST_P(TlsPeersTest, TellEachOtherThatTheyEnd) {
  ShakeHands(1.3);
  EXPECT_EQ(Do("server", "received_close_notify"), "False");
  EXPECT_EQ(Do("client", "close_notify"), "None");
  EXPECT_EQ(Do("server", "receive_until_eof"), "b\"\"");
  EXPECT_EQ(Do("server", "received_close_notify"), "True");
  EXPECT_EQ(Do("server", "received_eof"), "False");
  EXPECT_EQ(Do("client", "half_close"), "None");
  EXPECT_EQ(Do("server", "received_eof"), "True");
}

TEST_P(TlsPeersTest, EndWithoutAWord) {
  ShakeHands(1.2);
  EXPECT_EQ(Do("client", "send", {Bytes{"last"}}), "None");
  EXPECT_EQ(Do("client", "close"), "None");
  EXPECT_EQ(Do("server", "receive_until_eof"), "b\"last\"");
  EXPECT_EQ(Do("server", "received_close_notify"), "False");
}

TEST_P(TlsPeersTest, CutRecords) {
  ShakeHands(1.3);
  const Value record = BytesOf("client", "encrypt", {Bytes{"abc"}});
  const PeerOutcome parts = peers_.Run("client", "split", {record, 10}, {});
  const auto* tuple = parts.outcome.value.get_if<Tuple>();
  ASSERT_NE(tuple, nullptr);
  Do("client", "send_raw", {tuple->items[0]});
  EXPECT_EQ(Do("server", "received_eof"), "False");  // Reads what is there.
  Do("client", "send_raw", {tuple->items[1]});
  EXPECT_EQ(Do("server", "receive", {3}), "b\"abc\"");
}

TEST_P(TlsPeersTest, SayWhatIsWrong) {
  ShakeHands(1.3);
  EXPECT_EQ(Do("server", "received_alert"), "None");
  EXPECT_EQ(Do("client", "alert", {std::string("access_denied")}), "None");
  EXPECT_EQ(Do("server", "receive", {1}), "SSLError()");
  EXPECT_EQ(Do("server", "received_alert"), "\"access_denied\"");
  EXPECT_EQ(Do("client", "alert", {std::string("boredom")}), "ValueError()");
}

TEST_P(TlsPeersTest, KnowWhatWasAgreedOn) {
  NamedValues client;
  SetNamed(client, "alpn", List{{std::string("h2"), std::string("imap")}});
  SetNamed(client, "server_hostname", std::string("localhost"));
  SetNamed(client, "certificate", std::string("client"));
  SetNamed(client, "ca", std::string("ca"));
  NamedValues server;
  SetNamed(server, "alpn", List{{std::string("imap")}});
  SetNamed(server, "ca", std::string("ca"));
  ShakeHands(1.2, client, server);
  EXPECT_EQ(Do("server", "server_hostname"), "\"localhost\"");
  EXPECT_EQ(Do("server", "peer_certificate"), "\"Test client\"");
  EXPECT_EQ(Do("client", "peer_certificate"), "\"localhost\"");
  EXPECT_EQ(Do("client", "selected_alpn_protocol"), "\"imap\"");
}

TEST_P(TlsPeersTest, RefuseWhatMakesNoSense) {
  EXPECT_EQ(Do("client", "encrypt", {Bytes{"abc"}}), "ValueError()");
  EXPECT_EQ(Do("client", "finish_handshake"), "ValueError()");
  NamedValues keywords;
  SetNamed(keywords, "certificate", std::string("nobody's"));
  EXPECT_EQ(Do("client", "client_hello", {}, keywords), "ValueError()");
  keywords.clear();
  SetNamed(keywords, "version", 1.7);
  EXPECT_EQ(Do("client", "client_hello", {}, keywords), "ValueError()");
}

// A testee that has settled without an answer is not waited for.
TEST_P(PeersTest, SeesThatAHandshakeIsNotAnswered) {
  Peers::Options options = OptionsOf(std::chrono::milliseconds(60'000));
  int settled = 0;
  options.settle = [&settled] {
    ++settled;
    return true;
  };
  ScenarioFolder folder;
  Peers peers(options, folder);
  peers.Run("server", "listen", {}, {});
  peers.Run("client", "connect", {*peers.Find("server.address")}, {});
  EXPECT_EQ(OutcomeText(peers.Run("client", "start_tls", {}, {}).outcome),
            "pending");
  EXPECT_EQ(settled, 1);
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
INSTANTIATE_TEST_SUITE_P(Transports, TlsPeersTest, ::testing::Bool());
INSTANTIATE_TEST_SUITE_P(Transports, ImpatientPeersTest, ::testing::Bool());

}  // namespace
}  // namespace conformance
