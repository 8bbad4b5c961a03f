// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_RECEIVE_BUFFER_H_
#define STREAMS_RECEIVE_BUFFER_H_

#include <cassert>
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
//
// What was appended as a string to an empty buffer stays that string, so that
// it can be taken again as a whole without a copy.
class ReceiveBuffer {
 public:
  ReceiveBuffer() = default;
  ReceiveBuffer(const ReceiveBuffer&) = delete;
  ReceiveBuffer& operator=(const ReceiveBuffer&) = delete;

  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  // Everything that is unread. Valid until the next non-const call.
  absl::string_view view() const {
    return absl::string_view(data_ + begin_, size());
  }

  void Append(absl::string_view bytes);
  // `bytes` is not empty.
  void AppendBlock(std::string bytes);

  // Drops the first `count` bytes; `count` must not exceed size().
  void Consume(size_t count) {
    assert(count <= size());
    begin_ += count;
    if (begin_ == end_) Release();
  }

  // Removes the first `count` bytes and returns them: as a copy, or as the
  // string that they are in.
  std::string Take(size_t count) {
    assert(count <= size());
    if (is_string_ && begin_ == 0 && count >= size() / 2) {
      return TakeString(count);
    }
    std::string taken(data_ + begin_, count);
    Consume(count);
    return taken;
  }

  void Clear() { Consume(size()); }

 private:
  void MakeRoom(size_t count);
  std::string TakeString(size_t count);
  void Release() {
    begin_ = 0;
    end_ = 0;
    if (is_string_) {
      ReleaseString();
    } else {
      storage_.Reset();
    }
  }
  void ReleaseString();

  // Where the bytes are: in one of the two.
  char* data_ = nullptr;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool is_string_ = false;
  IoBlock storage_;
  std::string string_;
};

}  // namespace streams::internal

#endif  // STREAMS_RECEIVE_BUFFER_H_
