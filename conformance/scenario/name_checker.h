// SPDX-License-Identifier: Apache-2.0
//
// Part of the validator: names are bound before they are used.
#ifndef CONFORMANCE_SCENARIO_NAME_CHECKER_H_
#define CONFORMANCE_SCENARIO_NAME_CHECKER_H_

#include <vector>

#include "conformance/scenario/model.h"
#include "conformance/scenario/problem.h"

namespace conformance {

// Adds to `problems`: names that nobody bound, peers that do something before
// they listen, accept or connect, and names of peers that are bound as well.
void CheckNames(const Scenario& scenario, std::vector<Problem>& problems);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_NAME_CHECKER_H_
