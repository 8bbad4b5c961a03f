// SPDX-License-Identifier: Apache-2.0

#include "streams/separators.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace streams {

Separators::Separators(std::initializer_list<absl::string_view> separators) {
  AssignAll(separators);
}

Separators::Separators(const std::vector<std::string>& separators) {
  AssignAll(separators);
}

void Separators::Assign(absl::string_view separator) {
  AssignAll(std::initializer_list<absl::string_view>{separator});
}

template <class Strings>
void Separators::AssignAll(const Strings& separators) {
  if (separators.size() == 0) return;
  size_t packed_size = 0;
  size_t longest = 0;
  size_t shortest = separators.begin()->size();
  for (const auto& separator : separators) {
    packed_size += 1 + separator.size();
    longest = std::max(longest, separator.size());
    shortest = std::min(shortest, separator.size());
  }
  longest_ = longest;
  shortest_ = shortest;
  if (packed_size <= kInlineBytes) {
    Pack(separators);
    return;
  }
  std::vector<std::string> copies;
  copies.reserve(separators.size());
  for (const auto& separator : separators) {
    copies.emplace_back(separator.data(), separator.size());
  }
  std::sort(copies.begin(), copies.end(),
            [](const std::string& a, const std::string& b) {
              return a.size() < b.size();
            });
  shared_ = std::make_shared<const std::vector<std::string>>(std::move(copies));
}

// At each call of ReadUntil() with a list, and for few bytes: loops are faster
// than memcpy(), and so are locals than members, which what is written to might
// be.
template <class Strings>
void Separators::Pack(const Strings& separators) {
  char* packed = packed_;
  size_t last_bytes_count = 0;
  for (const auto& separator : separators) {
    const char* const data = separator.data();
    const size_t size = separator.size();
    *packed++ = static_cast<char>(size);
    if (size == 0) continue;  // An error, which is for the call to tell.
    for (size_t i = 0; i < size - 1; ++i) *packed++ = data[i];
    const char last = data[size - 1];
    *packed++ = last;
    // Twice the same does no harm where there is room.
    if (separators.size() > kMaxLastBytes &&
        memchr(last_bytes_, last, std::min(last_bytes_count, kMaxLastBytes)) !=
            nullptr) {
      continue;
    }
    if (last_bytes_count < kMaxLastBytes) last_bytes_[last_bytes_count] = last;
    ++last_bytes_count;
  }
  packed_size_ = static_cast<uint8_t>(packed - packed_);
  last_bytes_count_ = static_cast<uint8_t>(last_bytes_count);
}

}  // namespace streams
