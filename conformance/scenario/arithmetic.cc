// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace conformance {
namespace {

absl::Status TooLarge() {
  return absl::InvalidArgumentError("the result is too large");
}

absl::Status Unsupported(absl::string_view op, const Value& a, const Value& b) {
  return absl::InvalidArgumentError(
      absl::StrCat("unsupported operand types for ", op, ": ", a.type_name(),
                   " and ", b.type_name()));
}

// Python's bool is an int.
std::optional<int64_t> AsInteger(const Value& value) {
  if (const auto* number = value.get_if<int64_t>()) return *number;
  if (const auto* flag = value.get_if<bool>()) return *flag ? 1 : 0;
  return std::nullopt;
}

std::optional<double> AsReal(const Value& value) {
  if (const auto* real = value.get_if<double>()) return *real;
  if (const auto number = AsInteger(value)) {
    return static_cast<double>(*number);
  }
  return std::nullopt;
}

absl::StatusOr<Value> Finite(double result) {
  if (!std::isfinite(result)) {
    return absl::InvalidArgumentError("the result is not finite");
  }
  return Value(result);
}

absl::StatusOr<Value> Overflow() {
  return absl::InvalidArgumentError("the result has more than 64 bits");
}

// The sum of two sequences of the same type; false if they are none.
template <typename Sequence, typename Items>
bool Append(Value& a, const Value& b, Items Sequence::*items) {
  auto* left = a.get_if<Sequence>();
  const auto* right = b.get_if<Sequence>();
  if (left == nullptr || right == nullptr) return false;
  (left->*items)
      .insert((left->*items).end(), (right->*items).begin(),
              (right->*items).end());
  return true;
}

size_t SequenceSize(const Value& value) {
  if (const auto* bytes = value.get_if<Bytes>()) return bytes->data.size();
  if (const auto* text = value.get_if<std::string>()) return text->size();
  if (const auto* tuple = value.get_if<Tuple>()) return tuple->items.size();
  if (const auto* list = value.get_if<List>()) return list->items.size();
  return 0;
}

absl::StatusOr<Value> Repeat(absl::string_view piece, int64_t times,
                             bool is_bytes) {
  const auto count = static_cast<uint64_t>(std::max<int64_t>(times, 0));
  std::string data;
  if (!piece.empty() && count > 0) {
    if (count > kMaxResultSize / piece.size()) return TooLarge();
    if (piece.size() == 1) {
      data.assign(count, piece[0]);
    } else {
      data.reserve(count * piece.size());
      for (uint64_t i = 0; i < count; ++i) absl::StrAppend(&data, piece);
    }
  }
  if (is_bytes) return Value(Bytes{std::move(data)});
  return Value(std::move(data));
}

// A million elements are more than a message may have.
constexpr size_t kMaxElements = size_t{1} << 20;

absl::StatusOr<std::vector<Value>> RepeatItems(const std::vector<Value>& piece,
                                               int64_t times) {
  const auto count = static_cast<uint64_t>(std::max<int64_t>(times, 0));
  std::vector<Value> items;
  if (piece.empty() || count == 0) return items;
  if (count > kMaxElements / piece.size()) return TooLarge();
  items.reserve(count * piece.size());
  for (uint64_t i = 0; i < count; ++i) {
    items.insert(items.end(), piece.begin(), piece.end());
  }
  return items;
}

bool PythonEquals(const Value& a, const Value& b) {
  const auto left = AsReal(a);
  const auto right = AsReal(b);
  if (left.has_value() && right.has_value()) {
    const auto i = AsInteger(a);
    const auto j = AsInteger(b);
    return i.has_value() && j.has_value() ? *i == *j : *left == *right;
  }
  const auto same_items = [](const std::vector<Value>& x,
                             const std::vector<Value>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), PythonEquals);
  };
  if (a.is<Tuple>() && b.is<Tuple>()) {
    return same_items(a.get_if<Tuple>()->items, b.get_if<Tuple>()->items);
  }
  if (a.is<List>() && b.is<List>()) {
    return same_items(a.get_if<List>()->items, b.get_if<List>()->items);
  }
  return a == b;
}

