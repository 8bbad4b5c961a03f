// SPDX-License-Identifier: Apache-2.0

#include "streams/separator_search.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/strings/string_view.h"

namespace streams::internal {
namespace {

// --- Separators of many bytes: each is looked for by itself ---

// The buffer is searched in windows, each twice as long as the one before: a
// separator that never occurs must not cost a scan of a whole full buffer for
// every short line that another one ends.
constexpr size_t kFirstWindow = 256;

// The best match that ends in [.., to]: a separator that is found narrows the
// search for the others, which can only win by ending earlier.
SeparatorMatch FindInWindow(absl::string_view buffer, size_t from, size_t to,
                            const std::vector<std::string>& separators) {
  SeparatorMatch best;
  for (const std::string& separator : separators) {
    const size_t bound = best.found() ? best.end - 1 : to;
    if (from >= bound) break;
    const void* const found = memmem(buffer.data() + from, bound - from,
                                     separator.data(), separator.size());
    if (found == nullptr) continue;
    const size_t start =
        static_cast<size_t>(static_cast<const char*>(found) - buffer.data());
    best = SeparatorMatch{start, start + separator.size()};
  }
  return best;
}

SeparatorMatch FindLong(absl::string_view buffer, size_t offset,
                        const std::vector<std::string>& separators) {
  const size_t overlap = separators.back().size() - 1;
  size_t from = offset;
  size_t window = separators.size() == 1 ? buffer.size()
                                         : std::max(kFirstWindow, 2 * overlap);
  while (from < buffer.size()) {
    const size_t to = from + std::min(window, buffer.size() - from);
    const SeparatorMatch match = FindInWindow(buffer, from, to, separators);
    if (match.found()) return match;
    if (to == buffer.size()) break;
    // A separator may straddle the border between two windows.
    from = to - overlap;
    window *= 2;
  }
  return {};
}

// --- Separators of few bytes: wherever one of their last bytes is ---

// Sixteen bytes that the compiler compares at once, if the machine can.
constexpr size_t kBlock = 16;
typedef uint8_t Block __attribute__((vector_size(kBlock)));
constexpr size_t kWord = sizeof(uint64_t);

// Of the bytes that `word` has in memory, which are 0 or 255, the index of the
// first that is not 0.
size_t IndexOfFirst(uint64_t word) {
  const int bits = std::endian::native == std::endian::little
                       ? std::countr_zero(word)
                       : std::countl_zero(word);
  return static_cast<size_t>(bits) / 8;
}

// `word` without that byte.
uint64_t WithoutFirst(uint64_t word) {
  const size_t index = IndexOfFirst(word);
  const size_t place =
      std::endian::native == std::endian::little ? index : kWord - 1 - index;
  return word & ~(uint64_t{255} << (8 * place));
}

}  // namespace

// All is found where it ends, in one pass from the left: so the first that is
// found is the one that ends first.
class SeparatorSearch {
 public:
  SeparatorSearch(absl::string_view buffer, size_t offset,
                  const Separators& separators)
      : data_(buffer.data()),
        size_(buffer.size()),
        offset_(offset),
        separators_(separators) {}

  SeparatorMatch Find() const {
    if (ABSL_PREDICT_FALSE(separators_.shared_ != nullptr)) {
      return FindLong(absl::string_view(data_, size_), offset_,
                      *separators_.shared_);
    }
    // Where the shortest one may end. (Neither sum overflows.)
    if (offset_ >= size_ || size_ - offset_ < separators_.shortest()) return {};
    const size_t from = offset_ + separators_.shortest() - 1;
    switch (separators_.last_bytes_count_) {
      case 1:
        return separators_.longest() == 1 ? FindByte(from) : FindEnd<1>(from);
      case 2:
        return FindEnd<2>(from);
      case 3:
      case 4:
        return FindEnd<4>(from);
      default:
        return FindEndByTable(from);
    }
  }

