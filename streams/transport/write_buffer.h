// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_WRITE_BUFFER_H_
#define STREAMS_TRANSPORT_WRITE_BUFFER_H_

#include <cstddef>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/coro/frame_pool.h"
#include "streams/transport/io_block.h"

namespace streams {

// The bytes that were written to a transport and that the kernel has not taken
// yet, in order. Small writes share a block; a large one gets its own, so that
// nothing is ever moved to grow. An empty buffer holds no memory, and takes no
// more than a pointer: most connections have nothing to write.
class WriteBuffer {
 public:
  WriteBuffer() = default;
  ~WriteBuffer() = default;
  WriteBuffer(const WriteBuffer&) = delete;
  WriteBuffer& operator=(const WriteBuffer&) = delete;

  size_t size() const { return chain_ == nullptr ? 0 : chain_->size; }
  bool empty() const { return chain_ == nullptr; }

  // Copies `bytes` to the end.
  void Append(absl::string_view bytes);

  // Fills `pieces` with the first bytes, for one vectored write, and returns
  // how many pieces there are. They are valid until the next non-const call.
  size_t Front(absl::Span<absl::string_view> pieces) const;

  // Drops the first `count` bytes; `count` must not exceed size().
  void Consume(size_t count);

  void Clear() { chain_ = nullptr; }

 private:
  static constexpr size_t kBlockCapacity = 16 * 1024;

  struct Block {
    explicit Block(size_t size) : bytes(size) {}

    std::unique_ptr<Block> next;
    internal::IoBlock bytes;
    size_t begin = 0;
    size_t end = 0;
  };

  struct Chain : public internal::PoolAllocated {
    Chain() = default;
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;
    ~Chain();

    std::unique_ptr<Block> first;
    Block* last = nullptr;
    size_t size = 0;
  };

  std::unique_ptr<Chain> chain_;  // Null when it is empty.
};

}  // namespace streams

#endif  // STREAMS_TRANSPORT_WRITE_BUFFER_H_
