// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/message_decoding.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value_decoding.h"

namespace conformance {
namespace {

using Json = nlohmann::json;

// Reads the members of one message. Keeps the first problem, after which every
// read gives something empty: a decoder says what it wants and asks once.
class MemberReader {
 public:
  MemberReader(const Json& json, absl::string_view type)
      : json_(json), type_(type) {}

  bool Has(const char* name) const { return json_.contains(name); }

  int64_t Id(const char* name) {
    const int64_t id = Integer(name);
    if (id < 1) Fail(name, "expected a positive integer");
    return id;
  }

  int64_t Integer(const char* name) {
    const Json* member = Find(name);
    if (member == nullptr) return 0;
    if (!IsInteger(*member)) {
      Expected(name, "an integer", *member);
      return 0;
    }
    return member->get<int64_t>();
  }

  double Number(const char* name) {
    const Json* member = Find(name);
    if (member == nullptr) return 0;
    if (!member->is_number()) {
      Expected(name, "a number", *member);
      return 0;
    }
    return member->get<double>();
  }

  bool OptionalBool(const char* name) {
    if (!Has(name)) return false;
    const Json* member = Find(name);
    if (!member->is_boolean()) {
      Expected(name, "a boolean", *member);
      return false;
    }
    return member->get<bool>();
  }

  std::string String(const char* name) {
    const Json* member = Find(name);
    if (member == nullptr) return "";
    if (!member->is_string()) {
      Expected(name, "a string", *member);
      return "";
    }
    return member->get<std::string>();
  }

  std::string OptionalString(const char* name) {
    const auto member = json_.find(name);
    return member == json_.end() || member->is_null() ? "" : String(name);
  }

  std::vector<std::string> Strings(const char* name) {
    std::vector<std::string> strings;
    const Json* member = Find(name);
    if (member == nullptr) return strings;
    if (!member->is_array()) {
      Expected(name, "a list of strings", *member);
      return strings;
    }
    for (const Json& item : *member) {
      if (!item.is_string()) {
        Expected(name, "a list of strings, not one with", item);
        break;
      }
      strings.push_back(item.get<std::string>());
    }
    return strings;
  }

  std::vector<std::string> OptionalStrings(const char* name) {
    return Has(name) ? Strings(name) : std::vector<std::string>();
  }

  // Null, and a problem, if it is missing.
  const Json* Find(const char* name) {
    const auto member = json_.find(name);
    if (member != json_.end()) return &*member;
    Fail(name, "is missing");
    return nullptr;
  }

  std::string Path(absl::string_view name) const {
    return absl::StrCat(type_, ".", name);
  }

  // A decoded value, or an empty one and a problem.
  template <typename T>
  T Take(absl::StatusOr<T> value) {
    if (value.ok()) return *std::move(value);
    if (status_.ok()) status_ = value.status();
    return T();
  }

  void Fail(absl::string_view name, absl::string_view problem) {
    if (status_.ok()) status_ = DecodingError(Path(name), problem);
  }

  // `message`, unless there was a problem.
  template <typename Message, typename T>
  absl::StatusOr<Message> Finish(T message) const {
    if (!status_.ok()) return status_;
    return Message(std::move(message));
  }

