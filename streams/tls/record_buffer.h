// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_RECORD_BUFFER_H_
#define STREAMS_TLS_RECORD_BUFFER_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "streams/transport/io_block.h"

namespace streams::internal {

// Bytes that are appended at the end and taken from the front, in one piece, so
// that they can be sent in one call. Holds no memory while it is empty.
class RecordBuffer {
 public:
  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  // Valid until the next call that changes it.
  absl::string_view bytes() const { return {block_.data() + begin_, size()}; }

  void Append(absl::string_view bytes);
  // Makes room for `size` more bytes, to be appended in several steps.
  void Reserve(size_t size);
  // `count` must not exceed size().
  void Consume(size_t count);
  void Clear();

 private:
  IoBlock block_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace streams::internal

#endif  // STREAMS_TLS_RECORD_BUFFER_H_
