// SPDX-License-Identifier: Apache-2.0
//
// A Python value, as far as the testee protocol can say it.
//
// Plain data: copyable, comparable, owned by whoever holds it; any thread may
// use its own. Equality is by type as well as by content (`True` is not `1`
// here, though it is in Python): two outcomes are the same only if a program
// could not tell them apart. (The order of a dict's entries counts here;
// outcomes are compared by their canonical text, where it does not.)
//
// Whoever builds a value keeps it shallow: the codec refuses what is nested
// deeper than kMaxValueDepth, and nothing here protects itself from more.
#ifndef CONFORMANCE_PROTOCOL_VALUE_H_
#define CONFORMANCE_PROTOCOL_VALUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace conformance {

class Value;

// How deep values may be nested, `[]` being 1 deep.
inline constexpr int kMaxValueDepth = 32;

// Keyword arguments, or the attributes of an error: sorted by name, each name
// once (see SetNamed).
using NamedValues = std::vector<std::pair<std::string, Value>>;

struct None {
  bool operator==(const None&) const = default;
};

// `bytes`, and whatever else a testee reports as bytes.
struct Bytes {
  std::string data;
  bool operator==(const Bytes&) const = default;
};

struct Tuple {
  std::vector<Value> items;
};

struct List {
  std::vector<Value> items;
};

struct Dict {
  std::vector<std::pair<Value, Value>> items;
};

// A name that was bound in the testee; dots separate attributes.
struct Reference {
  std::string name;
  bool operator==(const Reference&) const = default;
};

// A callback that the testee provides, by its name.
struct Callback {
  std::string name;
  bool operator==(const Callback&) const = default;
};

// Any object that the protocol has no other word for, by its class.
struct Object {
  std::string class_name;
  bool operator==(const Object&) const = default;
};

// An exception. As an argument it is built from `args`; as a result it has
// `attributes` and a `message`, and no `args`.
struct ErrorValue {
  std::string kind;  // The Python class name.
  std::optional<std::vector<Value>> args;
  NamedValues attributes;
  std::string message;
};

// A call that is handed over instead of being made: the coroutine in
// `wait_for(reader.read(1), 5)`.
struct CallValue {
  std::string target;  // Empty: a function.
  std::string call;
  std::vector<Value> args;
  NamedValues kwargs;
};

class Value {
 public:
  using Variant =
      std::variant<None, bool, int64_t, double, std::string, Bytes, Tuple, List,
                   Dict, Reference, Callback, Object, ErrorValue, CallValue>;

  Value() = default;  // None.
  // Implicit, so that a list of values reads like one. There is no constructor
  // from `const char*`, which would silently become a bool.
  template <typename T>
  requires(std::is_same_v<T, bool> || std::is_same_v<T, int64_t> ||
           std::is_same_v<T, double> || std::is_same_v<T, std::string> ||
           std::is_same_v<T, None> || std::is_same_v<T, Bytes> ||
           std::is_same_v<T, Tuple> || std::is_same_v<T, List> ||
           std::is_same_v<T, Dict> || std::is_same_v<T, Reference> ||
           std::is_same_v<T, Callback> || std::is_same_v<T, Object> ||
           std::is_same_v<T, ErrorValue> || std::is_same_v<T, CallValue>)
      Value(T value)
      : variant_(std::move(value)) {}  // NOLINT(runtime/explicit)
  Value(int value)                     // NOLINT(runtime/explicit)
      : variant_(static_cast<int64_t>(value)) {}

  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(variant_);
  }
  // Null if it is something else; valid as long as this value is unchanged.
  template <typename T>
  const T* get_if() const {
    return std::get_if<T>(&variant_);
  }
  template <typename T>
  T* get_if() {
    return std::get_if<T>(&variant_);
  }

  bool is_none() const { return is<None>(); }

  const Variant& variant() const { return variant_; }

  // What Python would call it, for messages: "bytes", "int", "NoneType" …
  absl::string_view type_name() const;

  friend bool operator==(const Value& a, const Value& b);
  friend bool operator!=(const Value& a, const Value& b) { return !(a == b); }

 private:
  Variant variant_;
};

bool operator==(const Tuple& a, const Tuple& b);
bool operator==(const List& a, const List& b);
bool operator==(const Dict& a, const Dict& b);
bool operator==(const ErrorValue& a, const ErrorValue& b);
bool operator==(const CallValue& a, const CallValue& b);

// Adds or replaces a name, keeping the order.
void SetNamed(NamedValues& values, absl::string_view name, Value value);
// Null if there is none.
const Value* FindNamed(const NamedValues& values, absl::string_view name);

}  // namespace conformance

#endif  // CONFORMANCE_PROTOCOL_VALUE_H_