// Less, equal or greater; nothing if Python does not order such values.
std::optional<int> Order(const Value& a, const Value& b) {
  const auto sign = [](const auto& x, const auto& y) {
    return x < y ? -1 : (y < x ? 1 : 0);
  };
  const auto i = AsInteger(a);
  const auto j = AsInteger(b);
  if (i.has_value() && j.has_value()) return sign(*i, *j);
  const auto left = AsReal(a);
  const auto right = AsReal(b);
  if (left.has_value() && right.has_value()) return sign(*left, *right);
  if (a.is<Bytes>() && b.is<Bytes>()) {
    return sign(a.get_if<Bytes>()->data, b.get_if<Bytes>()->data);
  }
  if (a.is<std::string>() && b.is<std::string>()) {
    return sign(*a.get_if<std::string>(), *b.get_if<std::string>());
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Value> Add(Value a, const Value& b) {
  if (SequenceSize(a) + SequenceSize(b) > kMaxResultSize) return TooLarge();
  if (Append(a, b, &Bytes::data) || Append(a, b, &Tuple::items) ||
      Append(a, b, &List::items)) {
    return a;
  }
  if (a.is<std::string>() && b.is<std::string>()) {
    *a.get_if<std::string>() += *b.get_if<std::string>();
    return a;
  }
  const auto i = AsInteger(a);
  const auto j = AsInteger(b);
  if (i.has_value() && j.has_value()) {
    int64_t sum = 0;
    if (__builtin_add_overflow(*i, *j, &sum)) return Overflow();
    return Value(sum);
  }
  const auto left = AsReal(a);
  const auto right = AsReal(b);
  if (left.has_value() && right.has_value()) return Finite(*left + *right);
  return Unsupported("+", a, b);
}

uint64_t ProductBytes(const Value& a, const Value& b) {
  if (AsInteger(a).has_value() && !AsInteger(b).has_value()) {
    return ProductBytes(b, a);
  }
  const auto times = AsInteger(b);
  if (!times.has_value() || *times <= 0) return 0;
  if (!a.is<Bytes>() && !a.is<std::string>()) return 0;
  uint64_t product = 0;
  return __builtin_mul_overflow(static_cast<uint64_t>(*times), SequenceSize(a),
                                &product)
             ? std::numeric_limits<uint64_t>::max()
             : product;
}

absl::StatusOr<Value> Multiply(const Value& a, const Value& b) {
  const auto i = AsInteger(a);
  const auto j = AsInteger(b);
  if (i.has_value() && j.has_value()) {
    int64_t product = 0;
    if (__builtin_mul_overflow(*i, *j, &product)) return Overflow();
    return Value(product);
  }
  if (i.has_value() &&
      (b.is<Bytes>() || b.is<std::string>() || b.is<List>() || b.is<Tuple>())) {
    return Multiply(b, a);
  }
  if (j.has_value()) {
    if (const auto* bytes = a.get_if<Bytes>()) {
      return Repeat(bytes->data, *j, true);
    }
    if (const auto* text = a.get_if<std::string>()) {
      return Repeat(*text, *j, false);
    }
  }
  if (j.has_value() && a.is<List>()) {
    auto items = RepeatItems(a.get_if<List>()->items, *j);
    if (!items.ok()) return items.status();
    return Value(List{*std::move(items)});
  }
  if (j.has_value() && a.is<Tuple>()) {
    auto items = RepeatItems(a.get_if<Tuple>()->items, *j);
    if (!items.ok()) return items.status();
    return Value(Tuple{*std::move(items)});
  }
  const auto left = AsReal(a);
  const auto right = AsReal(b);
  if (left.has_value() && right.has_value()) return Finite(*left * *right);
  return Unsupported("*", a, b);
}

absl::StatusOr<Value> Negate(const Value& a) {
  if (const auto* real = a.get_if<double>()) return Value(-*real);
  if (const auto number = AsInteger(a)) {
    if (*number == std::numeric_limits<int64_t>::min()) return Overflow();
    return Value(-*number);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("bad operand type for unary -: ", a.type_name()));
}

absl::StatusOr<Value> Length(const Value& a) {
  if (const auto* text = a.get_if<std::string>()) {
    int64_t characters = 0;
    for (const char c : *text) {
      if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++characters;
    }
    return Value(characters);
  }
  if (const auto* dict = a.get_if<Dict>()) {
    return Value(static_cast<int64_t>(dict->items.size()));
  }
  if (a.is<Bytes>() || a.is<Tuple>() || a.is<List>()) {
    return Value(static_cast<int64_t>(SequenceSize(a)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("object of type ", a.type_name(), " has no len()"));
}

absl::StatusOr<Value> CompareValues(absl::string_view op, const Value& a,
                                    const Value& b) {
  if (op == "==") return Value(PythonEquals(a, b));
  if (op == "!=") return Value(!PythonEquals(a, b));
  const std::optional<int> order = Order(a, b);
  if (!order.has_value()) return Unsupported(op, a, b);
  if (op == "<") return Value(*order < 0);
  if (op == "<=") return Value(*order <= 0);
  if (op == ">") return Value(*order > 0);
  return Value(*order >= 0);
}

}  // namespace conformance
