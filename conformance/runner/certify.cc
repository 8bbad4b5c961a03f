// SPDX-License-Identifier: Apache-2.0
//
// The program behind tools/certify; see certify_options.h.
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
  const ExitStatus status = options != nullptr
                                ? conformance::RunCertify(*options)
                                : *std::get_if<ExitStatus>(&parsed);
  return static_cast<int>(status);
}
