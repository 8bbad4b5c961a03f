// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/string_literal.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/syntax_error.h"
#include "conformance/scenario/utf8.h"

namespace conformance {
namespace {

constexpr size_t kMaxPrefix = 2;

size_t PrefixSize(absl::string_view text) {
  size_t size = 0;
  while (size < text.size() && size < kMaxPrefix &&
         absl::ascii_isalpha(text[size])) {
    ++size;
  }
  return size;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Reads one literal, character by character.
class LiteralReader {
 public:
  LiteralReader(absl::string_view text, int column)
      : text_(text), column_(column) {}

  absl::StatusOr<StringLiteral> Read() {
    if (absl::Status status = ReadPrefix(); !status.ok()) return status;
    const char quote = text_[at_++];
    while (true) {
      if (at_ >= text_.size()) {
        return SyntaxError(column_, "the string does not end on its line");
      }
      const char c = text_[at_];
      if (c == quote) break;
      absl::Status status = absl::OkStatus();
      if (c == '\\' && raw_) {
        // Raw strings keep the backslash, and the quote behind it.
        const size_t take = at_ + 1 < text_.size() ? 2 : 1;
        absl::StrAppend(&data_, text_.substr(at_, take));
        at_ += take;
      } else if (c == '\\') {
        status = ReadEscape();
      } else if (bytes_ && !absl::ascii_isascii(c)) {
        status = ErrorHere("bytes hold ASCII only; write \\x and two digits");
      } else {
        data_.push_back(c);
        ++at_;
      }
      if (!status.ok()) return status;
    }
    ++at_;
    StringLiteral literal;
    literal.size = at_;
    literal.value =
        bytes_ ? Value(Bytes{std::move(data_)}) : Value(std::move(data_));
    return literal;
  }

 private:
  absl::Status ErrorHere(absl::string_view message) const {
    return SyntaxError(column_ + static_cast<int>(at_), message);
  }

  absl::Status ReadPrefix() {
    const std::string prefix =
        absl::AsciiStrToLower(text_.substr(0, PrefixSize(text_)));
    if (prefix == "b" || prefix == "rb" || prefix == "br") {
      bytes_ = true;
    } else if (prefix != "" && prefix != "r" && prefix != "u") {
      return ErrorHere(absl::StrCat("a string with the prefix `", prefix,
                                    "` cannot be "
                                    "used here"));
    }
    raw_ = absl::StrContains(prefix, "r");
    at_ = prefix.size();
    const absl::string_view rest = text_.substr(at_);
    if (rest.size() >= 3 && rest[0] == rest[1] && rest[1] == rest[2]) {
      return ErrorHere("strings in triple quotes cannot be used here");
    }
    return absl::OkStatus();
  }

  absl::Status ReadEscape() {
    if (at_ + 1 >= text_.size()) {
      return ErrorHere("the string does not end on its line");
    }
    static constexpr absl::string_view kNames = "\\'\"abfnrtv";
    static constexpr absl::string_view kMeanings = "\\'\"\a\b\f\n\r\t\v";
    const char c = text_[at_ + 1];
    const size_t simple = kNames.find(c);
    if (simple != absl::string_view::npos) {
      data_.push_back(kMeanings[simple]);
      at_ += 2;
      return absl::OkStatus();
    }
    if (c >= '0' && c <= '7') return ReadOctal();
    if (c == 'x') return ReadHex(2);
    if (!bytes_ && c == 'u') return ReadHex(4);
    if (!bytes_ && c == 'U') return ReadHex(8);
    return ErrorHere("an unknown escape; a backslash itself is \\\\");
  }

  absl::Status ReadOctal() {
    uint32_t code = 0;
    size_t digits = 0;
    while (digits < 3 && at_ + 1 + digits < text_.size() &&
           text_[at_ + 1 + digits] >= '0' && text_[at_ + 1 + digits] <= '7') {
      code = code * 8 + static_cast<uint32_t>(text_[at_ + 1 + digits] - '0');
      ++digits;
    }
    if (bytes_ && code > 0xff) return ErrorHere("a byte is at most \\377");
    return Append(code, 1 + digits);
  }

  absl::Status ReadHex(size_t digits) {
    uint32_t code = 0;
    for (size_t i = 0; i < digits; ++i) {
      const size_t place = at_ + 2 + i;
      const int digit = place < text_.size() ? HexDigit(text_[place]) : -1;
      if (digit < 0) {
        return ErrorHere(
            absl::StrCat("this escape has ", digits, " hexadecimal digits"));
      }
      code = code * 16 + static_cast<uint32_t>(digit);
    }
    return Append(code, 2 + digits);
  }

  absl::Status Append(uint32_t code, size_t taken) {
    if (bytes_) {
      data_.push_back(static_cast<char>(code));
    } else if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      return ErrorHere("not a character of Unicode");
    } else {
      AppendUtf8(code, &data_);
    }
    at_ += taken;
    return absl::OkStatus();
  }

  const absl::string_view text_;
  const int column_;
  size_t at_ = 0;
  bool bytes_ = false;
  bool raw_ = false;
  std::string data_;
};

// What both kinds of literals write alike; false if `c` is nothing special.
bool AppendSimple(char c, std::string* out) {
  static constexpr absl::string_view kSpecial = "\\\"\n\r\t";
  static constexpr absl::string_view kLetters = "\\\"nrt";
  const size_t special = kSpecial.find(c);
  if (special == absl::string_view::npos) return false;
  out->push_back('\\');
  out->push_back(kLetters[special]);
  return true;
}

void AppendHex(char c, std::string* out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  *out += "\\x";
  out->push_back(kDigits[byte >> 4]);
  out->push_back(kDigits[byte & 0xf]);
}

}  // namespace

bool BeginsStringLiteral(absl::string_view text) {
  const size_t prefix = PrefixSize(text);
  return prefix < text.size() && (text[prefix] == '"' || text[prefix] == '\'');
}

absl::StatusOr<StringLiteral> ParseStringLiteral(absl::string_view text,
                                                 int column) {
  return LiteralReader(text, column).Read();
}

std::string BytesLiteral(absl::string_view bytes) {
  std::string text = "b\"";
  for (const char c : bytes) {
    if (AppendSimple(c, &text)) continue;
    if (c >= 0x20 && c < 0x7f) {
      text.push_back(c);
    } else {
      AppendHex(c, &text);
    }
  }
  return text + "\"";
}

std::string StrLiteral(absl::string_view text) {
  std::string literal = "\"";
  while (!text.empty()) {
    const size_t size = Utf8CharacterSize(text);
    const char c = text[0];
    if (size > 1) {
      // U+0080 to U+009F are controls, and U+2028 and U+2029 end lines.
      const absl::string_view letter = text.substr(0, size);
      if (size == 2 && c == '\xc2' && letter[1] < '\xa0') {
        AppendHex(letter[1], &literal);
      } else if (letter == "\u2028" || letter == "\u2029") {
        literal += letter == "\u2028" ? "\\u2028" : "\\u2029";
      } else {
        absl::StrAppend(&literal, letter);
      }
    } else if (size == 0) {
      literal += "\\ufffd";
    } else if (!AppendSimple(c, &literal)) {
      if (c >= 0x20 && c < 0x7f) {
        literal.push_back(c);
      } else {
        AppendHex(c, &literal);
      }
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return literal + "\"";
}

}  // namespace conformance
