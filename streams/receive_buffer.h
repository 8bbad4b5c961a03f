// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_RECEIVE_BUFFER_H_
#define STREAMS_RECEIVE_BUFFER_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "streams/transport/io_block.h"

namespace streams::internal {

// The bytes a StreamReader has received and nobody has read yet: one contiguous
// run, appended at its end and consumed at its beginning.
//
// Consuming moves no bytes: it advances an offset, and the room in front is
// reclaimed when an append needs it, at an amortised cost of one move per byte.
// An empty buffer holds no memory: a connection that idles costs nothing, and
// the next one to receive gets a block that is still in the cache.
class ReceiveBuffer {
 public:
  ReceiveBuffer() = default;
  ReceiveBuffer(const ReceiveBuffer&) = delete;
  ReceiveBuffer& operator=(const ReceiveBuffer&) = delete;

  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  // Everything that is unread. Valid until the next non-const call.
  absl::string_view view() const {
    return absl::string_view(storage_.data() + begin_, size());
  }

  void Append(absl::string_view bytes);

  // Drops the first `count` bytes; `count` must not exceed size().
  void Consume(size_t count);

  // Removes the first `count` bytes and returns a copy of them.
  std::string Take(size_t count);

  void Clear() { Consume(size()); }

 private:
  void MakeRoom(size_t count);

  IoBlock storage_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace streams::internal

#endif  // STREAMS_RECEIVE_BUFFER_H_
