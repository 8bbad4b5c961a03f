// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_SCENARIO_SELECTION_H_
#define CONFORMANCE_RUNNER_SCENARIO_SELECTION_H_

#include <string>
#include <vector>

#include "conformance/runner/execution.h"
#include "conformance/runner/history.h"
#include "conformance/runner/scenario_catalog.h"
#include "conformance/scenario/edition.h"

namespace conformance {

// The variants whose id has a match of the regular expression, which must be a
// valid one (ECMAScript's); all if it is empty.
std::vector<const CatalogEntry*> SelectEntries(const ScenarioCatalog& catalog,
                                               const std::string& filter);

// Runs the entries that are for `edition`; the others are kNotApplicable, in
// their places.
std::vector<ScenarioHistory> ObserveEntries(
    const std::vector<const CatalogEntry*>& entries, const Version& edition,
    Execution& testee);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_SCENARIO_SELECTION_H_
