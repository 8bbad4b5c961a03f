// SPDX-License-Identifier: Apache-2.0
//
// The program behind tools/certify; see certify_options.h.
#include <iostream>
#include <variant>

#include "conformance/runner/certify_options.h"
#include "conformance/runner/certify_run.h"
#include "conformance/runner/exit_status.h"

int main(int argc, char** argv) {
  using conformance::CertifyOptions;
  using conformance::ExitStatus;
  const std::variant<CertifyOptions, ExitStatus> parsed =
      conformance::ParseCertifyOptions(argc, argv);
  const auto* options = std::get_if<CertifyOptions>(&parsed);
  ExitStatus status = options != nullptr ? conformance::RunCertify(*options)
                                         : *std::get_if<ExitStatus>(&parsed);
  // A report that nobody can read is no success.
  if (!std::cout.flush()) {
    std::cerr << "certify: cannot write to standard output\n";
    if (status == ExitStatus::kAsExpected) status = ExitStatus::kUsage;
  }
  return static_cast<int>(status);
}
