// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/message_codec.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/message_decoding.h"
#include "conformance/protocol/message_encoding.h"
#include "nlohmann/json.hpp"

namespace conformance {
namespace {

using Json = nlohmann::json;

// JSON nesting: that of values, which take up to three levels each (`{"dict":
// [[key, value]]}`), and that of a message around them.
constexpr int kMaxJsonDepth = 3 * kMaxValueDepth + 8;
// Commas, colons and brackets outside strings: an upper bound of the elements,
// and so of what the parser allocates for a line of any length.
constexpr int kMaxJsonElements = 1 << 20;

// What the JSON parser would spend is known before it runs.
absl::Status CheckShape(absl::string_view line) {
  int depth = 0;
  int elements = 0;
  bool in_string = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
      continue;
    }
    if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) {
        return absl::InvalidArgumentError("nested too deeply");
      }
      ++elements;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',') {
      ++elements;
    }
  }
  if (elements > kMaxJsonElements) {
    return absl::InvalidArgumentError("more than a million elements");
  }
  return absl::OkStatus();
}

absl::StatusOr<Json> ParseObject(absl::string_view line) {
  if (line.size() > kMaxLineSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("a line of more than ", kMaxLineSize, " bytes"));
  }
  if (absl::Status shape = CheckShape(line); !shape.ok()) return shape;
  Json json = Json::parse(line.begin(), line.end(), nullptr,
                          /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::InvalidArgumentError("not JSON");
  if (!json.is_object()) {
    return absl::InvalidArgumentError("not a JSON object");
  }
  const auto type = json.find("type");
  if (type == json.end() || !type->is_string()) {
    return absl::InvalidArgumentError("without a `type` that is a string");
  }
  return json;
}

// The problem, bounded since a path may hold a member's name of any length, and
// the line.
absl::Status AtLine(const absl::Status& problem, absl::string_view line) {
  return absl::InvalidArgumentError(
      absl::StrCat(QuoteForDisplay(problem.message()),
                   ", in the line: ", QuoteForDisplay(line)));
}

std::string ToLine(const nlohmann::ordered_json& json) {
  return json.dump(/*indent=*/-1, ' ', /*ensure_ascii=*/true,
                   nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string EncodeLine(const RunnerMessage& message) {
  return ToLine(EncodeMessage(message));
}

std::string EncodeLine(const TesteeMessage& message) {
  return ToLine(EncodeMessage(message));
}

absl::StatusOr<RunnerMessage> DecodeRunnerLine(absl::string_view line) {
  const absl::StatusOr<Json> json = ParseObject(line);
  if (!json.ok()) return AtLine(json.status(), line);
  absl::StatusOr<RunnerMessage> message = DecodeRunnerMessage(*json);
  if (!message.ok()) return AtLine(message.status(), line);
  return message;
}

absl::StatusOr<TesteeMessage> DecodeTesteeLine(absl::string_view line) {
  const absl::StatusOr<Json> json = ParseObject(line);
  if (!json.ok()) return AtLine(json.status(), line);
  absl::StatusOr<TesteeMessage> message = DecodeTesteeMessage(*json);
  if (!message.ok()) return AtLine(message.status(), line);
  return message;
}

std::string QuoteForDisplay(absl::string_view text, size_t limit) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string shown;
  const absl::string_view head = text.substr(0, limit);
  for (const char c : head) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      shown.push_back(c);
    } else if (c == '\n') {
      shown += "\\n";
    } else {
      shown += "\\x";
      shown.push_back(kDigits[byte >> 4]);
      shown.push_back(kDigits[byte & 0xf]);
    }
  }
  if (head.size() < text.size()) shown += "…";
  return shown;
}

}  // namespace conformance
