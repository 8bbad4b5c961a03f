// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_PEER_CERTIFICATE_H_
#define STREAMS_TLS_PEER_CERTIFICATE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace streams {

// The certificate that the peer has shown, as Python's getpeercert() decodes
// it. Everything but `der` is empty when it was not verified (kNone): nobody is
// to rely on it.
struct PeerCertificate {
  // An attribute of a name: {"commonName", "example.org"}. Those that stand
  // together in the certificate stand together here.
  using Attribute = std::pair<std::string, std::string>;
  using RelativeName = std::vector<Attribute>;

  bool is_verified = false;
  std::string der;
  std::vector<RelativeName> subject;
  std::vector<RelativeName> issuer;
  int version = 0;            // 3 for all of today.
  std::string serial_number;  // Hexadecimal: "0A1B".
  std::string not_before;     // "Nov 21 14:27:35 2026 GMT"
  std::string not_after;
  // {"DNS", "example.org"}, {"IP Address", "127.0.0.1"}, {"email", …}, …
  std::vector<std::pair<std::string, std::string>> subject_alt_names;
  std::vector<std::string> ocsp;
  std::vector<std::string> ca_issuers;
  std::vector<std::string> crl_distribution_points;
};

namespace internal {

// Only `der` if it is not to be decoded.
PeerCertificate DecodeCertificate(absl::string_view der, bool is_verified);

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_TLS_PEER_CERTIFICATE_H_
