// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/value_decoding.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace conformance {
namespace {

using Json = nlohmann::json;

// Each character as the byte of that number; `text` is valid UTF-8, since the
// JSON parser took it. False if a character is beyond U+00FF.
bool Utf8ToLatin1(absl::string_view text, std::string* bytes) {
  bytes->clear();
  bytes->reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes->push_back(text[i]);
    } else if (lead <= 0xc3 && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      bytes->push_back(static_cast<char>(((lead & 0x03) << 6) | (next & 0x3f)));
    } else {
      return false;
    }
  }
  return true;
}

absl::StatusOr<std::string> RequireString(const Json& json,
                                          absl::string_view path) {
  if (!json.is_string()) {
    return DecodingError(
        path, absl::StrCat("expected a string, got ", JsonTypeName(json)));
  }
  return json.get<std::string>();
}

absl::StatusOr<std::string> RequireMember(const Json& json, const char* name,
                                          absl::string_view path) {
  const auto member = json.find(name);
  if (member == json.end()) {
    return DecodingError(path, absl::StrCat("`", name, "` is missing"));
  }
  return RequireString(*member, absl::StrCat(path, ".", name));
}

}  // namespace

absl::Status DecodingError(absl::string_view path, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", problem));
}

absl::string_view JsonTypeName(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return "a boolean";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "an object";
    default:
      return "a number";
  }
}

absl::StatusOr<Value> ValueDecoder::DecodeValue(const Json& json,
                                                absl::string_view path) {
  switch (json.type()) {
    case Json::value_t::null:
      return Value();
    case Json::value_t::boolean:
      return Value(json.get<bool>());
    case Json::value_t::number_integer:
      return Value(json.get<int64_t>());
    case Json::value_t::number_unsigned:
      if (json.get<uint64_t>() >
          static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return DecodingError(path, "an integer of more than 64 bits");
      }
      return Value(json.get<int64_t>());
    case Json::value_t::number_float:
      return Value(json.get<double>());
    case Json::value_t::string:
      return Value(json.get<std::string>());
    default:
      break;
  }
  if (depth_ == kMaxValueDepth) {
    return DecodingError(
        path, absl::StrCat("nested deeper than ", kMaxValueDepth, " levels"));
  }
  ++depth_;
  absl::StatusOr<Value> result;
  if (json.is_array()) {
    absl::StatusOr<std::vector<Value>> items = DecodeValues(json, path);
    result = items.ok() ? absl::StatusOr<Value>(List{*std::move(items)})
                        : absl::StatusOr<Value>(items.status());
  } else {
    result = DecodeObject(json, path);
  }
  --depth_;
  return result;
}

absl::StatusOr<Value> ValueDecoder::DecodeObject(const Json& json,
                                                 absl::string_view path) {
  // The first that is there decides: members that we do not know are none of
  // our business.
  for (const char* form : {"bytes", "tuple", "dict", "ref", "call", "error",
                           "callback", "object"}) {
    const auto member = json.find(form);
    if (member == json.end()) continue;
    const absl::string_view name = form;
    const std::string inner = absl::StrCat(path, ".", name);
    // They have no value that could be compared, only a text: any text.
    if (sender_ == Sender::kTestee &&
        (name == "ref" || name == "call" || name == "callback")) {
      return DecodingError(inner, "only the runner may send it");
    }
    if (name == "bytes") return DecodeBytes(json, path);
    if (name == "dict") return DecodeDict(*member, inner);
    if (name == "call") return DecodeCall(*member, inner);
    if (name == "tuple") {
      absl::StatusOr<std::vector<Value>> items = DecodeValues(*member, inner);
      if (!items.ok()) return items.status();
      return Value(Tuple{*std::move(items)});
    }
    if (name == "error") {
      absl::StatusOr<ErrorValue> error = DecodeError(*member, inner);
      if (!error.ok()) return error.status();
      return Value(*std::move(error));
    }
    absl::StatusOr<std::string> text = RequireString(*member, inner);
    if (!text.ok()) return text.status();
    if (name == "ref") return Value(Reference{*std::move(text)});
    if (name == "callback") return Value(Callback{*std::move(text)});
    return Value(Object{*std::move(text)});
  }
  return DecodingError(path,
                       "an object that has none of `bytes`, `tuple`, `dict`, "
                       "`ref`, `call`, `error`, `callback` and `object`");
}

absl::StatusOr<Value> ValueDecoder::DecodeBytes(const Json& json,
                                                absl::string_view path) {
  absl::StatusOr<std::string> text = RequireMember(json, "bytes", path);
  if (!text.ok()) return text.status();
  std::string piece;
  if (!Utf8ToLatin1(*text, &piece)) {
    return DecodingError(absl::StrCat(path, ".bytes"),
                         "a character beyond U+00FF, which is no byte");
  }
  const auto times = json.find("times");
  if (times == json.end()) return Value(Bytes{std::move(piece)});
  if (!times->is_number_unsigned()) {
    return DecodingError(absl::StrCat(path, ".times"),
                         "expected an integer from 0");
  }
  const auto count = times->get<uint64_t>();
  if (!piece.empty() && count > (most_expanded_ - expanded_) / piece.size()) {
    return DecodingError(
        absl::StrCat(path, ".times"),
        absl::StrCat("the bytes of this message expand to more than ",
                     most_expanded_));
  }
  Bytes bytes;
  if (piece.size() == 1) {
    bytes.data.assign(count, piece[0]);  // By far the most frequent, and large.
  } else if (!piece.empty()) {
    bytes.data.reserve(piece.size() * count);
    for (uint64_t i = 0; i < count; ++i) bytes.data += piece;
  }
  expanded_ += bytes.data.size();
  return Value(std::move(bytes));
}

