// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/expansion.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace conformance {

const VariantValue* Variant::Find(absl::string_view name) const {
  for (const auto& [variable, value] : variables) {
    if (variable == name) return &value;
  }
  return nullptr;
}

std::vector<Variant> Expand(const Scenario& scenario) {
  std::vector<Variant> variants(1);
  for (const Variable& variable : scenario.variables) {
    std::vector<Variant> product;
    for (const Variant& variant : variants) {
      for (const VariantValue& value : variable.values) {
        product.push_back(variant);
        product.back().variables.emplace_back(variable.name, value);
      }
    }
    variants = std::move(product);
  }
  for (Variant& variant : variants) {
    variant.id = scenario.id;
    if (variant.variables.empty()) continue;
    std::string values;
    for (const auto& [name, value] : variant.variables) {
      absl::StrAppend(&values, values.empty() ? "" : ",", value.text);
    }
    absl::StrAppend(&variant.id, "[", values, "]");
  }
  return variants;
}

}  // namespace conformance
