// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/bound_names.h"

#include <utility>

namespace conformance {

void BoundNames::BindInTestee(const std::string& name, Value value) {
  tasks_.erase(name);
  bindings_[name] = Binding{true, std::move(value)};
}

void BoundNames::BindHere(const std::string& name, Value value) {
  tasks_.erase(name);
  bindings_[name] = Binding{false, std::move(value)};
}

void BoundNames::BindTask(const std::string& name, std::int64_t op) {
  bindings_.erase(name);
  tasks_[name] = op;
}

void BoundNames::Forget(const std::string& name) {
  bindings_.erase(name);
  tasks_.erase(name);
}

bool BoundNames::IsInTestee(absl::string_view name) const {
  const auto found = bindings_.find(name);
  return found != bindings_.end() && found->second.in_testee;
}

std::optional<std::int64_t> BoundNames::FindTask(absl::string_view name) const {
  const auto found = tasks_.find(name);
  if (found == tasks_.end()) return std::nullopt;
  return found->second;
}

const Value* BoundNames::ReportedValue(absl::string_view name) const {
  const auto found = bindings_.find(name);
  return found == bindings_.end() ? nullptr : &found->second.value;
}

std::optional<Value> BoundNames::NamesScope::Find(
    absl::string_view dotted_name) const {
  const absl::string_view name = dotted_name.substr(0, dotted_name.find('.'));
  const bool dotted = name.size() < dotted_name.size();
  if (const auto found = names_.bindings_.find(name);
      found != names_.bindings_.end()) {
    const Binding& binding = found->second;
    if (binding.in_testee && (by_reference_ || dotted)) {
      return Value(Reference{std::string(dotted_name)});
    }
    if (dotted) return std::nullopt;
    return binding.value;
  }
  if (!dotted) {
    if (const VariantValue* variable = names_.variant_.Find(name)) {
      return variable->value;
    }
  }
  return names_.peers_.Find(dotted_name);
}

}  // namespace conformance
