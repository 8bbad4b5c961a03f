// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/tls_calls.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "streams/testee/objects.h"
#include "streams/testee/python_error.h"
#include "streams/testee/tls_values.h"

namespace streams::testee {
namespace {

absl::StatusOr<VerifyMode> VerifyModeOf(Call& call, bool otherwise) {
  const Item* const item = call.FindItem("verify");
  if (item == nullptr) {
    return otherwise ? VerifyMode::kRequired : VerifyMode::kNone;
  }
  const conformance::Value value = item->ToValue();
  if (const bool* verify = value.get_if<bool>()) {
    return *verify ? VerifyMode::kRequired : VerifyMode::kNone;
  }
  if (value == conformance::Value(std::string("optional"))) {
    return VerifyMode::kOptional;
  }
  return call.WrongType("verify");
}

// 1.2 is TLS 1.2.
absl::StatusOr<std::optional<TlsVersion>> VersionOf(Call& call,
                                                    absl::string_view name) {
  STREAMS_ASSIGN_OR_RETURN(const auto number, call.Number(name));
  if (!number.has_value()) return std::nullopt;
  for (const TlsVersion version : {TlsVersion::kTls1_0, TlsVersion::kTls1_1,
                                   TlsVersion::kTls1_2, TlsVersion::kTls1_3}) {
    const int minor = static_cast<int>(version) - 0x0301;
    if (std::lround(*number * 10) == 10 + minor) return version;
  }
  return call.WrongType(name);
}

absl::Status SetVersions(Call& call, SslContext& context) {
  STREAMS_ASSIGN_OR_RETURN(const auto minimum,
                           VersionOf(call, "minimum_version"));
  STREAMS_ASSIGN_OR_RETURN(const auto maximum,
                           VersionOf(call, "maximum_version"));
  if (minimum.has_value()) {
    STREAMS_RETURN_IF_ERROR(context.SetMinimumVersion(*minimum));
  }
  if (maximum.has_value()) {
    STREAMS_RETURN_IF_ERROR(context.SetMaximumVersion(*maximum));
  }
  return absl::OkStatus();
}

absl::Status SetAlpn(Call& call, SslContext& context) {
  const Item* const item = call.FindItem("alpn");
  if (item == nullptr || item->is_none()) return absl::OkStatus();
  std::vector<std::string> protocols;
  for (const Item& part : item->Parts()) {
    const conformance::Value value = part.ToValue();
    const auto* const protocol = value.get_if<std::string>();
    if (protocol == nullptr) return call.WrongType("alpn");
    protocols.push_back(*protocol);
  }
  return context.SetAlpnProtocols(protocols);
}

// What both sides have in common.
absl::Status Configure(Call& call, SslContext& context) {
  STREAMS_ASSIGN_OR_RETURN(const auto certificate, call.Text("certificate"));
  STREAMS_ASSIGN_OR_RETURN(const auto password, call.Text("password"));
  if (certificate.has_value()) {
    STREAMS_RETURN_IF_ERROR(
        password.has_value()
            ? context.LoadCertChain(*certificate, *certificate, *password)
            : context.LoadCertChain(*certificate));
  }
  STREAMS_RETURN_IF_ERROR(SetVersions(call, context));
  STREAMS_RETURN_IF_ERROR(SetAlpn(call, context));
  STREAMS_ASSIGN_OR_RETURN(const auto ciphers, call.Text("ciphers"));
  return ciphers.has_value() ? context.SetCiphers(*ciphers) : absl::OkStatus();
}

// Answers clients that ask for one name with another context, or refuses them.
absl::Status SetServerName(Call& call, SslContext& context) {
  STREAMS_ASSIGN_OR_RETURN(const auto name, call.Text("sni_name"));
  if (!name.has_value()) return absl::OkStatus();
  std::shared_ptr<SslContext> chosen;
  const Item* const item = call.FindItem("sni_context");
  if (item != nullptr && !item->is_none()) {
    STREAMS_ASSIGN_OR_RETURN(const auto object,
                             call.ObjectOf<SslContextObject>("sni_context"));
    chosen = object->context;
  }
  context.SetServerNameCallback(
      [name, chosen](const std::optional<std::string>& asked_for)
          -> absl::StatusOr<std::shared_ptr<SslContext>> {
        if (asked_for != name) return nullptr;
        if (chosen != nullptr) return chosen;
        return MakeError(ErrorKind::kValue, "unrecognized name");
      });
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<SslContext>> NewContext(Call& call,
                                                       Purpose purpose) {
  STREAMS_RETURN_IF_ERROR(
      call.Bind({"ca", "certificate", "password", "verify", "check_hostname",
                 "minimum_version", "maximum_version", "alpn", "ciphers",
                 "sni_name", "sni_context"}));
  STREAMS_ASSIGN_OR_RETURN(const auto authority, call.Text("ca"));
  if (!authority.has_value()) return SslContext::CreateDefault(purpose);
  return SslContext::CreateDefault(purpose,
                                   VerifyLocations().set_cafile(*authority));
}

}  // namespace

absl::StatusOr<Answer> ClientContextCall(Call& call) {
  STREAMS_ASSIGN_OR_RETURN(auto context,
                           NewContext(call, Purpose::kServerAuth));
  STREAMS_ASSIGN_OR_RETURN(const VerifyMode mode, VerifyModeOf(call, true));
  STREAMS_ASSIGN_OR_RETURN(const bool check_hostname,
                           call.Boolean("check_hostname", true));
  context->set_check_hostname(check_hostname && mode != VerifyMode::kNone);
  STREAMS_RETURN_IF_ERROR(context->SetVerifyMode(mode));
  STREAMS_RETURN_IF_ERROR(Configure(call, *context));
  return Item(std::make_shared<SslContextObject>(std::move(context)));
}

absl::StatusOr<Answer> ServerContextCall(Call& call) {
  STREAMS_ASSIGN_OR_RETURN(auto context,
                           NewContext(call, Purpose::kClientAuth));
  STREAMS_ASSIGN_OR_RETURN(const VerifyMode mode, VerifyModeOf(call, false));
  STREAMS_RETURN_IF_ERROR(context->SetVerifyMode(mode));
  STREAMS_RETURN_IF_ERROR(SetServerName(call, *context));
  STREAMS_RETURN_IF_ERROR(Configure(call, *context));
  return Item(std::make_shared<SslContextObject>(std::move(context)));
}

absl::StatusOr<TlsOptions> TlsOptionsOf(Call& call,
                                        absl::string_view context_name,
                                        bool is_server) {
  TlsOptions options;
  const Item* const item = call.FindItem(context_name);
  const conformance::Value value =
      item == nullptr ? conformance::Value() : item->ToValue();
  if (value == conformance::Value(true) && !is_server) {
    STREAMS_ASSIGN_OR_RETURN(auto context,
                             SslContext::CreateDefault(Purpose::kServerAuth));
    options.set_context(std::move(context));
  } else if (!value.is_none() &&
             !(value == conformance::Value(false) && !is_server)) {
    const auto object = call.ObjectOf<SslContextObject>(context_name);
    if (!object.ok()) {
      return MakeError(ErrorKind::kType,
                       "ssl argument must be an SSLContext or None");
    }
    options.set_context((*object)->context);
  }
  STREAMS_ASSIGN_OR_RETURN(const auto hostname, call.Text("server_hostname"));
  STREAMS_ASSIGN_OR_RETURN(const auto handshake,
                           call.Number("ssl_handshake_timeout"));
  STREAMS_ASSIGN_OR_RETURN(const auto shutdown,
                           call.Number("ssl_shutdown_timeout"));
  if (hostname.has_value()) options.set_server_hostname(*hostname);
  if (handshake.has_value()) {
    options.set_handshake_timeout(absl::Seconds(*handshake));
  }
  if (shutdown.has_value()) {
    options.set_shutdown_timeout(absl::Seconds(*shutdown));
  }
  return options;
}

std::optional<Item> TlsExtraInfo(const std::shared_ptr<Transport>& transport,
                                 absl::string_view name) {
  const SslObject* const ssl_object = transport->GetSslObject();
  if (ssl_object == nullptr) return std::nullopt;
  if (name == "ssl_object") {
    // The transport owns it; whoever holds the one holds the other.
    return Item(std::make_shared<SslObjectObject>(
        std::shared_ptr<const SslObject>(transport, ssl_object)));
  }
  if (name == "sslcontext") {
    return Item(std::make_shared<SslContextObject>(ssl_object->context()));
  }
  if (name == "cipher") return Item(CipherToValue(*ssl_object));
  if (name == "compression") return Item();
  if (name == "peercert") return Item(CertificateToValue(*ssl_object));
  return std::nullopt;
}

}  // namespace streams::testee
