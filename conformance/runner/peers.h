// SPDX-License-Identifier: Apache-2.0
//
// The scripted peers of a scenario: what the lines `peer> …` do.
//
// A new operation is an entry in the table of peers.cc and one in the
// vocabulary of the scenario language (//conformance/scenario:vocabulary), with
// which a test compares it. Those of TLS are in peers_tls.cc.
#ifndef CONFORMANCE_RUNNER_PEERS_H_
#define CONFORMANCE_RUNNER_PEERS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/runner/deadline.h"
#include "conformance/runner/peer_connection.h"
#include "conformance/runner/peer_outcome.h"
#include "conformance/runner/peer_socket.h"
#include "conformance/runner/scenario_folder.h"

namespace conformance {

class Peers {
 public:
  struct Options {
    bool unix_by_default = false;  // The scenario's `transport` is `unix`.
    std::chrono::milliseconds deadline{10'000};
    // Where to cut what is sent, in order; asked with its size. Absent:
    // nowhere.
    std::function<std::vector<std::size_t>(std::size_t)> cuts;
    // Called between two pieces.
    std::function<void()> between_pieces;
    // Lets the testee settle, so that a handshake it does not answer is seen to
    // be `pending`. Absent: the deadline tells.
    PeerConnection::Settler settle;
  };

  Peers(Options options, ScenarioFolder& folder)
      : options_(std::move(options)), folder_(folder) {}

  // Carries out `operation` for the peer `name`. `arguments` are positional;
  // for `accept` and `connect` the first is the address (a tuple or a path) or
  // the name of the peer as a Reference.
  PeerOutcome Run(absl::string_view name, absl::string_view operation,
                  const std::vector<Value>& arguments,
                  const NamedValues& keywords);

  // Lets each peer that listens take its first connection, if it is there.
  void AcceptWhatIsThere();

  // "peer", "peer.address", "peer.host", "peer.port", "peer.path"; nothing if
  // it does not listen. "peer" alone is its address.
  std::optional<Value> Find(absl::string_view dotted_name) const;

  // The names of all operations, for the test of the table.
  static std::vector<absl::string_view> Operations();

 private:
  struct Peer {
    PeerAddress address;
    PeerSocket listener;
    PeerConnection connection;
    bool has_connected = false;
    bool has_accepted = false;  // The testee's connection, not its own.
  };
  struct Call {
    Peer& peer;
    const std::vector<Value>& arguments;
    const NamedValues& keywords;

    template <typename T>
    const T* Argument(std::size_t index) const {
      return index < arguments.size() ? arguments[index].get_if<T>() : nullptr;
    }
  };
  struct Operation;

  static const Operation kOperations[];

  PeerOutcome Listen(const Call& call);
  PeerOutcome Accept(const Call& call);
  PeerOutcome Connect(const Call& call);
  PeerOutcome Send(const Call& call);
  PeerOutcome Receive(const Call& call);
  PeerOutcome ReceiveUntilEof(const Call& call);
  PeerOutcome Available(const Call& call);
  PeerOutcome HalfClose(const Call& call);
  PeerOutcome Close(const Call& call);
  PeerOutcome Reset(const Call& call);
  PeerOutcome StopListening(const Call& call);

  PeerOutcome StartTls(const Call& call);
  PeerOutcome Hello(const Call& call, bool server_side);
  PeerOutcome ClientHello(const Call& call);
  PeerOutcome ServerHello(const Call& call);
  PeerOutcome NextFlight(const Call& call);
  PeerOutcome FinishHandshake(const Call& call);
  PeerOutcome SendRaw(const Call& call);
  PeerOutcome Encrypt(const Call& call);
  PeerOutcome Split(const Call& call);
  PeerOutcome CloseNotify(const Call& call);
  PeerOutcome Alert(const Call& call);
  PeerOutcome KeyUpdate(const Call& call);
  PeerOutcome ReceivedCloseNotify(const Call& call);
  PeerOutcome ReceivedAlert(const Call& call);
  PeerOutcome ReceivedEof(const Call& call);
  PeerOutcome TlsVersion(const Call& call);
  PeerOutcome Cipher(const Call& call);
  PeerOutcome SelectedAlpnProtocol(const Call& call);
  PeerOutcome ServerHostname(const Call& call);
  PeerOutcome PeerCertificate(const Call& call);

  Deadline NewDeadline() const { return Deadline::After(options_.deadline); }
  // Sends, cut where the options say so.
  PeerConnection::Sender NewSender() const;
  // Takes the first connection of the peer's own listener, unless it has one.
  SocketResult EnsureConnected(Peer& peer);
  static SocketResult AcceptFrom(PeerSocket& listener, Deadline deadline,
                                 Peer& peer);

  Options options_;
  ScenarioFolder& folder_;
  std::map<std::string, Peer, std::less<>> peers_;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_PEERS_H_
