// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/string_pool.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/numeric/bits.h"
#include "streams/coro/free_lists.h"

namespace streams::internal {
namespace {

// Of a power of two, its exponent.
constexpr int kMinClass = absl::bit_width(StringPool::kMinCapacityOfMany) - 1;
constexpr int kMaxClass = absl::bit_width(StringPool::kMaxCapacity) - 1;

// Of each class, those that hold at least 1 << exponent bytes, and less than
// twice that.
class Lists {
 public:
  bool Has(int exponent) { return !list(exponent).empty(); }

  std::string Pop(int exponent) {
    std::vector<std::string>& strings = list(exponent);
    std::string string = std::move(strings.back());
    strings.pop_back();
    bytes_ -= string.capacity();
    return string;
  }

  void Push(std::string&& string, size_t capacity) {
    bytes_ += capacity;
    if (ABSL_PREDICT_FALSE(bytes_ > StringPool::kMaxFreeBytes)) MakeRoom();
    list(absl::bit_width(capacity) - 1).push_back(std::move(string));
  }

  size_t bytes() const { return bytes_; }

 private:
  std::vector<std::string>& list(int exponent) {
    return lists_[static_cast<size_t>(exponent - kMinClass)];
  }

  // Else what nobody asks for would be kept for ever, and nothing else.
  ABSL_ATTRIBUTE_NOINLINE void MakeRoom() {
    while (bytes_ > StringPool::kMaxFreeBytes) {
      int most = kMinClass;
      for (int exponent = kMinClass; exponent <= kMaxClass; ++exponent) {
        if (list(exponent).size() << exponent > list(most).size() << most) {
          most = exponent;
        }
      }
      Pop(most);
    }
  }

  size_t bytes_ = 0;
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

ABSL_ATTRIBUTE_NOINLINE bool Open() {
  thread_local const Opening opening;
  return free_strings != nullptr;
}

ABSL_ATTRIBUTE_NOINLINE std::string NewString(size_t size) {
  std::string string;
  string.reserve(size);
  return string;
}

}  // namespace

thread_local constinit size_t StringPool::min_capacity_ = kMinCapacity;

ABSL_ATTRIBUTE_HOT std::string StringPool::Take(size_t size) {
  const int exponent = absl::bit_width(std::max<size_t>(size, 1) - 1);
  if (ABSL_PREDICT_TRUE(exponent >= kMinClass && exponent <= kMaxClass)) {
    if (ABSL_PREDICT_TRUE(free_strings != nullptr &&
                          free_strings->Has(exponent))) {
      return free_strings->Pop(exponent);
    }
    size = size_t{1} << exponent;  // So that it comes back to this list.
  }
  return NewString(size);
}

void StringPool::Grow(std::string& string, size_t size) {
  std::string larger = Take(size);
  larger.assign(string);
  Give(string);
  string = std::move(larger);
}

ABSL_ATTRIBUTE_HOT void StringPool::GiveIfLargeEnough(std::string& string) {
  if (string.capacity() >= min_capacity_) Keep(string);
}

ABSL_ATTRIBUTE_HOT ABSL_ATTRIBUTE_NOINLINE void StringPool::Keep(
    std::string& string) {
  const size_t capacity = string.capacity();
  string.clear();
  if (ABSL_PREDICT_FALSE(!kKeepsFreedBlocks || capacity > kMaxCapacity ||
                         (free_strings == nullptr && !Open()))) {
    string.shrink_to_fit();
  } else {
    free_strings->Push(std::move(string), capacity);
  }
}

size_t StringPool::FreeBytes() {
  return free_strings == nullptr ? 0 : free_strings->bytes();
}

}  // namespace streams::internal
