// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_STRING_POOL_H_
#define STREAMS_TRANSPORT_STRING_POOL_H_

#include <cstddef>
#include <string>

namespace streams::internal {

// The memory of strings of 1 KiB and more that nobody uses, kept by each thread
// for its next ones. Where messages are received into strings that are given
// away, and come back with the next call (ReadInto), this is what spares a
// server malloc for each; see IoBlock for why that matters.
//
// Of a thread with many connections it takes small strings, too. What each of
// them would keep adds up, and has left the processor's cache by the time it is
// used again, while the pool has what somebody else has just given it.
//
// In lists by capacity, to a power of two: what was made here is no more than
// twice as large as was asked for, a string of somebody else's less than four
// times. It may come from another thread than its next user's.
class StringPool {
 public:
  // Smaller ones are left to malloc, which is quick enough, larger ones to the
  // kernel: they would be too much to keep.
  static constexpr size_t kMinCapacity = 1024;
  static constexpr size_t kMinCapacityOfMany = 32;
  static constexpr size_t kMaxCapacity = 256 * 1024;
  // The most that a thread keeps, without malloc's and its own 48 bytes for
  // each; as much as of IoBlocks, beside them. Room for one more is made by
  // freeing one of the size that takes most of it.
  static constexpr size_t kMaxFreeBytes = 16 * 1024 * 1024;

  StringPool() = delete;

  // An empty string that `size` bytes fit in.
  static std::string Take(size_t size);

  // As std::string::reserve(), with memory of the pool.
  static void Reserve(std::string& string, size_t size) {
    if (size > string.capacity()) Grow(string, size);
  }

  // Takes the memory of `string`, and leaves it empty, if that is
  // min_capacity() or more; else does nothing.
  static void Give(std::string& string) {
    // A constant, and the rest elsewhere: what is looked up in a thread would
    // have a place in the frame of each coroutine that this is inlined into.
    if (string.capacity() >= kMinCapacityOfMany) GiveIfLargeEnough(string);
  }

  // Whether `size` bytes are worth the memory of `string`, which whoever keeps
  // them would hold on to: a quarter of it.
  static bool IsWorthKeeping(const std::string& string, size_t size) {
    return size >= string.capacity() / 4;
  }

  // From what capacity on it takes this thread's strings, which is a matter of
  // how many connections the thread has.
  static size_t min_capacity() { return min_capacity_; }
  static void SetManyConnections(bool many) {
    min_capacity_ = many ? kMinCapacityOfMany : kMinCapacity;
  }

  // How many bytes wait in this thread's.
  static size_t FreeBytes();

 private:
  static thread_local constinit size_t min_capacity_;

  static void Grow(std::string& string, size_t size);
  static void GiveIfLargeEnough(std::string& string);
  static void Keep(std::string& string);
};

}  // namespace streams::internal

#endif  // STREAMS_TRANSPORT_STRING_POOL_H_
