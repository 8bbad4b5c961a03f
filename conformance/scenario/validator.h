// SPDX-License-Identifier: Apache-2.0
//
// What no single line of a scenario can tell: ids are unique, names are bound
// before they are used, peers listen, accept or connect before they do anything
// else, every outcome belongs to a statement, and the recorded outcomes cover
// every recorded edition and variant exactly once. A recording of steps that
// have been changed since is a warning: it is judged as if it were not there.
//
// Pure function.
#ifndef CONFORMANCE_SCENARIO_VALIDATOR_H_
#define CONFORMANCE_SCENARIO_VALIDATOR_H_

#include <vector>

#include "conformance/scenario/model.h"
#include "conformance/scenario/problem.h"

namespace conformance {

// Of a file that was parsed without errors. In order of lines.
std::vector<Problem> Validate(const ScenarioFile& file);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_VALIDATOR_H_
