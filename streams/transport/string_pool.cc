// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/string_pool.h"

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/optimization.h"
#include "absl/numeric/bits.h"
#include "streams/coro/free_lists.h"

namespace streams::internal {
namespace {

// Of a power of two, its exponent.
constexpr int kMinClass = absl::bit_width(StringPool::kMinCapacity) - 1;
constexpr int kMaxClass = absl::bit_width(StringPool::kMaxCapacity) - 1;

// Of each class, those that hold at least 1 << exponent bytes, and less than
// twice that.
class Lists {
 public:
  std::vector<std::string>& operator[](int exponent) {
    return lists_[static_cast<size_t>(exponent - kMinClass)];
  }

  size_t bytes = 0;

 private:
  std::array<std::vector<std::string>, kMaxClass - kMinClass + 1> lists_;
};

// Null until the first is given, and again while the thread ends, when strings
// may still come. By itself it has no destructor, so that using it is a matter
// of a few instructions.
thread_local constinit Lists* free_strings = nullptr;

class Opening {
 public:
  Opening() { free_strings = &lists_; }
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;
  ~Opening() { free_strings = nullptr; }

 private:
  Lists lists_;
};

bool Open() {
  thread_local const Opening opening;
  return free_strings != nullptr;
}

}  // namespace

std::string StringPool::Take(size_t size) {
  std::string string;
  const int exponent = size <= 1 ? 0 : absl::bit_width(size - 1);
  if (free_strings != nullptr && exponent >= kMinClass &&
      exponent <= kMaxClass) {
    std::vector<std::string>& list = (*free_strings)[exponent];
    if (!list.empty()) {
      string = std::move(list.back());
      list.pop_back();
      free_strings->bytes -= string.capacity();
      return string;
    }
  }
  string.reserve(size);
  return string;
}

void StringPool::GiveLarge(std::string& string) {
  string.clear();
  const size_t capacity = string.capacity();
  const int exponent = absl::bit_width(capacity) - 1;
  if (!kKeepsFreedBlocks || exponent > kMaxClass ||
      (ABSL_PREDICT_FALSE(free_strings == nullptr) && !Open()) ||
      free_strings->bytes + capacity > kMaxFreeBytes) {
    string.shrink_to_fit();
    return;
  }
  free_strings->bytes += capacity;
  (*free_strings)[exponent].push_back(std::move(string));
}

size_t StringPool::FreeBytes() {
  return free_strings == nullptr ? 0 : free_strings->bytes;
}

}  // namespace streams::internal
