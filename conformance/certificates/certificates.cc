// SPDX-License-Identifier: Apache-2.0
#include "conformance/certificates/certificates.h"

#include <algorithm>

namespace conformance {
namespace {

struct EmbeddedCertificate {
  absl::string_view name;
  absl::string_view pem;
};

constexpr EmbeddedCertificate kCertificates[] = {
#include "conformance/certificates/embedded_certificates.inc"
};

}  // namespace

absl::string_view FindCertificate(absl::string_view name) {
  for (const EmbeddedCertificate& each : kCertificates) {
    if (each.name == name) return each.pem;
  }
  return "";
}

std::vector<absl::string_view> CertificateNames() {
  std::vector<absl::string_view> names;
  for (const EmbeddedCertificate& each : kCertificates) {
    names.push_back(each.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace conformance
