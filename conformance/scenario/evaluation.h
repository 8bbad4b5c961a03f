// SPDX-License-Identifier: Apache-2.0
//
// Computing with expressions: what the runner works out by itself, and what it
// sends as arguments. Pure functions of the expression and a scope.
#ifndef CONFORMANCE_SCENARIO_EVALUATION_H_
#define CONFORMANCE_SCENARIO_EVALUATION_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/scenario/expression.h"

namespace conformance {

// What names stand for. Implemented by whoever runs a scenario.
class Scope {
 public:
  virtual ~Scope() = default;

  // The value of a name, or of a name with attributes ("peer.port",
  // "server.sockets"); nothing if it has none that the runner knows. As an
  // argument a Reference is sent as it is; to compute with it is an error.
  virtual std::optional<Value> Find(absl::string_view dotted_name) const = 0;
};

// The value of `expression`: literals, displays, names, `+`, `*`, `len`, one
// comparison, with Python's meaning. `result` stands for kResult, and may be
// null if there is none. Errors are kInvalidArgument with Python's words for
// them ("can only concatenate bytes, not str").
absl::StatusOr<Value> Evaluate(const Expression& expression, const Scope& scope,
                               const Value* result);

// An argument of a call. Beside what Evaluate knows: an exception with its
// arguments, a call (for a coroutine that is handed over), and a name that the
// scope does not know, if it is one of a callback.
absl::StatusOr<Value> ToArgument(const Expression& expression,
                                 const Scope& scope);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_EVALUATION_H_
