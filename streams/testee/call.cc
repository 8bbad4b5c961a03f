// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/call.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"

namespace streams::testee {

bool IsFalse(const conformance::Value& value) {
  if (const auto* number = value.get_if<int64_t>()) return *number == 0;
  if (const auto* number = value.get_if<double>()) return *number == 0;
  if (const auto* flag = value.get_if<bool>()) return !*flag;
  if (const auto* text = value.get_if<std::string>()) return text->empty();
  if (const auto* bytes = value.get_if<conformance::Bytes>()) {
    return bytes->data.empty();
  }
  if (const auto* tuple = value.get_if<conformance::Tuple>()) {
    return tuple->items.empty();
  }
  if (const auto* list = value.get_if<conformance::List>()) {
    return list->items.empty();
  }
  return value.is_none();
}

absl::Status Call::Bind(std::initializer_list<const char*> parameters,
                        size_t required) {
  const std::vector<const char*> names(parameters);
  if (args_.size() > names.size()) {
    return MakeError(ErrorKind::kType,
                     absl::StrCat(name_, "() takes ", names.size(),
                                  " positional arguments but ", args_.size(),
                                  " were given"));
  }
  for (const auto& [name, argument] : kwargs_) {
    if (!absl::c_linear_search(names, absl::string_view(name))) {
      return MakeError(
          ErrorKind::kType,
          absl::StrCat(name_, "() got an unexpected keyword argument '", name,
                       "'"));
    }
  }
  for (size_t i = 0; i < args_.size(); ++i) {
    if (Find(names[i]) != nullptr) {
      return MakeError(
          ErrorKind::kType,
          absl::StrCat(name_, "() got multiple values for '", names[i], "'"));
    }
    kwargs_.emplace_back(names[i], std::move(args_[i]));
  }
  args_.clear();
  for (size_t i = 0; i < required; ++i) {
    if (Find(names[i]) == nullptr) {
      return MakeError(
          ErrorKind::kType,
          absl::StrCat(name_, "() missing argument '", names[i], "'"));
    }
  }
  is_bound_ = true;
  return absl::OkStatus();
}

const Argument* Call::Find(absl::string_view name) const {
  for (const auto& [candidate, argument] : kwargs_) {
    if (candidate == name) return &argument;
  }
  return nullptr;
}

const Item* Call::FindItem(absl::string_view name) const {
  const Argument* const argument = Find(name);
  return argument != nullptr ? std::get_if<Item>(argument) : nullptr;
}

absl::Status Call::WrongType(absl::string_view parameter) const {
  return MakeError(ErrorKind::kType, absl::StrCat(name_, "(): argument '",
                                                  parameter, "' is wrong"));
}

absl::StatusOr<std::optional<int64_t>> Call::Integer(
    absl::string_view name) const {
  const Argument* const argument = Find(name);
  if (argument == nullptr) return std::nullopt;
  const Item* const item = std::get_if<Item>(argument);
  if (item == nullptr) return WrongType(name);
  if (item->is_none()) return std::nullopt;
  const conformance::Value value = item->ToValue();
  if (const auto* number = value.get_if<int64_t>()) return *number;
  if (const auto* flag = value.get_if<bool>()) return *flag ? 1 : 0;
  return WrongType(name);
}

absl::StatusOr<int64_t> Call::IntegerOr(absl::string_view name,
                                        int64_t otherwise) const {
  if (Find(name) == nullptr) return otherwise;
  STREAMS_ASSIGN_OR_RETURN(const std::optional<int64_t> number, Integer(name));
  if (!number.has_value()) return WrongType(name);
  return *number;
}

absl::StatusOr<int64_t> Call::Limit() const {
  if (const Item* const item = FindItem("limit")) {
    const conformance::Value value = item->ToValue();
    if (const auto* number = value.get_if<double>()) {
      return *number > 0 ? std::max<int64_t>(1, static_cast<int64_t>(*number))
                         : 0;
    }
  }
  return IntegerOr("limit", kDefaultLimit);
}

absl::StatusOr<bool> Call::Boolean(absl::string_view name,
                                   bool otherwise) const {
  const Argument* const argument = Find(name);
  if (argument == nullptr) return otherwise;
  const Item* const item = std::get_if<Item>(argument);
  if (item == nullptr) return WrongType(name);
  if (item->is_none()) return otherwise;
  return !IsFalse(item->ToValue());
}

absl::StatusOr<std::optional<std::string>> Call::Text(
    absl::string_view name) const {
  const Argument* const argument = Find(name);
  if (argument == nullptr) return std::nullopt;
  const Item* const item = std::get_if<Item>(argument);
  if (item == nullptr) return WrongType(name);
  if (item->is_none()) return std::nullopt;
  const conformance::Value value = item->ToValue();
  if (const auto* text = value.get_if<std::string>()) return *text;
  // A path or a host may be bytes as well.
  if (const auto* bytes = value.get_if<conformance::Bytes>()) {
    return bytes->data;
  }
  return WrongType(name);
}

absl::StatusOr<std::optional<double>> Call::Number(
    absl::string_view name) const {
  if (const Item* const item = FindItem(name)) {
    const conformance::Value value = item->ToValue();
    if (const auto* number = value.get_if<double>()) return *number;
  }
  absl::StatusOr<std::optional<int64_t>> integer = Integer(name);
  if (!integer.ok()) return integer.status();
  if (!integer->has_value()) return std::nullopt;
  return static_cast<double>(**integer);
}

absl::StatusOr<std::string> Call::Bytes(absl::string_view name) const {
  const Item* const item = FindItem(name);
  if (item != nullptr && item->value() != nullptr) {
    if (const auto* bytes = item->value()->get_if<conformance::Bytes>()) {
      return bytes->data;
    }
  }
  return WrongType(name);
}

}  // namespace streams::testee
