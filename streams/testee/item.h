// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_ITEM_H_
#define STREAMS_TESTEE_ITEM_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conformance/protocol/value.h"

namespace streams::testee {

// What a name can be bound to besides a value: something with methods. The
// derived classes are plain data; operations.h knows what can be done with
// each.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  // The name of its Python class.
  virtual const char* class_name() const = 0;
};

// What a call takes or returns: a value, an object, or a tuple of such.
class Item {
 public:
  Item() = default;               // None.
  Item(conformance::Value value)  // NOLINT(runtime/explicit)
      : value_(std::move(value)) {}
  Item(std::shared_ptr<Object> object)  // NOLINT(runtime/explicit)
      : object_(std::move(object)) {}

  static Item TupleOf(std::vector<Item> parts) {
    Item item;
    item.is_tuple_ = true;
    item.parts_ = std::move(parts);
    return item;
  }

  const std::shared_ptr<Object>& object() const { return object_; }
  bool is_none() const {
    return object_ == nullptr && !is_tuple_ && value_.is_none();
  }

  // Null if it is not a value.
  const conformance::Value* value() const {
    return object_ == nullptr && !is_tuple_ ? &value_ : nullptr;
  }

  // As the runner is told: an object is its class.
  conformance::Value ToValue() const {
    if (object_ != nullptr) return conformance::Object{object_->class_name()};
    if (!is_tuple_) return value_;
    conformance::Tuple tuple;
    for (const Item& part : parts_) tuple.items.push_back(part.ToValue());
    return tuple;
  }

  // What several names are bound to; empty if it is neither tuple nor list.
  std::vector<Item> Parts() const {
    if (is_tuple_) return parts_;
    std::vector<Item> parts;
    if (const auto* tuple = value_.get_if<conformance::Tuple>()) {
      for (const auto& each : tuple->items) parts.push_back(Item(each));
    }
    if (const auto* list = value_.get_if<conformance::List>()) {
      for (const auto& each : list->items) parts.push_back(Item(each));
    }
    return parts;
  }

 private:
  conformance::Value value_;
  std::shared_ptr<Object> object_;
  bool is_tuple_ = false;
  std::vector<Item> parts_;
};

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_ITEM_H_
