// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/tls_values.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace streams::testee {
namespace {

using conformance::Dict;
using conformance::Tuple;
using conformance::Value;

Value PairToValue(const std::pair<std::string, std::string>& pair) {
  return Tuple{{pair.first, pair.second}};
}

Value NameToValue(const std::vector<PeerCertificate::RelativeName>& name) {
  Tuple parts;
  for (const auto& relative : name) {
    Tuple attributes;
    for (const auto& attribute : relative) {
      attributes.items.push_back(PairToValue(attribute));
    }
    parts.items.emplace_back(std::move(attributes));
  }
  return parts;
}

void SetTexts(const char* key, const std::vector<std::string>& texts,
              Dict& dict) {
  if (texts.empty()) return;
  Tuple tuple;
  for (const std::string& text : texts) tuple.items.emplace_back(text);
  dict.items.emplace_back(std::string(key), std::move(tuple));
}

}  // namespace

Value CipherToValue(const SslObject& ssl_object) {
  const auto cipher = ssl_object.Cipher();
  if (!cipher.has_value()) return Value();
  return Tuple{
      {cipher->name, cipher->protocol, static_cast<int64_t>(cipher->bits)}};
}

Value CertificateToValue(const SslObject& ssl_object) {
  const auto certificate = ssl_object.GetPeerCertificate();
  if (!certificate.has_value()) return Value();
  Dict dict;
  if (!certificate->is_verified) return dict;
  const auto set = [&dict](const char* key, Value value) {
    dict.items.emplace_back(std::string(key), std::move(value));
  };
  set("subject", NameToValue(certificate->subject));
  set("issuer", NameToValue(certificate->issuer));
  set("version", static_cast<int64_t>(certificate->version));
  set("serialNumber", certificate->serial_number);
  set("notBefore", certificate->not_before);
  set("notAfter", certificate->not_after);
  if (!certificate->subject_alt_names.empty()) {
    Tuple names;
    for (const auto& name : certificate->subject_alt_names) {
      names.items.push_back(PairToValue(name));
    }
    set("subjectAltName", std::move(names));
  }
  SetTexts("OCSP", certificate->ocsp, dict);
  SetTexts("caIssuers", certificate->ca_issuers, dict);
  SetTexts("crlDistributionPoints", certificate->crl_distribution_points, dict);
  return dict;
}

}  // namespace streams::testee
