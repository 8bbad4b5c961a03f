// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/write_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>
#include <utility>

namespace streams {

void WriteBuffer::Append(absl::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (last_ == nullptr || last_->end == last_->bytes.capacity()) {
      auto block =
          std::make_unique<Block>(std::max(kBlockCapacity, bytes.size()));
      Block* const added = block.get();
      (last_ == nullptr ? first_ : last_->next) = std::move(block);
      last_ = added;
    }
    const size_t count =
        std::min(bytes.size(), last_->bytes.capacity() - last_->end);
    std::memcpy(last_->bytes.data() + last_->end, bytes.data(), count);
    last_->end += count;
    bytes.remove_prefix(count);
  }
}

size_t WriteBuffer::Front(absl::Span<absl::string_view> pieces) const {
  size_t count = 0;
  for (const Block* block = first_.get();
       block != nullptr && count < pieces.size(); block = block->next.get()) {
    pieces[count++] = absl::string_view(block->bytes.data() + block->begin,
                                        block->end - block->begin);
  }
  return count;
}

void WriteBuffer::Consume(size_t count) {
  assert(count <= size_);
  size_ -= count;
  while (count > 0) {
    const size_t taken = std::min(count, first_->end - first_->begin);
    first_->begin += taken;
    count -= taken;
    if (first_->begin < first_->end) break;
    first_ = std::move(first_->next);
    if (first_ == nullptr) last_ = nullptr;
  }
}

void WriteBuffer::Clear() {
  // One block after the other: destroying the chain from its head would recurse
  // once for every block.
  while (first_ != nullptr) first_ = std::move(first_->next);
  last_ = nullptr;
  size_ = 0;
}

}  // namespace streams
