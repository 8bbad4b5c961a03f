// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/peers.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "conformance/scenario/value_text.h"

namespace conformance {
namespace {

Value AddressValue(const PeerAddress& address) {
  if (address.is_unix) return address.path;
  return Tuple{{address.host, address.port}};
}

// False: `value` is not what server_address() gives.
bool ToAddress(const Value& value, PeerAddress& address) {
  if (const auto* path = value.get_if<std::string>()) {
    address.is_unix = true;
    address.path = *path;
    return true;
  }
  const auto* tuple = value.get_if<Tuple>();
  if (tuple == nullptr || tuple->items.size() < 2) return false;
  const auto* host = tuple->items[0].get_if<std::string>();
  const auto* port = tuple->items[1].get_if<std::int64_t>();
  if (host == nullptr || port == nullptr) return false;
  address.host = *host;
  address.port = static_cast<int>(*port);
  return true;
}

std::optional<int> ReceiveBuffer(const NamedValues& keywords) {
  const Value* value = FindNamed(keywords, "receive_buffer");
  if (value == nullptr) return std::nullopt;
  const auto* size = value->get_if<std::int64_t>();
  if (size == nullptr) return std::nullopt;
  return static_cast<int>(std::clamp<std::int64_t>(*size, 1, 1 << 30));
}

}  // namespace

struct Peers::Operation {
  absl::string_view name;
  PeerOutcome (Peers::*run)(const Call&);
  // It works on a connection: the first one that the peer's listener gets, if
  // it has none yet.
  bool needs_connection;
};

const Peers::Operation Peers::kOperations[] = {
    {"listen", &Peers::Listen, false},
    {"accept", &Peers::Accept, false},
    {"connect", &Peers::Connect, false},
    {"send", &Peers::Send, true},
    {"receive", &Peers::Receive, true},
    {"receive_until_eof", &Peers::ReceiveUntilEof, true},
    {"available", &Peers::Available, true},
    {"half_close", &Peers::HalfClose, true},
    {"close", &Peers::Close, true},
    {"reset", &Peers::Reset, true},
    {"stop_listening", &Peers::StopListening, false},
    {"start_tls", &Peers::StartTls, true},
    {"client_hello", &Peers::ClientHello, true},
    {"server_hello", &Peers::ServerHello, true},
    {"next_flight", &Peers::NextFlight, true},
    {"finish_handshake", &Peers::FinishHandshake, true},
    {"send_raw", &Peers::SendRaw, true},
    {"encrypt", &Peers::Encrypt, true},
    {"split", &Peers::Split, false},
    {"close_notify", &Peers::CloseNotify, true},
    {"alert", &Peers::Alert, true},
    {"key_update", &Peers::KeyUpdate, true},
    {"received_close_notify", &Peers::ReceivedCloseNotify, true},
    {"received_alert", &Peers::ReceivedAlert, true},
    {"received_eof", &Peers::ReceivedEof, true},
    {"tls_version", &Peers::TlsVersion, true},
    {"cipher", &Peers::Cipher, true},
    {"selected_alpn_protocol", &Peers::SelectedAlpnProtocol, true},
    {"server_hostname", &Peers::ServerHostname, true},
    {"peer_certificate", &Peers::PeerCertificate, true},
};

std::vector<absl::string_view> Peers::Operations() {
  std::vector<absl::string_view> names;
  for (const Operation& operation : kOperations) {
    names.push_back(operation.name);
  }
  return names;
}

PeerOutcome Peers::Run(absl::string_view name, absl::string_view operation,
                       const std::vector<Value>& arguments,
                       const NamedValues& keywords) {
  Peer& peer = peers_[std::string(name)];
  for (const Operation& known : kOperations) {
    if (known.name != operation) continue;
    if (known.needs_connection) {
      const SocketResult result = EnsureConnected(peer);
      if (!result.ok()) {
        return PeerOutcomeOf(result, "waited for the testee to connect");
      }
    }
    return (this->*known.run)(Call{peer, arguments, keywords});
  }
  return PeerRaised("NameError", absl::StrCat("a peer cannot ", operation));
}

SocketResult Peers::EnsureConnected(Peer& peer) {
  if (peer.has_connected) {
    return SocketResult{peer.connection.is_open() ? 0 : EBADF, false};
  }
  if (!peer.listener.is_open()) return SocketResult{ENOTCONN, false};
  return AcceptFrom(peer.listener, NewDeadline(), peer);
}

SocketResult Peers::AcceptFrom(PeerSocket& listener, Deadline deadline,
                               Peer& peer) {
  PeerSocket socket;
  const SocketResult result = listener.Accept(deadline, socket);
  if (!result.ok()) return result;
  peer.connection = PeerConnection(std::move(socket));
  peer.has_connected = true;
  peer.has_accepted = true;
  return result;
}

void Peers::AcceptWhatIsThere() {
  const Deadline now = Deadline::After(std::chrono::milliseconds(0));
  for (auto& [name, peer] : peers_) {
    if (peer.has_connected || !peer.listener.is_open()) continue;
    AcceptFrom(peer.listener, now, peer);
  }
}

std::optional<Value> Peers::Find(absl::string_view dotted_name) const {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(dotted_name, absl::MaxSplits('.', 1));
  const auto found = peers_.find(parts.first);
  if (found == peers_.end()) return std::nullopt;
  const PeerAddress& address = found->second.address;
  if (address.port == 0 && address.path.empty()) return std::nullopt;
  if (parts.second.empty() || parts.second == "address") {
    return AddressValue(address);
  }
  if (parts.second == "path" && address.is_unix) return Value(address.path);
  if (parts.second == "host" && !address.is_unix) return Value(address.host);
  if (parts.second == "port" && !address.is_unix) return Value(address.port);
  return std::nullopt;
}

PeerOutcome Peers::Listen(const Call& call) {
  const auto* transport = call.Argument<std::string>(0);
  PeerAddress& address = call.peer.address;
  address = PeerAddress();
  address.is_unix =
      transport != nullptr ? *transport == "unix" : options_.unix_by_default;
  if (address.is_unix) {
    address.path = folder_.FreshPath();
  } else {
    address.host = "127.0.0.1";
  }
  return PeerOutcomeOf(PeerSocket::Listen(ReceiveBuffer(call.keywords), address,
                                          call.peer.listener),
                       "");
}

PeerOutcome Peers::Accept(const Call& call) {
  const auto* name = call.Argument<Reference>(0);
  const auto found = name == nullptr ? peers_.end() : peers_.find(name->name);
  if (found == peers_.end()) {
    return PeerRaised("TypeError", "accept() takes a peer that listens");
  }
  Peer& listening = found->second;
  // The first connection belongs to the one that listens.
  SocketResult result;
  if (!listening.has_connected) result = EnsureConnected(listening);
  if (result.ok()) {
    result = AcceptFrom(listening.listener, NewDeadline(), call.peer);
  }
  return PeerOutcomeOf(result, "waited for another connection of the testee");
}

PeerOutcome Peers::Connect(const Call& call) {
  PeerAddress address;
  if (call.arguments.empty() || !ToAddress(call.arguments[0], address)) {
    return PeerRaised("TypeError", "connect() takes a server of the testee");
  }
  PeerSocket socket;
  const SocketResult result = PeerSocket::Connect(
      address, ReceiveBuffer(call.keywords), NewDeadline(), socket);
  call.peer.connection = PeerConnection(std::move(socket));
  call.peer.has_connected = true;
  return PeerOutcomeOf(result, "waited for its connection to be established");
}

PeerConnection::Sender Peers::NewSender() const {
  return [this](PeerSocket& socket, absl::string_view data) {
    std::vector<std::size_t> cuts;
    if (options_.cuts) cuts = options_.cuts(data.size());
    cuts.push_back(data.size());
    SocketResult result;
    std::size_t sent = 0;
    for (const std::size_t cut : cuts) {
      if (sent > 0 && options_.between_pieces) options_.between_pieces();
      result = socket.Send(data.substr(sent, cut - sent), NewDeadline());
      if (!result.ok()) break;
      sent = cut;
    }
    return result;
  };
}

PeerOutcome Peers::Send(const Call& call) {
  const auto* bytes = call.Argument<Bytes>(0);
  if (bytes == nullptr) return PeerRaised("TypeError", "send() takes bytes");
  return PeerOutcomeOf(
      call.peer.connection.Send(bytes->data, NewSender()),
      "could not send everything: the testee does not read enough");
}

PeerOutcome Peers::Receive(const Call& call) {
  const auto* count = call.Argument<std::int64_t>(0);
  if (count == nullptr || *count < 0 ||
      static_cast<std::size_t>(*count) > PeerSocket::kMaximumReceived) {
    return PeerRaised("ValueError", "receive() takes a number of bytes");
  }
  std::string data;
  const ConnectionResult result = call.peer.connection.Receive(
      static_cast<std::size_t>(*count), NewDeadline(), data);
  if (result.ok()) return PeerReturned(Bytes{std::move(data)});
  return PeerOutcomeOf(
      result, absl::StrCat("waited for ", *count, " bytes and got only ",
                           ValueText(Bytes{std::move(data)})));
}

PeerOutcome Peers::ReceiveUntilEof(const Call& call) {
  std::string data;
  const ConnectionResult result =
      call.peer.connection.ReceiveUntilEof(NewDeadline(), data);
  if (result.ok()) return PeerReturned(Bytes{std::move(data)});
  return PeerOutcomeOf(result, absl::StrCat("waited for EOF and got only ",
                                            ValueText(Bytes{std::move(data)})));
}

PeerOutcome Peers::Available(const Call& call) {
  std::size_t count = 0;
  const SocketResult result = call.peer.connection.socket().Available(count);
  if (!result.ok()) return PeerOutcomeOf(result, "");
  return PeerReturned(static_cast<std::int64_t>(count));
}

PeerOutcome Peers::HalfClose(const Call& call) {
  return PeerOutcomeOf(call.peer.connection.socket().HalfClose(), "");
}

PeerOutcome Peers::Close(const Call& call) {
  call.peer.connection.socket().Close();
  return {};
}

PeerOutcome Peers::Reset(const Call& call) {
  return PeerOutcomeOf(call.peer.connection.socket().Reset(), "");
}

PeerOutcome Peers::StopListening(const Call& call) {
  call.peer.listener.Close();
  return {};
}

}  // namespace conformance
