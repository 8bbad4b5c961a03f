// SPDX-License-Identifier: Apache-2.0
//
// What a statement asks of somebody else.
#ifndef CONFORMANCE_SCENARIO_OPERATION_FINDER_H_
#define CONFORMANCE_SCENARIO_OPERATION_FINDER_H_

#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "conformance/scenario/expression.h"

namespace conformance {

// Finds the one call or attribute in an expression that is not the runner's to
// compute, and leaves a kResult in its place.
class OperationFinder {
 public:
  // Attributes of `peers`, which must outlive this, are the runner's to know.
  explicit OperationFinder(const std::set<std::string>& peers)
      : peers_(peers) {}

  // Once. Errors are SyntaxErrors.
  absl::Status Find(Expression& expression);

  bool found() const { return found_; }
  // Whether it was awaited.
  bool await() const { return await_; }
  Expression TakeOperation() { return std::move(operation_); }

 private:
  absl::Status FindInLen(Expression& len);
  bool IsOfPeer(const Expression& attribute) const;
  absl::Status Take(Expression& expression);

  const std::set<std::string>& peers_;
  bool found_ = false;
  bool await_ = false;
  Expression operation_;
};

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_OPERATION_FINDER_H_
