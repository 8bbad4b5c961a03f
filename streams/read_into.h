// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READ_INTO_H_
#define STREAMS_READ_INTO_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "streams/read_awaiter.h"
#include "streams/transport/string_pool.h"

namespace streams {

// What Into() makes of a reading call that gives a string, so that its bytes
// come into a string of the caller's, whose memory is used again:
//
//   std::string line;
//   for (;;) {
//     STREAMS_CO_RETURN_IF_ERROR(co_await reader->ReadLine().Into(line));
//     if (line.empty()) break;  // EOF.
//
// Of StreamReader::Read(), ReadLine(), ReadExactly() and ReadUntil(), and in
// all else as they are: what it waits for, its errors, EOF, cancellation.
//
// The string: its content is replaced when the call ends. After an error,
//   kCancelled too, it is empty: what an earlier call has read can't be taken
//   for what this one did (but see Lifetime for a call that never began). Bytes
//   are copied, without an allocation if its capacity suffices; where the plain
//   call would give away the memory in which they were received (messages of
//   512 bytes and more), it is given that, and its own serves to receive the
//   next ones.
// While the call waits: if the string has 1 KiB of capacity or more, its memory
//   is lent to others, and it is empty; in the end it is given as much as it
//   needs. So a connection that idles holds no such memory. In a thread with
//   more than 128 connections, that is so from 32 bytes on.
// Lifetime: the string must live until the await is over. A call that is
//   cancelled is over when the await returns kCancelled, a turn after Cancel();
//   one whose task is dropped is over at once, and leaves it as it was (empty,
//   if it was lent). One that is cancelled before it begins, as by WaitFor()
//   with no time at all, never has the string: it stays as it was.
// A second concurrent call may be given the same string: it has then what came
//   last.
//
// Not in asyncio; the readinto() of Python's io is its model.
template <class Operation>
class [[nodiscard]] ReadInto final {
 public:
  ReadInto(Operation&& operation, std::string& target)
      : operation_(std::move(operation)), target_(target) {}

  auto operator co_await() { return internal::ReadAwaiter(*this); }

 private:
  friend class internal::ReadAwaiter<ReadInto>;

  ABSL_ATTRIBUTE_ALWAYS_INLINE size_t CountAtOnce() const {
    return operation_.CountAtOnce();
  }
  bool Start() { return operation_.Start(); }
  void End() { operation_.End(); }
  template <class Handle>
  void Suspend(Handle handle) {
    internal::StringPool::Give(target_);
    operation_.Suspend(handle);
  }
  size_t Count() const { return operation_.Count(); }
  ABSL_ATTRIBUTE_ALWAYS_INLINE absl::Status TakeBytes(size_t count) {
    operation_.TakeBytesInto(target_, count);
    return absl::OkStatus();
  }
  absl::Status TakeResult() { return operation_.TakeResultInto(target_); }

  Operation operation_;
  std::string& target_;
};

}  // namespace streams

#endif  // STREAMS_READ_INTO_H_
