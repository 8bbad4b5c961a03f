// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/message_encoding.h"

#include <string>
#include <utility>
#include <variant>

#include "conformance/protocol/message_type.h"
#include "conformance/protocol/value_encoding.h"

namespace conformance {
namespace {

using Json = nlohmann::ordered_json;

// Adds the members of a message to its `type`.
struct AddMembers {
  Json& json;

  void operator()(const HelloRequest& m) const {
    json["protocol"] = m.protocol;
  }
  void operator()(const Reset& m) const { json["scenario"] = m.scenario; }
  void operator()(const Op& m) const {
    json["id"] = m.id;
    json["target"] = m.target.empty() ? Json(nullptr) : Json(m.target);
    if (m.form == Op::Form::kGet) {
      json["get"] = m.name;
    } else {
      json["call"] = m.name;
      json["args"] = EncodeValues(m.args);
      json["kwargs"] = EncodeNamed(m.kwargs);
      json["await"] = m.await;
    }
    if (!m.bind.empty()) json["bind"] = m.bind;
  }
  void operator()(const Batch& m) const {
    json["ops"] = Json::array();
    for (const Batch::Item& item : m.ops) {
      json["ops"].push_back(std::visit(
          [](const auto& op) { return EncodeMessage(RunnerMessage(op)); },
          item));
    }
  }
  void operator()(const Settle&) const {}
  void operator()(const Cancel& m) const {
    json["id"] = m.id;
    json["of"] = m.of;
  }
  void operator()(const Drop& m) const {
    json["id"] = m.id;
    json["names"] = m.names;
  }
  void operator()(const Advance& m) const {
    json["id"] = m.id;
    json["seconds"] = m.seconds;
  }
  void operator()(const StatsRequest&) const {}
  void operator()(const Bye&) const {}

  void operator()(const Hello& m) const {
    json["protocol"] = m.protocol;
    json["implementation"] = Json::object();
    json["implementation"]["name"] = m.implementation_name;
    json["implementation"]["version"] = m.implementation_version;
    json["edition"] = m.edition;
    json["capabilities"] = m.capabilities;
    json["without"] = m.without;
  }
  void operator()(const Ready&) const {}
  void operator()(const Ack& m) const { json["id"] = m.id; }
  void operator()(const Done& m) const {
    json["id"] = m.id;
    const auto* error = m.result.get_if<ErrorValue>();
    if (m.raised && error != nullptr) {
      json["error"] = EncodeError(*error);
    } else {
      json["value"] = EncodeValue(m.result);
    }
  }
  void operator()(const Settled&) const {}
  void operator()(const Stats& m) const {
    for (const auto& [name, count] : m.counts) json[name] = count;
  }
  void operator()(const Event& m) const {
    json["name"] = m.name;
    json["message"] = m.message;
  }
};

template <typename Message>
Json Encode(const Message& message) {
  Json json = Json::object();
  json["type"] = std::string(MessageType(message));
  std::visit(AddMembers{json}, message);
  return json;
}

}  // namespace

Json EncodeMessage(const RunnerMessage& message) { return Encode(message); }
Json EncodeMessage(const TesteeMessage& message) { return Encode(message); }

}  // namespace conformance
