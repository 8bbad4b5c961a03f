// SPDX-License-Identifier: Apache-2.0
//
// What peers do with TLS.
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "conformance/certificates/certificates.h"
#include "conformance/runner/peers.h"

namespace conformance {
namespace {

constexpr absl::string_view kAnswer = "waited for the testee's handshake";
constexpr absl::string_view kSending =
    "could not send everything: the testee does not read enough";

// RFC 8446, section 6.
struct AlertName {
  absl::string_view name;
  std::uint8_t description;
};

constexpr AlertName kAlerts[] = {
    {"unexpected_message", 10},    {"bad_record_mac", 20},
    {"record_overflow", 22},       {"handshake_failure", 40},
    {"bad_certificate", 42},       {"unsupported_certificate", 43},
    {"certificate_expired", 45},   {"certificate_unknown", 46},
    {"illegal_parameter", 47},     {"unknown_ca", 48},
    {"access_denied", 49},         {"decode_error", 50},
    {"decrypt_error", 51},         {"protocol_version", 70},
    {"insufficient_security", 71}, {"internal_error", 80},
    {"user_canceled", 90},         {"unrecognized_name", 112},
    {"certificate_required", 116}, {"no_application_protocol", 120},
};

// A keyword's text; empty if there is none.
std::string Text(const NamedValues& keywords, absl::string_view name) {
  const Value* value = FindNamed(keywords, name);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  return text == nullptr ? std::string() : *text;
}

// 1.2 as 0x0303. 0: the keyword is not there.
absl::StatusOr<std::uint16_t> Version(const NamedValues& keywords,
                                      absl::string_view name) {
  const Value* value = FindNamed(keywords, name);
  if (value == nullptr) return 0;
  const auto* number = value->get_if<double>();
  for (int minor = 0; number != nullptr && minor <= 3; ++minor) {
    if (static_cast<int>(*number * 10 + 0.5) == 10 + minor) {
      return static_cast<std::uint16_t>(0x0301 + minor);
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is 1.0, 1.1, 1.2 or 1.3"));
}

absl::Status FindPem(const NamedValues& keywords, absl::string_view keyword,
                     std::string& pem) {
  const std::string name = Text(keywords, keyword);
  if (name.empty()) return absl::OkStatus();
  pem = std::string(FindCertificate(name));
  if (!pem.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("there is no certificate '", name, "'"));
}

absl::StatusOr<TlsSettings> ReadSettings(const NamedValues& keywords,
                                         bool server_side) {
  TlsSettings settings;
  settings.server_side = server_side;
  NamedValues effective = keywords;
  if (server_side && FindNamed(keywords, "certificate") == nullptr) {
    SetNamed(effective, "certificate", std::string("server"));
  }
  if (const Value* version = FindNamed(keywords, "version")) {
    SetNamed(effective, "minimum_version", *version);
    SetNamed(effective, "maximum_version", *version);
  }
  absl::Status status = FindPem(effective, "certificate", settings.certificate);
  if (status.ok()) status = FindPem(effective, "ca", settings.authority);
  if (!status.ok()) return status;
  const auto minimum = Version(effective, "minimum_version");
  const auto maximum = Version(effective, "maximum_version");
  if (!minimum.ok()) return minimum.status();
  if (!maximum.ok()) return maximum.status();
  settings.minimum_version = *minimum;
  settings.maximum_version = *maximum;
  settings.server_hostname = Text(effective, "server_hostname");
  settings.ciphers = Text(effective, "ciphers");
  const Value* alpn = FindNamed(effective, "alpn");
  if (const List* list = alpn == nullptr ? nullptr : alpn->get_if<List>()) {
    for (const Value& item : list->items) {
      const auto* protocol = item.get_if<std::string>();
      if (protocol != nullptr) settings.alpn.push_back(*protocol);
    }
  }
  return settings;
}

PeerOutcome ValueErrorOf(const absl::Status& status) {
  return PeerRaised("ValueError", std::string(status.message()));
}

PeerOutcome NoTls() {
  return PeerRaised("ValueError", "the peer has not started TLS");
}

PeerOutcome TextOrNone(const std::optional<std::string>& text) {
  return text.has_value() ? PeerReturned(*text) : PeerOutcome();
}

// Puts a layer of TLS on the connection.
absl::Status AddLayer(PeerConnection& connection, const NamedValues& keywords,
                      bool server_side) {
  const auto settings = ReadSettings(keywords, server_side);
  if (!settings.ok()) return settings.status();
  auto engine = TlsEngine::Make(*settings);
  if (!engine.ok()) return engine.status();
  connection.AddLayer(*std::move(engine));
  return absl::OkStatus();
}

}  // namespace

PeerOutcome Peers::StartTls(const Call& call) {
  bool server_side = call.peer.has_accepted;
  if (const Value* value = FindNamed(call.keywords, "server_side")) {
    const bool* chosen = value->get_if<bool>();
    if (chosen == nullptr) {
      return PeerRaised("TypeError", "server_side is True or False");
    }
    server_side = *chosen;
  }
  const absl::Status status =
      AddLayer(call.peer.connection, call.keywords, server_side);
  return status.ok() ? FinishHandshake(call) : ValueErrorOf(status);
}

PeerOutcome Peers::FinishHandshake(const Call& call) {
  if (call.peer.connection.tls() == nullptr) return NoTls();
  return PeerOutcomeOf(call.peer.connection.FinishHandshake(
                           NewSender(), options_.settle, NewDeadline()),
                       std::string(kAnswer));
}

PeerOutcome Peers::Hello(const Call& call, bool server_side) {
  const absl::Status status =
      AddLayer(call.peer.connection, call.keywords, server_side);
  if (!status.ok()) return ValueErrorOf(status);
  return NextFlight(call);
}

PeerOutcome Peers::NextFlight(const Call& call) {
  if (call.peer.connection.tls() == nullptr) return NoTls();
  std::string flight;
  const ConnectionResult result =
      call.peer.connection.TakeFlight(options_.settle, NewDeadline(), flight);
  if (!result.ok()) return PeerOutcomeOf(result, std::string(kAnswer));
  return PeerReturned(Bytes{std::move(flight)});
}

PeerOutcome Peers::ClientHello(const Call& call) { return Hello(call, false); }

PeerOutcome Peers::ServerHello(const Call& call) { return Hello(call, true); }

PeerOutcome Peers::SendRaw(const Call& call) {
  const auto* bytes = call.Argument<Bytes>(0);
  if (bytes == nullptr) {
    return PeerRaised("TypeError", "send_raw() takes bytes");
  }
  return PeerOutcomeOf(NewSender()(call.peer.connection.socket(), bytes->data),
                       std::string(kSending));
}

PeerOutcome Peers::Encrypt(const Call& call) {
  TlsEngine* tls = call.peer.connection.tls();
  const auto* bytes = call.Argument<Bytes>(0);
  if (bytes == nullptr) return PeerRaised("TypeError", "encrypt() takes bytes");
  if (tls == nullptr || !tls->is_established()) return NoTls();
  const Value* end = FindNamed(call.keywords, "close_notify");
  if (!tls->Write(bytes->data) ||
      (end != nullptr && *end == Value(true) && !tls->CloseNotify())) {
    return PeerOutcome{Outcome::Raised(tls->error()), false, ""};
  }
  return PeerReturned(Bytes{call.peer.connection.TakeWireBytes()});
}

PeerOutcome Peers::Split(const Call& call) {
  const auto* bytes = call.Argument<Bytes>(0);
  const auto* at = call.Argument<std::int64_t>(1);
  if (bytes == nullptr || at == nullptr || *at < 0 ||
      static_cast<std::size_t>(*at) > bytes->data.size()) {
    return PeerRaised("ValueError", "split() takes bytes and a place in them");
  }
  const auto place = static_cast<std::size_t>(*at);
  Tuple parts;
  parts.items.emplace_back(Bytes{bytes->data.substr(0, place)});
  parts.items.emplace_back(Bytes{bytes->data.substr(place)});
  return PeerReturned(std::move(parts));
}

PeerOutcome Peers::CloseNotify(const Call& call) {
  TlsEngine* tls = call.peer.connection.tls();
  if (tls == nullptr) return NoTls();
  ConnectionResult result;
  if (!tls->CloseNotify()) result.tls_error = tls->error();
  const ConnectionResult sent = call.peer.connection.Flush(NewSender());
  return PeerOutcomeOf(result.ok() ? sent : result, std::string(kSending));
}

PeerOutcome Peers::Alert(const Call& call) {
  TlsEngine* tls = call.peer.connection.tls();
  if (tls == nullptr) return NoTls();
  const auto* name = call.Argument<std::string>(0);
  for (const AlertName& alert : kAlerts) {
    if (name == nullptr || *name != alert.name) continue;
    tls->FatalAlert(alert.description);
    return PeerOutcomeOf(call.peer.connection.Flush(NewSender()),
                         std::string(kSending));
  }
  return PeerRaised("ValueError", "there is no alert of that name");
}

PeerOutcome Peers::KeyUpdate(const Call& call) {
  TlsEngine* tls = call.peer.connection.tls();
  if (tls == nullptr) return NoTls();
  if (!tls->KeyUpdate()) {
    return PeerOutcome{Outcome::Raised(tls->error()), false, ""};
  }
  return PeerOutcome();
}

PeerOutcome Peers::ReceivedCloseNotify(const Call& call) {
  TlsEngine* tls = call.peer.connection.tls();
  if (tls == nullptr) return NoTls();
  const ConnectionResult result = call.peer.connection.TakeWhatIsThere();
  if (!result.ok() && !tls->received_close_notify()) {
    return PeerOutcomeOf(result, "");
  }
  return PeerReturned(tls->received_close_notify());
}

PeerOutcome Peers::ReceivedAlert(const Call& call) {
  TlsEngine* tls = call.peer.connection.tls();
  if (tls == nullptr) return NoTls();
  // An alert that has arrived and was not read is an error now: never mind.
  call.peer.connection.TakeWhatIsThere();
  const std::optional<std::uint8_t> alert = tls->received_alert();
  if (!alert.has_value()) return PeerOutcome();
  for (const AlertName& known : kAlerts) {
    if (known.description == *alert) {
      return PeerReturned(std::string(known.name));
    }
  }
  return PeerReturned(absl::StrCat(*alert));
}

PeerOutcome Peers::ReceivedEof(const Call& call) {
  const ConnectionResult result = call.peer.connection.TakeWhatIsThere();
  const bool received = call.peer.connection.received_eof();
  if (!result.ok() && !received) return PeerOutcomeOf(result, "");
  return PeerReturned(received);
}

PeerOutcome Peers::TlsVersion(const Call& call) {
  const TlsEngine* tls = call.peer.connection.tls();
  return tls == nullptr ? NoTls() : PeerReturned(tls->version());
}

PeerOutcome Peers::Cipher(const Call& call) {
  const TlsEngine* tls = call.peer.connection.tls();
  return tls == nullptr ? NoTls() : PeerReturned(tls->cipher());
}

PeerOutcome Peers::SelectedAlpnProtocol(const Call& call) {
  const TlsEngine* tls = call.peer.connection.tls();
  return tls == nullptr ? NoTls() : TextOrNone(tls->alpn_protocol());
}

PeerOutcome Peers::ServerHostname(const Call& call) {
  const TlsEngine* tls = call.peer.connection.tls();
  return tls == nullptr ? NoTls() : TextOrNone(tls->server_hostname());
}

PeerOutcome Peers::PeerCertificate(const Call& call) {
  const TlsEngine* tls = call.peer.connection.tls();
  return tls == nullptr ? NoTls() : TextOrNone(tls->peer_common_name());
}

}  // namespace conformance
