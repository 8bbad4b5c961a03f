// SPDX-License-Identifier: Apache-2.0
//
// The scripted peers of a scenario: what the lines `peer> …` do.
//
// A new operation is an entry in the table of peers.cc and one in the
// vocabulary of the scenario language (//conformance/scenario:vocabulary), with
// which a test compares it.
#ifndef CONFORMANCE_RUNNER_PEERS_H_
#define CONFORMANCE_RUNNER_PEERS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/runner/deadline.h"
#include "conformance/runner/peer_socket.h"
#include "conformance/scenario/outcome.h"

namespace conformance {

// A folder of its own for the Unix sockets of one scenario; removed, with what
// is in it, on destruction.
class SocketFolder {
 public:
  SocketFolder() = default;
  ~SocketFolder();
  SocketFolder(const SocketFolder&) = delete;
  SocketFolder& operator=(const SocketFolder&) = delete;

  // A path in it at which there is nothing yet, short enough for an address.
  std::string FreshPath();

 private:
  std::string folder_;  // Empty until the first path is asked for.
  int count_ = 0;
};

// What an operation of a peer gave.
struct PeerOutcome {
  Outcome outcome;
  // The deadline passed first: `explanation` says what was waited for.
  bool timed_out = false;
  std::string explanation;
};

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
  };

  Peers(Options options, SocketFolder& folder)
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
    PeerSocket connection;
    bool has_connected = false;
  };
  struct Call;
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

  Deadline NewDeadline() const { return Deadline::After(options_.deadline); }
  // Takes the first connection of the peer's own listener, unless it has one.
  SocketResult EnsureConnected(Peer& peer);

  Options options_;
  SocketFolder& folder_;
  std::map<std::string, Peer, std::less<>> peers_;
};

// The outcome for an error number: its Python class, with the symbol.
Outcome OsErrorOutcome(int error);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_PEERS_H_
