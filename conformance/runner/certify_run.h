// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_CERTIFY_RUN_H_
#define CONFORMANCE_RUNNER_CERTIFY_RUN_H_

#include "conformance/runner/certify_options.h"
#include "conformance/runner/exit_status.h"

namespace conformance {

// All of certify, behind its command line: loads the scenarios, runs them
// against the testee and the live oracle, judges, and reports on the standard
// output.
ExitStatus RunCertify(const CertifyOptions& options);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_CERTIFY_RUN_H_
