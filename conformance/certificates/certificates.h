// SPDX-License-Identifier: Apache-2.0
//
// The certificates that scenarios name: `certificate="server"`. For tests
// alone; everybody has the keys.
#ifndef CONFORMANCE_CERTIFICATES_CERTIFICATES_H_
#define CONFORMANCE_CERTIFICATES_CERTIFICATES_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace conformance {

// The PEM text of the file NAME.pem of this folder: for an authority its
// certificate, otherwise a private key and the certificates that go with it.
// Empty if there is none of that name.
absl::string_view FindCertificate(absl::string_view name);

// All names, sorted.
std::vector<absl::string_view> CertificateNames();

}  // namespace conformance

#endif  // CONFORMANCE_CERTIFICATES_CERTIFICATES_H_
