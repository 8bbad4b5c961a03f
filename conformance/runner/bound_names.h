// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_BOUND_NAMES_H_
#define CONFORMANCE_RUNNER_BOUND_NAMES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/runner/peers.h"
#include "conformance/scenario/evaluation.h"
#include "conformance/scenario/expansion.h"

namespace conformance {

// The names that the steps of one run of a scenario use, and where what they
// stand for lives: variables of `for`, names bound in the testee, results that
// only the runner has, tasks, peers.
class BoundNames {
 public:
  BoundNames(const Variant& variant, const Peers& peers)
      : variant_(variant), peers_(peers) {}

  // `name` is bound in the testee, to `value` as far as it was reported.
  void BindInTestee(const std::string& name, Value value);
  void BindHere(const std::string& name, Value value);
  void BindTask(const std::string& name, std::int64_t op);
  void Forget(const std::string& name);

  bool IsInTestee(absl::string_view name) const;
  std::optional<std::int64_t> FindTask(absl::string_view name) const;

  // The value that `name` had when the testee reported it; null if it did not.
  const Value* ReportedValue(absl::string_view name) const;

  // For arguments: a name that is bound in the testee is a Reference.
  const Scope& arguments() const { return arguments_; }
  // For the runner's own computing: it is its value.
  const Scope& values() const { return values_; }

 private:
  struct Binding {
    bool in_testee = false;
    Value value;
  };

  class NamesScope : public Scope {
   public:
    NamesScope(const BoundNames& names, bool by_reference)
        : names_(names), by_reference_(by_reference) {}
    std::optional<Value> Find(absl::string_view dotted_name) const override;

   private:
    const BoundNames& names_;
    const bool by_reference_;
  };

  const Variant& variant_;
  const Peers& peers_;
  std::map<std::string, Binding, std::less<>> bindings_;
  std::map<std::string, std::int64_t, std::less<>> tasks_;
  const NamesScope arguments_{*this, true};
  const NamesScope values_{*this, false};
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_BOUND_NAMES_H_
