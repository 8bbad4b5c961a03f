// SPDX-License-Identifier: Apache-2.0
//
// What certify writes beside its report, and how a run ends.
#ifndef CONFORMANCE_RUNNER_CERTIFY_FILES_H_
#define CONFORMANCE_RUNNER_CERTIFY_FILES_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "conformance/runner/certification.h"
#include "conformance/runner/certify_options.h"
#include "conformance/runner/exit_status.h"
#include "conformance/runner/history.h"
#include "conformance/runner/scenario_catalog.h"

namespace conformance {

absl::Status WriteHistories(const std::string& path,
                            const ScenarioCatalog& catalog,
                            const Histories& histories);

// Writes what was observed, and says what went wrong.
ExitStatus FinishObservation(const CertifyOptions& options,
                             const ScenarioCatalog& catalog,
                             const Histories& histories);

// Applies or rewrites the list of expected failures, prints and writes the
// reports, and decides how the run ends. `selected` variants were to be run.
ExitStatus ReportResult(const CertifyOptions& options,
                        absl::string_view reproduction, std::size_t selected,
                        CertificationResult& result);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_CERTIFY_FILES_H_
