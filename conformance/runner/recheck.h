// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_RECHECK_H_
#define CONFORMANCE_RUNNER_RECHECK_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/runner/certify_options.h"
#include "conformance/runner/exit_status.h"
#include "conformance/runner/scenario_catalog.h"

namespace conformance {

// Judges the histories of options.recheck_path again, by recorded outcomes, as
// if the testee had just run. A history of steps that have changed since is
// inconclusive; an entry without a history did not run.
ExitStatus Recheck(const CertifyOptions& options,
                   absl::string_view reproduction,
                   const std::vector<const CatalogEntry*>& entries);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_RECHECK_H_
