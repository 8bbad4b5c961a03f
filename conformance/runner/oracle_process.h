// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_ORACLE_PROCESS_H_
#define CONFORMANCE_RUNNER_ORACLE_PROCESS_H_

#include <memory>
#include <string>

#include "conformance/runner/certify_options.h"
#include "conformance/runner/execution.h"
#include "conformance/scenario/edition.h"

namespace conformance {

// The live oracle: CPython's testee on some interpreter. Or why there is none.
struct LiveOracle {
  std::unique_ptr<Execution> execution;  // Null: there is none.
  Version version;
  std::string why_not;
};

LiveOracle StartLiveOracle(const CertifyOptions& options,
                           const ExecutionOptions& execution_options);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_ORACLE_PROCESS_H_
