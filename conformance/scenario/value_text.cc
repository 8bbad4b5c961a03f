// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/value_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/sha256.h"
#include "conformance/scenario/string_literal.h"

namespace conformance {
namespace {

struct TextForm {
  absl::string_view name;  // Of the digest: `bytes(length=…)`.
  std::string (*literal)(absl::string_view);
  // Bytes may be cut anywhere, text only between characters.
  bool runs_of_any_byte;
};

constexpr TextForm kBytes = {"bytes", BytesLiteral, true};
constexpr TextForm kStr = {"str", StrLiteral, false};

size_t RunLength(absl::string_view data) {
  const size_t end = data.find_first_not_of(data[0]);
  return end == absl::string_view::npos ? data.size() : end;
}

std::string LiteralText(absl::string_view data, const TextForm& form) {
  std::string text;
  std::string piece;
  const auto add = [&text](const std::string& term) {
    absl::StrAppend(&text, text.empty() ? "" : " + ", term);
  };
  absl::string_view rest = data;
  while (!rest.empty() && text.size() + piece.size() <= kMaxLiteralText) {
    const size_t run = RunLength(rest);
    const bool single =
        form.runs_of_any_byte || static_cast<unsigned char>(rest[0]) < 0x80;
    if (run >= kMinRun && single) {
      if (!piece.empty()) add(form.literal(piece));
      piece.clear();
      add(absl::StrCat(form.literal(rest.substr(0, 1)), " * ", run));
    } else {
      absl::StrAppend(&piece, rest.substr(0, run));
    }
    rest.remove_prefix(run);
  }
  if (!piece.empty() || text.empty()) add(form.literal(piece));
  if (rest.empty() && text.size() <= kMaxLiteralText) return text;
  return absl::StrFormat("%s(length=%d, sha256=\"%s\")", form.name, data.size(),
                         Sha256Hex(data));
}

// The shortest text that reads back as the same number, and as a float.
std::string FloatText(double number) {
  std::string text = absl::StrFormat("%.15g", number);
  if (std::strtod(text.c_str(), nullptr) != number) {
    text = absl::StrFormat("%.17g", number);
  }
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

// A name that a testee has given: it may hold anything, but what it says stays
// on its line of a report.
std::string NameText(absl::string_view name) {
  const std::string literal = StrLiteral(name);
  return literal.substr(1, literal.size() - 2);
}

std::string Items(const std::vector<Value>& items) {
  return absl::StrJoin(items, ", ", [](std::string* out, const Value& item) {
    absl::StrAppend(out, ValueText(item));
  });
}

void AppendNamed(const NamedValues& values, std::vector<std::string>* parts) {
  for (const auto& [name, value] : values) {
    parts->push_back(absl::StrCat(NameText(name), "=", ValueText(value)));
  }
}

std::string CallText(absl::string_view name, const std::vector<Value>& args,
                     const NamedValues& named) {
  std::vector<std::string> parts;
  for (const Value& arg : args) parts.push_back(ValueText(arg));
  AppendNamed(named, &parts);
  return absl::StrCat(name, "(", absl::StrJoin(parts, ", "), ")");
}

struct Writer {
  std::string operator()(const None&) const { return "None"; }
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(int64_t value) const { return absl::StrCat(value); }
  std::string operator()(double value) const { return FloatText(value); }
  std::string operator()(const std::string& value) const {
    return LiteralText(value, kStr);
  }
  std::string operator()(const Bytes& value) const {
    return LiteralText(value.data, kBytes);
  }
  std::string operator()(const Tuple& value) const {
    return absl::StrCat("(", Items(value.items),
                        value.items.size() == 1 ? ",)" : ")");
  }
  std::string operator()(const List& value) const {
    return absl::StrCat("[", Items(value.items), "]");
  }
  std::string operator()(const Dict& value) const {
    std::vector<std::string> entries;
    for (const auto& [key, item] : value.items) {
      entries.push_back(absl::StrCat(ValueText(key), ": ", ValueText(item)));
    }
    std::sort(entries.begin(), entries.end());
    return absl::StrCat("{", absl::StrJoin(entries, ", "), "}");
  }
  std::string operator()(const Reference& value) const { return value.name; }
  std::string operator()(const Callback& value) const { return value.name; }
  std::string operator()(const Object& value) const {
    return absl::StrCat("<", NameText(value.class_name), ">");
  }
  std::string operator()(const ErrorValue& value) const {
    return CallText(NameText(value.kind),
                    value.args.value_or(std::vector<Value>()),
                    value.attributes);
  }
  std::string operator()(const CallValue& value) const {
    return CallText(value.target.empty()
                        ? value.call
                        : absl::StrCat(value.target, ".", value.call),
                    value.args, value.kwargs);
  }
};

}  // namespace

std::string ValueText(const Value& value) {
  return std::visit(Writer(), value.variant());
}

}  // namespace conformance
