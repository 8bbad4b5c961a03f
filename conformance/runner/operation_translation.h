// SPDX-License-Identifier: Apache-2.0
//
// From a statement of a scenario to the op that the testee is sent.
#ifndef CONFORMANCE_RUNNER_OPERATION_TRANSLATION_H_
#define CONFORMANCE_RUNNER_OPERATION_TRANSLATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/protocol/message.h"
#include "conformance/runner/bound_names.h"
#include "conformance/runner/scenario_folder.h"
#include "conformance/scenario/model.h"

namespace conformance {

// The op for a kOperation or kCreateTask, without its id and `bind`.
// Errors are those of ComputeArgument.
absl::StatusOr<Op> TranslateOperation(const Statement& statement,
                                      bool unix_transport,
                                      const BoundNames& names,
                                      ScenarioFolder& folder);

// Whether the runner has nothing to compute with the result of the operation.
inline bool IsPlain(const Statement& statement) {
  return statement.expression.is(Expression::Kind::kResult);
}

// The value of an argument, as it is sent: see ToArgument. What is computed
// from results (`first + second`) is computed here.
//
// NotFound: a name has no value, since the statement that should have bound it
// failed. InvalidArgument: it cannot be computed, whatever the testee does.
absl::StatusOr<Value> ComputeArgument(const Expression& expression,
                                      const BoundNames& names);

// The names that the testee gives to the result. Those of a task stand in a
// later statement (`data = await task`), and it has to know them from the
// beginning. What the runner computes from a result has its name there.
std::vector<std::string> NamesToBind(const Scenario& scenario,
                                     const Statement& statement);

// Whether the runner waits for the op instead of settling: it may resolve names
// in another thread.
bool MustBeAwaited(const Statement& statement, const Op& op);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_OPERATION_TRANSLATION_H_
