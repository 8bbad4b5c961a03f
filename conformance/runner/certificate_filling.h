// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_CERTIFICATE_FILLING_H_
#define CONFORMANCE_RUNNER_CERTIFICATE_FILLING_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/runner/scenario_folder.h"

namespace conformance {

// In a call that makes an SSL context, the name of a test certificate becomes
// the path of a file: `server_context(certificate="server")`. Any other name
// stays as it is.
void FillCertificates(absl::string_view function, NamedValues& keywords,
                      ScenarioFolder& folder);

// The same in the calls that are arguments.
void FillCertificatesInArguments(std::vector<Value>& arguments,
                                 NamedValues& keywords, ScenarioFolder& folder);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_CERTIFICATE_FILLING_H_
