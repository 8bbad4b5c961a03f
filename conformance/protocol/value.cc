// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/value.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace conformance {
namespace {

struct TypeName {
  absl::string_view operator()(const None&) const { return "NoneType"; }
  absl::string_view operator()(bool) const { return "bool"; }
  absl::string_view operator()(int64_t) const { return "int"; }
  absl::string_view operator()(double) const { return "float"; }
  absl::string_view operator()(const std::string&) const { return "str"; }
  absl::string_view operator()(const Bytes&) const { return "bytes"; }
  absl::string_view operator()(const Tuple&) const { return "tuple"; }
  absl::string_view operator()(const List&) const { return "list"; }
  absl::string_view operator()(const Dict&) const { return "dict"; }
  absl::string_view operator()(const Reference&) const { return "name"; }
  absl::string_view operator()(const Callback&) const { return "function"; }
  absl::string_view operator()(const Object& o) const { return o.class_name; }
  absl::string_view operator()(const ErrorValue& e) const { return e.kind; }
  absl::string_view operator()(const CallValue&) const { return "coroutine"; }
};

auto LowerBound(const NamedValues& values, absl::string_view name) {
  return std::lower_bound(
      values.begin(), values.end(), name,
      [](const auto& entry, absl::string_view n) { return entry.first < n; });
}

}  // namespace

absl::string_view Value::type_name() const {
  return std::visit(TypeName(), variant_);
}

bool operator==(const Value& a, const Value& b) {
  return a.variant_ == b.variant_;
}

bool operator==(const Tuple& a, const Tuple& b) { return a.items == b.items; }

bool operator==(const List& a, const List& b) { return a.items == b.items; }

bool operator==(const Dict& a, const Dict& b) { return a.items == b.items; }

bool operator==(const ErrorValue& a, const ErrorValue& b) {
  return a.kind == b.kind && a.args == b.args && a.attributes == b.attributes &&
         a.message == b.message;
}

bool operator==(const CallValue& a, const CallValue& b) {
  return a.target == b.target && a.call == b.call && a.args == b.args &&
         a.kwargs == b.kwargs;
}

void SetNamed(NamedValues& values, absl::string_view name, Value value) {
  const auto place =
      values.begin() + (LowerBound(values, name) - values.begin());
  if (place != values.end() && place->first == name) {
    place->second = std::move(value);
  } else {
    values.emplace(place, std::string(name), std::move(value));
  }
}

const Value* FindNamed(const NamedValues& values, absl::string_view name) {
  const auto place = LowerBound(values, name);
  return place != values.end() && place->first == name ? &place->second
                                                       : nullptr;
}

}  // namespace conformance
