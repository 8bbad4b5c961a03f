// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/vocabulary.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace conformance {
namespace {

constexpr absl::string_view kSocketKeywords[] = {"receive_buffer"};

constexpr absl::string_view kTlsKeywords[] = {"alpn",
                                              "ca",
                                              "certificate",
                                              "ciphers",
                                              "server_hostname",
                                              "maximum_version",
                                              "minimum_version",
                                              "version"};

constexpr absl::string_view kStartTlsKeywords[] = {"alpn",
                                                   "ca",
                                                   "certificate",
                                                   "ciphers",
                                                   "server_hostname",
                                                   "maximum_version",
                                                   "minimum_version",
                                                   "version",
                                                   "server_side"};

constexpr absl::string_view kEncryptKeywords[] = {"close_notify"};

constexpr PeerCall kPeerCalls[] = {
    {"listen", 0, 1, kSocketKeywords, true},
    {"accept", 1, 1, {}, true},
    {"connect", 1, 1, kSocketKeywords, true},
    {"send", 1, 1, {}, false},
    {"receive", 1, 1, {}, false},
    {"receive_until_eof", 0, 0, {}, false},
    {"available", 0, 0, {}, false},
    {"half_close", 0, 0, {}, false},
    {"close", 0, 0, {}, false},
    {"reset", 0, 0, {}, false},
    {"stop_listening", 0, 0, {}, false},
    {"start_tls", 0, 0, kStartTlsKeywords, false},
    {"client_hello", 0, 0, kTlsKeywords, false},
    {"server_hello", 0, 0, kTlsKeywords, false},
    {"next_flight", 0, 0, {}, false},
    {"finish_handshake", 0, 0, {}, false},
    {"send_raw", 1, 1, {}, false},
    {"encrypt", 1, 1, kEncryptKeywords, false},
    {"split", 2, 2, {}, false},
    {"close_notify", 0, 0, {}, false},
    {"alert", 1, 1, {}, false},
    {"key_update", 0, 0, {}, false},
    {"received_close_notify", 0, 0, {}, false},
    {"received_alert", 0, 0, {}, false},
    {"received_eof", 0, 0, {}, false},
    {"tls_version", 0, 0, {}, false},
    {"cipher", 0, 0, {}, false},
    {"selected_alpn_protocol", 0, 0, {}, false},
    {"server_hostname", 0, 0, {}, false},
    {"peer_certificate", 0, 0, {}, false},
};

constexpr absl::string_view kCallbacks[] = {"accept", "raise_exception",
                                            "raise_in_task", "return_at_once"};

constexpr absl::string_view kCapabilities[] = {
    "reader",  "transport", "tcp",     "unix",     "server",
    "sockets", "cancel",    "clock",   "drop",     "events",
    "stats",   "tls-1.2",   "tls-1.3", "start-tls"};

const std::vector<TesteeFunction>& TesteeFunctions() {
  static const auto& functions = *new std::vector<TesteeFunction>{
      {"StreamReader", {"reader"}},
      {"Transport", {"transport"}},
      {"accepted", {"server"}},
      {"anext", {}},
      {"client_context", {"tls"}},
      {"connected_socket", {"sockets", "socket"}},
      {"listening_socket", {"sockets", "socket"}},
      {"open_connection", {"socket"}},
      {"open_unix_connection", {"unix"}},
      {"server_address", {"server"}},
      {"server_context", {"tls"}},
      {"start_server", {"server", "socket"}},
      {"start_unix_server", {"server", "unix"}},
      {"wait_for", {}},
  };
  return functions;
}

// The number of letters to change, add or take away; `limit` if it is more.
size_t Distance(absl::string_view a, absl::string_view b, size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) >= limit) {
    return limit;
  }
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return std::min(row[b.size()], limit);
}

}  // namespace

absl::Span<const PeerCall> PeerCalls() { return kPeerCalls; }

const PeerCall* FindPeerCall(absl::string_view name) {
  for (const PeerCall& call : kPeerCalls) {
    if (call.name == name) return &call;
  }
  return nullptr;
}

const TesteeFunction* FindTesteeFunction(absl::string_view name) {
  for (const TesteeFunction& function : TesteeFunctions()) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

bool IsCallbackName(absl::string_view name) {
  return std::find(std::begin(kCallbacks), std::end(kCallbacks), name) !=
         std::end(kCallbacks);
}

absl::Span<const absl::string_view> Capabilities() { return kCapabilities; }

std::string NearestName(absl::string_view name,
                        absl::Span<const absl::string_view> candidates) {
  // Long names are compared by their beginning: nobody mistypes more.
  constexpr size_t kMaxLength = 64;
  const absl::string_view word = name.substr(0, kMaxLength);
  size_t best = word.size() < 4 ? 2 : std::max<size_t>(3, word.size() / 2);
  std::string nearest;
  for (const absl::string_view candidate : candidates) {
    const size_t distance =
        Distance(word, candidate.substr(0, kMaxLength), best);
    if (distance < best) {
      best = distance;
      nearest = std::string(candidate);
    }
  }
  return nearest;
}

}  // namespace conformance