absl::StatusOr<Value> ValueDecoder::DecodeDict(const Json& json,
                                               absl::string_view path) {
  if (!json.is_array()) {
    return DecodingError(path, "expected a list of [key, value]");
  }
  Dict dict;
  dict.items.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    const Json& entry = json[i];
    const std::string inner = absl::StrCat(path, "[", i, "]");
    if (!entry.is_array() || entry.size() != 2) {
      return DecodingError(inner, "expected [key, value]");
    }
    absl::StatusOr<Value> key = DecodeValue(entry[0], inner);
    if (!key.ok()) return key.status();
    absl::StatusOr<Value> value = DecodeValue(entry[1], inner);
    if (!value.ok()) return value.status();
    dict.items.emplace_back(*std::move(key), *std::move(value));
  }
  return Value(std::move(dict));
}

absl::StatusOr<Value> ValueDecoder::DecodeCall(const Json& json,
                                               absl::string_view path) {
  if (!json.is_object()) return DecodingError(path, "expected an object");
  CallValue call;
  const auto target = json.find("target");
  if (target != json.end() && !target->is_null()) {
    absl::StatusOr<std::string> name =
        RequireString(*target, absl::StrCat(path, ".target"));
    if (!name.ok()) return name.status();
    call.target = *std::move(name);
  }
  absl::StatusOr<std::string> name = RequireMember(json, "call", path);
  if (!name.ok()) return name.status();
  call.call = *std::move(name);
  if (const auto args = json.find("args"); args != json.end()) {
    absl::StatusOr<std::vector<Value>> values =
        DecodeValues(*args, absl::StrCat(path, ".args"));
    if (!values.ok()) return values.status();
    call.args = *std::move(values);
  }
  if (const auto kwargs = json.find("kwargs"); kwargs != json.end()) {
    absl::StatusOr<NamedValues> values =
        DecodeNamed(*kwargs, absl::StrCat(path, ".kwargs"));
    if (!values.ok()) return values.status();
    call.kwargs = *std::move(values);
  }
  return Value(std::move(call));
}

absl::StatusOr<std::vector<Value>> ValueDecoder::DecodeValues(
    const Json& json, absl::string_view path) {
  if (!json.is_array()) {
    return DecodingError(
        path, absl::StrCat("expected a list, got ", JsonTypeName(json)));
  }
  std::vector<Value> values;
  values.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    absl::StatusOr<Value> value =
        DecodeValue(json[i], absl::StrCat(path, "[", i, "]"));
    if (!value.ok()) return value.status();
    values.push_back(*std::move(value));
  }
  return values;
}

absl::StatusOr<NamedValues> ValueDecoder::DecodeNamed(const Json& json,
                                                      absl::string_view path) {
  if (!json.is_object()) {
    return DecodingError(
        path, absl::StrCat("expected an object, got ", JsonTypeName(json)));
  }
  NamedValues values;
  values.reserve(json.size());
  // The members of an object come sorted.
  for (const auto& member : json.items()) {
    absl::StatusOr<Value> value =
        DecodeValue(member.value(), absl::StrCat(path, ".", member.key()));
    if (!value.ok()) return value.status();
    values.emplace_back(member.key(), *std::move(value));
  }
  return values;
}

absl::StatusOr<ErrorValue> ValueDecoder::DecodeError(const Json& json,
                                                     absl::string_view path) {
  if (!json.is_object()) return DecodingError(path, "expected an object");
  ErrorValue error;
  absl::StatusOr<std::string> kind = RequireMember(json, "kind", path);
  if (!kind.ok()) return kind.status();
  error.kind = *std::move(kind);
  if (const auto args = json.find("args"); args != json.end()) {
    absl::StatusOr<std::vector<Value>> values =
        DecodeValues(*args, absl::StrCat(path, ".args"));
    if (!values.ok()) return values.status();
    error.args = *std::move(values);
    return error;
  }
  if (const auto member = json.find("attributes"); member != json.end()) {
    absl::StatusOr<NamedValues> values =
        DecodeNamed(*member, absl::StrCat(path, ".attributes"));
    if (!values.ok()) return values.status();
    error.attributes = *std::move(values);
  }
  if (json.contains("message")) {
    absl::StatusOr<std::string> message = RequireMember(json, "message", path);
    if (!message.ok()) return message.status();
    error.message = *std::move(message);
  }
  return error;
}

}  // namespace conformance
