// SPDX-License-Identifier: Apache-2.0
//
// Sums and products of literals, computed while they are parsed.
#ifndef CONFORMANCE_SCENARIO_LITERAL_FOLDING_H_
#define CONFORMANCE_SCENARIO_LITERAL_FOLDING_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "conformance/scenario/expression.h"

namespace conformance {

// How many operators in a row may remain, where literals do not fold: every one
// makes the tree deeper.
inline constexpr int kMaxChain = 64;

struct Folding {
  // Products of more than 1 MiB too. In steps they are left to whoever runs
  // them: a parsed file must stay small.
  bool all = false;
  // What literals may still expand to.
  size_t* budget = nullptr;
};

// `left` + `right` or `left` * `right`: one literal where that is possible, so
// that a long sum of them is one. `*chain` counts the operators that remain.
absl::StatusOr<Expression> Combine(Expression::Kind kind, int column,
                                   const Folding& folding, Expression left,
                                   Expression right, int* chain);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_LITERAL_FOLDING_H_
