// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_RAISED_OUTCOME_H_
#define CONFORMANCE_RUNNER_RAISED_OUTCOME_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/scenario/outcome.h"

namespace conformance {

// An error that the runner itself raises in a statement: a name that nothing is
// bound to, a peer that cannot do what it is asked.
inline Outcome RaisedOutcome(absl::string_view python_class,
                             absl::string_view message) {
  ErrorValue error;
  error.kind = std::string(python_class);
  error.message = std::string(message);
  return Outcome::Raised(std::move(error));
}

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_RAISED_OUTCOME_H_