 private:
  SeparatorMatch FindByte(size_t from) const {
    const void* const found =
        memchr(data_ + from, separators_.last_bytes_[0], size_ - from);
    if (found == nullptr) return {};
    const size_t start =
        static_cast<size_t>(static_cast<const char*>(found) - data_);
    return {start, start + 1};
  }

  // With so many different last bytes, or a few less.
  template <size_t kLastBytes>
  SeparatorMatch FindEnd(size_t from) const {
    std::array<uint8_t, kLastBytes> last_bytes;
    for (size_t i = 0; i < kLastBytes; ++i) {
      last_bytes[i] = static_cast<uint8_t>(
          separators_.last_bytes_[i < separators_.last_bytes_count_ ? i : 0]);
    }
    if (size_ - from < kBlock) return FindEndInFew(from);
    for (size_t at = from; at < size_;) {
      // Of the last block some bytes are looked at twice, the first time in
      // vain.
      if (size_ - at < kBlock) at = size_ - kBlock;
      Block bytes;
      memcpy(&bytes, data_ + at, kBlock);
      Block equal{};
      for (const uint8_t byte : last_bytes) {
        equal |= Block(bytes == Block{} + byte);
      }
      std::array<uint64_t, kBlock / kWord> words;
      memcpy(words.data(), &equal, kBlock);
      if (ABSL_PREDICT_FALSE((words[0] | words[1]) != 0)) {
        const SeparatorMatch match = EndingAtAny(at, words[0], words[1]);
        if (match.found()) return match;
      }
      at += kBlock;
    }
    return {};
  }

  // The same for less than a block.
  SeparatorMatch FindEndInFew(size_t from) const {
    for (size_t at = from; at < size_; ++at) {
      const SeparatorMatch match = EndingAt(at);
      if (match.found()) return match;
    }
    return {};
  }

  SeparatorMatch FindEndByTable(size_t from) const {
    std::array<bool, 256> is_last{};
    const char* const end = separators_.packed_ + separators_.packed_size_;
    for (const char* one = separators_.packed_; one < end; one += 1 + *one) {
      const size_t size = static_cast<size_t>(*one);
      is_last[static_cast<uint8_t>(one[size])] = true;
    }
    for (size_t at = from; at < size_; ++at) {
      if (ABSL_PREDICT_TRUE(!is_last[static_cast<uint8_t>(data_[at])])) {
        continue;
      }
      const SeparatorMatch match = EndingAt(at);
      if (match.found()) return match;
    }
    return {};
  }

  // Where the bytes of the words are not 0, which are those of a block.
  ABSL_ATTRIBUTE_NOINLINE
  SeparatorMatch EndingAtAny(size_t block, uint64_t first,
                             uint64_t second) const {
    for (; first != 0; first = WithoutFirst(first)) {
      const SeparatorMatch match = EndingAt(block + IndexOfFirst(first));
      if (match.found()) return match;
    }
    for (; second != 0; second = WithoutFirst(second)) {
      const SeparatorMatch match =
          EndingAt(block + kWord + IndexOfFirst(second));
      if (match.found()) return match;
    }
    return {};
  }

  // The shortest one whose last byte is at `at`.
  SeparatorMatch EndingAt(size_t at) const {
    const size_t room = at + 1 - offset_;
    const char last = data_[at];
    size_t best = 0;
    const char* const end = separators_.packed_ + separators_.packed_size_;
    for (const char* one = separators_.packed_; one < end; one += 1 + *one) {
      const size_t size = static_cast<size_t>(*one);
      if (one[size] != last || size > room) continue;
      if (size > 1 && memcmp(data_ + at + 1 - size, one + 1, size - 1) != 0) {
        continue;
      }
      if (best == 0 || size < best) best = size;
      if (size == separators_.shortest()) break;
    }
    if (best == 0) return {};
    return {at + 1 - best, at + 1};
  }

  const char* const data_;
  const size_t size_;
  const size_t offset_;
  const Separators& separators_;
};

SeparatorMatch FindSeparator(absl::string_view buffer, size_t offset,
                             const Separators& separators) {
  return SeparatorSearch(buffer, offset, separators).Find();
}

}  // namespace streams::internal
