// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 as text.
#ifndef CONFORMANCE_SCENARIO_SHA256_H_
#define CONFORMANCE_SCENARIO_SHA256_H_

#include <string>

#include "absl/strings/string_view.h"

namespace conformance {

// All 64 hexadecimal digits, in lower case.
std::string Sha256Hex(absl::string_view data);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_SHA256_H_
