// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/oracle_process.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "conformance/runner/command_line.h"

namespace conformance {

LiveOracle StartLiveOracle(const CertifyOptions& options,
                           const ExecutionOptions& execution_options) {
  LiveOracle oracle;
  if (options.oracle_program.empty()) {
    oracle.why_not = "no --oracle-program was given";
    return oracle;
  }
  CommandLine command;
  command.arguments = {options.python, options.oracle_program};
  absl::StatusOr<std::unique_ptr<Execution>> started =
      Execution::Start(std::move(command), execution_options);
  if (!started.ok()) {
    oracle.why_not = absl::StrCat("the oracle on '", options.python,
                                  "': ", started.status().message());
    return oracle;
  }
  absl::StatusOr<Version> version = Version::Parse((*started)->hello().edition);
  if (!version.ok()) {
    oracle.why_not =
        absl::StrCat("the oracle on '", options.python,
                     "' has no version: ", version.status().message());
    return oracle;
  }
  oracle.version = *version;
  oracle.execution = *std::move(started);
  return oracle;
}

}  // namespace conformance
