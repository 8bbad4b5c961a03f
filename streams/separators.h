// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_SEPARATORS_H_
#define STREAMS_SEPARATORS_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace streams {

namespace internal {
class SeparatorSearch;
}  // namespace internal

// What StreamReader::ReadUntil() reads up to: any of some byte strings. Give it
// a list of them at each call, or make this once for many calls:
//
//   const Separators ends = {"\n", "\r\n", ";"};
//   ...
//   STREAMS_CO_ASSIGN_OR_RETURN(const std::string statement,
//                               co_await reader->ReadUntil(ends));
//
// Their order is of no importance. None at all, or an empty one among them, is
// an error of the call that reads.
//
// A value: it holds copies of the strings, without an allocation while each of
// them and one byte for each are not more than kInlineBytes together; beyond
// that, copies of it share them.
// Threads: any, as other values.
//
// asyncio: the separator argument of StreamReader.readuntil().
class Separators {
 public:
  // Implicit: a list is what asyncio takes.
  Separators(std::initializer_list<absl::string_view> separators);
  Separators(const std::vector<std::string>& separators);
  // Only one.
  explicit Separators(absl::string_view separator) {
    if (separator.size() == 1) {
      SetByte(separator[0]);
    } else {
      Assign(separator);
    }
  }

  static constexpr size_t kInlineBytes = 26;

  // Of the longest and of the shortest one; zero if there is none.
  size_t longest() const { return longest_; }
  size_t shortest() const { return shortest_; }
  bool empty() const { return packed_size_ == 0 && shared_ == nullptr; }

  // If it is one of one byte.
  bool is_byte() const { return longest_ == 1 && packed_size_ == 2; }
  char byte() const { return last_bytes_[0]; }

 private:
  friend class internal::SeparatorSearch;

  void SetByte(char byte) {
    longest_ = shortest_ = 1;
    packed_size_ = 2;
    packed_[0] = 1;
    packed_[1] = last_bytes_[0] = byte;
    last_bytes_count_ = 1;
  }
  void Assign(absl::string_view separator);
  template <class Strings>
  void AssignAll(const Strings& separators);
  template <class Strings>
  void Pack(const Strings& separators);

  // When they are too long to be packed: all of them, sorted by length.
  std::shared_ptr<const std::vector<std::string>> shared_;
  size_t longest_ = 0;
  size_t shortest_ = 0;
  // Else, of each: its length, then its bytes.
  uint8_t packed_size_ = 0;
  // How many different last bytes there are, at least, and the first of them.
  static constexpr size_t kMaxLastBytes = 4;
  uint8_t last_bytes_count_ = 0;
  char last_bytes_[kMaxLastBytes] = {};
  char packed_[kInlineBytes] = {};
};

}  // namespace streams

#endif  // STREAMS_SEPARATORS_H_
