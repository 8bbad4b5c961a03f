// SPDX-License-Identifier: Apache-2.0
//
// What a testee must be able to do for a scenario, as the steps show it.
#ifndef CONFORMANCE_SCENARIO_REQUIREMENTS_H_
#define CONFORMANCE_SCENARIO_REQUIREMENTS_H_

#include <set>
#include <string>

#include "conformance/scenario/expansion.h"
#include "conformance/scenario/model.h"

namespace conformance {

struct Requirements {
  // Of the protocol's list: those of `needs`, and those seen in the steps.
  std::set<std::string> capabilities;
  // Names of functions and methods that the testee is asked to call.
  std::set<std::string> calls;
};

Requirements RequirementsOf(const Scenario& scenario, const Variant& variant);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_REQUIREMENTS_H_
