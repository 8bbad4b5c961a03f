// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "streams/streams.h"
#include "streams/testee/objects.h"
#include "streams/testee/operation.h"
#include "streams/testee/tls_values.h"

namespace streams::testee {
namespace {

const SslObject& Self(Call& call) {
  return *call.self<SslObjectObject>()->ssl_object;
}

Item TextItem(const std::optional<std::string>& text) {
  return text.has_value() ? Item(conformance::Value(*text)) : Item();
}

absl::StatusOr<Answer> Version(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(conformance::Value(Self(call).Version()));
}

absl::StatusOr<Answer> Cipher(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(CipherToValue(Self(call)));
}

// BoringSSL compresses nothing.
absl::StatusOr<Answer> Compression(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item();
}

absl::StatusOr<Answer> GetPeerCert(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"binary_form"}));
  STREAMS_ASSIGN_OR_RETURN(const bool binary_form,
                           call.Boolean("binary_form", false));
  if (!binary_form) return Item(CertificateToValue(Self(call)));
  const auto certificate = Self(call).GetPeerCertificate();
  if (!certificate.has_value()) return Item();
  return Item(conformance::Value(conformance::Bytes{certificate->der}));
}

absl::StatusOr<Answer> SelectedAlpnProtocol(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return TextItem(Self(call).SelectedAlpnProtocol());
}

absl::StatusOr<Answer> ServerSide(Call& call) {
  return Item(conformance::Value(Self(call).context()->is_server()));
}

absl::StatusOr<Answer> ServerHostname(Call& call) {
  return TextItem(Self(call).server_hostname());
}

absl::StatusOr<Answer> SessionReused(Call& call) {
  return Item(conformance::Value(Self(call).SessionReused()));
}

absl::StatusOr<Answer> Context(Call& call) {
  return Item(std::make_shared<SslContextObject>(Self(call).context()));
}

constexpr Operation kOperations[] = {
    {"cipher", Cipher},
    {"compression", Compression},
    {"context", Context, Operation::Form::kGet},
    {"getpeercert", GetPeerCert},
    {"selected_alpn_protocol", SelectedAlpnProtocol},
    {"server_hostname", ServerHostname, Operation::Form::kGet},
    {"server_side", ServerSide, Operation::Form::kGet},
    {"session_reused", SessionReused, Operation::Form::kGet},
    {"version", Version},
};

}  // namespace

absl::Span<const Operation> SslObjectOperations() { return kOperations; }

}  // namespace streams::testee