  static bool IsInteger(const Json& json) {
    return json.is_number_integer() &&
           (!json.is_number_unsigned() ||
            json.get<uint64_t>() <=
                static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
  }

  const absl::Status& status() const { return status_; }

 private:
  void Expected(const char* name, absl::string_view what, const Json& got) {
    Fail(name, absl::StrCat("expected ", what, ", got ", JsonTypeName(got)));
  }

  const Json& json_;
  const std::string type_;
  absl::Status status_;
};

Op ReadOp(MemberReader& reader, ValueDecoder& values) {
  Op op;
  op.id = reader.Id("id");
  op.target = reader.OptionalString("target");
  if (reader.Has("get") == reader.Has("call")) {
    reader.Fail("call", "exactly one of `call` and `get` is needed");
    return op;
  }
  op.form = reader.Has("get") ? Op::Form::kGet : Op::Form::kCall;
  op.name = reader.String(reader.Has("get") ? "get" : "call");
  if (op.form == Op::Form::kGet && op.target.empty()) {
    reader.Fail("get", "needs a `target`");
  }
  if (reader.Has("args")) {
    op.args = reader.Take(
        values.DecodeValues(*reader.Find("args"), reader.Path("args")));
  }
  if (reader.Has("kwargs")) {
    op.kwargs = reader.Take(
        values.DecodeNamed(*reader.Find("kwargs"), reader.Path("kwargs")));
  }
  op.await = reader.OptionalBool("await");
  op.bind = reader.OptionalStrings("bind");
  return op;
}

Cancel ReadCancel(MemberReader& reader) {
  Cancel cancel;
  cancel.id = reader.Id("id");
  cancel.of = reader.Id("of");
  return cancel;
}

Drop ReadDrop(MemberReader& reader) {
  Drop drop;
  drop.id = reader.Id("id");
  drop.names = reader.Strings("names");
  return drop;
}

absl::StatusOr<Batch::Item> ReadBatchItem(const Json& json,
                                          const std::string& path,
                                          ValueDecoder& values) {
  if (!json.is_object()) return DecodingError(path, "expected a message");
  MemberReader reader(json, path);
  const std::string type = reader.String("type");
  if (!reader.status().ok()) return reader.status();
  if (type == "op") return reader.Finish<Batch::Item>(ReadOp(reader, values));
  if (type == "cancel") return reader.Finish<Batch::Item>(ReadCancel(reader));
  if (type == "drop") return reader.Finish<Batch::Item>(ReadDrop(reader));
  return DecodingError(path, "a batch holds `op`, `cancel` and `drop` only");
}

Batch ReadBatch(MemberReader& reader, ValueDecoder& values) {
  Batch batch;
  const Json* ops = reader.Find("ops");
  if (ops == nullptr) return batch;
  if (!ops->is_array()) {
    reader.Fail("ops", "expected a list of messages");
    return batch;
  }
  for (size_t i = 0; i < ops->size() && reader.status().ok(); ++i) {
    batch.ops.push_back(reader.Take(ReadBatchItem(
        (*ops)[i], reader.Path(absl::StrCat("ops[", i, "]")), values)));
  }
  return batch;
}

Hello ReadHello(MemberReader& reader) {
  Hello hello;
  hello.protocol = reader.Integer("protocol");
  const Json* implementation = reader.Find("implementation");
  if (implementation != nullptr && implementation->is_object()) {
    MemberReader inner(*implementation, reader.Path("implementation"));
    hello.implementation_name = inner.String("name");
    hello.implementation_version = inner.String("version");
    if (!inner.status().ok()) reader.Take(absl::StatusOr<int>(inner.status()));
  } else {
    reader.Fail("implementation", "expected an object");
  }
  hello.edition = reader.String("edition");
  hello.capabilities = reader.Strings("capabilities");
  hello.without = reader.OptionalStrings("without");
  return hello;
}

Done ReadDone(MemberReader& reader) {
  ValueDecoder values(Sender::kTestee);
  Done done;
  done.id = reader.Id("id");
  done.raised = reader.Has("error");
  if (reader.Has("value") == done.raised) {
    reader.Fail("value", "exactly one of `value` and `error` is needed");
  } else if (done.raised) {
    done.result = reader.Take(
        values.DecodeError(*reader.Find("error"), reader.Path("error")));
  } else {
    done.result = reader.Take(
        values.DecodeValue(*reader.Find("value"), reader.Path("value")));
  }
  return done;
}

Stats ReadStats(const Json& json, MemberReader& reader) {
  Stats stats;
  for (const auto& member : json.items()) {
    if (member.key() == "type") continue;
    if (!MemberReader::IsInteger(member.value())) {
      reader.Fail(member.key(), "expected an integer");
    } else {
      stats.counts.emplace(member.key(), member.value().get<int64_t>());
    }
  }
  return stats;
}

absl::Status UnknownType(absl::string_view type) {
  return absl::InvalidArgumentError(absl::StrCat("unknown type `", type, "`"));
}

}  // namespace

absl::StatusOr<RunnerMessage> DecodeRunnerMessage(const Json& json) {
  const auto type = json["type"].get<std::string>();
  MemberReader reader(json, type);
  ValueDecoder values(Sender::kRunner);
  const auto finish = [&reader](auto message) {
    return reader.Finish<RunnerMessage>(std::move(message));
  };
  if (type == "op") return finish(ReadOp(reader, values));
  if (type == "batch") return finish(ReadBatch(reader, values));
  if (type == "settle") return finish(Settle());
  if (type == "cancel") return finish(ReadCancel(reader));
  if (type == "drop") return finish(ReadDrop(reader));
  if (type == "reset") return finish(Reset{reader.String("scenario")});
  if (type == "hello") return finish(HelloRequest{reader.Integer("protocol")});
  if (type == "stats") return finish(StatsRequest());
  if (type == "bye") return finish(Bye());
  if (type == "advance") {
    Advance advance;
    advance.id = reader.Id("id");
    advance.seconds = reader.Number("seconds");
    if (!(advance.seconds >= 0)) {
      reader.Fail("seconds", "expected a number from 0");
    }
    return finish(advance);
  }
  return UnknownType(type);
}

absl::StatusOr<TesteeMessage> DecodeTesteeMessage(const Json& json) {
  const auto type = json["type"].get<std::string>();
  MemberReader reader(json, type);
  const auto finish = [&reader](auto message) {
    return reader.Finish<TesteeMessage>(std::move(message));
  };
  if (type == "done") return finish(ReadDone(reader));
  if (type == "ack") return finish(Ack{reader.Id("id")});
  if (type == "settled") return finish(Settled());
  if (type == "ready") return finish(Ready());
  if (type == "hello") return finish(ReadHello(reader));
  if (type == "stats") return finish(ReadStats(json, reader));
  if (type == "event") {
    Event event;
    event.name = reader.String("name");
    event.message = reader.OptionalString("message");
    return finish(std::move(event));
  }
  return UnknownType(type);
}

}  // namespace conformance
