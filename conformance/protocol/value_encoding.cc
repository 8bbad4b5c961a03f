// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/value_encoding.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace conformance {
namespace {

using OrderedJson = nlohmann::ordered_json;

// Shorter bytes are not worth `times`.
constexpr size_t kMinRepeatedSize = 64;
constexpr size_t kMaxPeriod = 64;

// Each byte as the character of that number, in UTF-8.
std::string Latin1ToUtf8(absl::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text.push_back(c);
    } else {
      text.push_back(static_cast<char>(0xc0 | (byte >> 6)));
      text.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
    }
  }
  return text;
}

// The length of the shortest piece that `data` is whole repetitions of; its own
// length if there is none that is short.
size_t Period(absl::string_view data) {
  for (size_t period = 1; period <= kMaxPeriod; ++period) {
    if (data.size() % period == 0 &&
        std::memcmp(data.data(), data.data() + period, data.size() - period) ==
            0) {
      return period;
    }
  }
  return data.size();
}

OrderedJson EncodeBytes(const Bytes& bytes) {
  const absl::string_view data = bytes.data;
  const size_t period =
      data.size() < kMinRepeatedSize ? data.size() : Period(data);
  OrderedJson json = {{"bytes", Latin1ToUtf8(data.substr(0, period))}};
  if (period < data.size()) json["times"] = data.size() / period;
  return json;
}

OrderedJson EncodeTarget(const std::string& target) {
  return target.empty() ? OrderedJson(nullptr) : OrderedJson(target);
}

struct Encoder {
  OrderedJson operator()(const None&) const { return nullptr; }
  OrderedJson operator()(bool value) const { return value; }
  OrderedJson operator()(int64_t value) const { return value; }
  OrderedJson operator()(double value) const { return value; }
  OrderedJson operator()(const std::string& value) const { return value; }
  OrderedJson operator()(const Bytes& value) const {
    return EncodeBytes(value);
  }
  OrderedJson operator()(const Tuple& value) const {
    return {{"tuple", EncodeValues(value.items)}};
  }
  OrderedJson operator()(const List& value) const {
    return EncodeValues(value.items);
  }
  OrderedJson operator()(const Dict& value) const {
    OrderedJson entries = OrderedJson::array();
    for (const auto& [key, item] : value.items) {
      OrderedJson entry = OrderedJson::array();
      entry.push_back(EncodeValue(key));
      entry.push_back(EncodeValue(item));
      entries.push_back(std::move(entry));
    }
    return {{"dict", std::move(entries)}};
  }
  OrderedJson operator()(const Reference& value) const {
    return {{"ref", value.name}};
  }
  OrderedJson operator()(const Callback& value) const {
    return {{"callback", value.name}};
  }
  OrderedJson operator()(const Object& value) const {
    return {{"object", value.class_name}};
  }
  OrderedJson operator()(const ErrorValue& value) const {
    return {{"error", EncodeError(value)}};
  }
  OrderedJson operator()(const CallValue& value) const {
    OrderedJson call = OrderedJson::object();
    call["target"] = EncodeTarget(value.target);
    call["call"] = value.call;
    call["args"] = EncodeValues(value.args);
    call["kwargs"] = EncodeNamed(value.kwargs);
    return {{"call", std::move(call)}};
  }
};

}  // namespace

OrderedJson EncodeValue(const Value& value) {
  return std::visit(Encoder(), value.variant());
}

OrderedJson EncodeValues(const std::vector<Value>& values) {
  OrderedJson json = OrderedJson::array();
  for (const Value& value : values) json.push_back(EncodeValue(value));
  return json;
}

OrderedJson EncodeNamed(const NamedValues& values) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [name, value] : values) json[name] = EncodeValue(value);
  return json;
}

OrderedJson EncodeError(const ErrorValue& error) {
  OrderedJson json = OrderedJson::object();
  json["kind"] = error.kind;
  if (error.args.has_value()) {
    json["args"] = EncodeValues(*error.args);
  } else {
    json["attributes"] = EncodeNamed(error.attributes);
    json["message"] = error.message;
  }
  return json;
}

}  // namespace conformance
