// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_CALL_H_
#define STREAMS_TESTEE_CALL_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "streams/streams.h"
#include "streams/testee/item.h"

namespace streams::testee {

// What a call that is awaited comes to; lazy, as a coroutine object of Python.
using Pending = Task<absl::StatusOr<Item>>;

// What a call gives at once: its result, or something to await.
using Answer = std::variant<Item, Pending>;

// One argument, its references resolved.
using Argument =
    std::variant<Item, std::shared_ptr<Pending>, conformance::Callback>;

// As bool() sees it.
bool IsFalse(const conformance::Value& value);

// A call as an operation sees it: its arguments by name, and where it runs.
class Call {
 public:
  Call(EventLoop& loop, std::shared_ptr<Object> self, std::string name,
       std::vector<Argument> args,
       std::vector<std::pair<std::string, Argument>> kwargs)
      : loop_(loop),
        self_(std::move(self)),
        name_(std::move(name)),
        args_(std::move(args)),
        kwargs_(std::move(kwargs)) {}

  EventLoop& loop() const { return loop_; }

  // The object whose method is called; the operation knows its type.
  template <class T>
  std::shared_ptr<T> self() const {
    return std::static_pointer_cast<T>(self_);
  }

  // Gives the parameters their names, in order; kType if there are arguments
  // beyond them, or one of the first `required` is missing. Comes first.
  absl::Status Bind(std::initializer_list<const char*> parameters,
                    size_t required = 0);
  // Whether Bind() was well: what is wrong from then on, a coroutine of Python
  // only finds when it is awaited.
  bool is_bound() const { return is_bound_; }

  // An argument by name. Absent, or None: nullopt, null, or the default. kType
  // if it is of another type.
  absl::StatusOr<std::optional<int64_t>> Integer(absl::string_view name) const;
  // Here None is of another type.
  absl::StatusOr<int64_t> IntegerOr(absl::string_view name,
                                    int64_t otherwise) const;
  // Whatever it is: as bool() sees it.
  absl::StatusOr<bool> Boolean(absl::string_view name, bool otherwise) const;
  // A reader's `limit`: a number of any kind. Where CPython compares a size
  // with 4.5, we do with 4.
  absl::StatusOr<int64_t> Limit() const;
  absl::StatusOr<std::optional<std::string>> Text(absl::string_view name) const;
  absl::StatusOr<std::optional<double>> Number(absl::string_view name) const;
  // Must be there.
  absl::StatusOr<std::string> Bytes(absl::string_view name) const;

  const Argument* Find(absl::string_view name) const;
  // Null if it is absent or not an item.
  const Item* FindItem(absl::string_view name) const;

  // An object of type T.
  template <class T>
  absl::StatusOr<std::shared_ptr<T>> ObjectOf(absl::string_view name) const {
    const Item* const item = FindItem(name);
    if (item != nullptr) {
      if (auto object = std::dynamic_pointer_cast<T>(item->object())) {
        return object;
      }
    }
    return WrongType(name);
  }

  absl::Status WrongType(absl::string_view parameter) const;

 private:
  EventLoop& loop_;
  std::shared_ptr<Object> self_;
  std::string name_;
  std::vector<Argument> args_;
  std::vector<std::pair<std::string, Argument>> kwargs_;
  bool is_bound_ = false;
};

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_CALL_H_
