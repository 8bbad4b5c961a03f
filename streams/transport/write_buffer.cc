// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/write_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>
#include <utility>

namespace streams {

void WriteBuffer::Append(absl::string_view bytes) {
  if (bytes.empty()) return;
  if (chain_ == nullptr) chain_ = std::make_unique<Chain>();
  chain_->size += bytes.size();
  while (!bytes.empty()) {
    Block* last = chain_->last;
    if (last == nullptr || last->end == last->bytes.capacity()) {
      auto block =
          std::make_unique<Block>(std::max(kBlockCapacity, bytes.size()));
      chain_->last = block.get();
      (last == nullptr ? chain_->first : last->next) = std::move(block);
      last = chain_->last;
    }
    const size_t count =
        std::min(bytes.size(), last->bytes.capacity() - last->end);
    std::memcpy(last->bytes.data() + last->end, bytes.data(), count);
    last->end += count;
    bytes.remove_prefix(count);
  }
}

size_t WriteBuffer::Front(absl::Span<absl::string_view> pieces) const {
  if (chain_ == nullptr) return 0;
  size_t count = 0;
  for (const Block* block = chain_->first.get();
       block != nullptr && count < pieces.size(); block = block->next.get()) {
    pieces[count++] = absl::string_view(block->bytes.data() + block->begin,
                                        block->end - block->begin);
  }
  return count;
}

void WriteBuffer::Consume(size_t count) {
  assert(count <= size());
  if (count == size()) {
    Clear();
    return;
  }
  chain_->size -= count;
  while (count > 0) {
    Block& first = *chain_->first;
    const size_t taken = std::min(count, first.end - first.begin);
    first.begin += taken;
    count -= taken;
    // There is another one: bytes are left.
    if (first.begin == first.end) chain_->first = std::move(first.next);
  }
}

WriteBuffer::Chain::~Chain() {
  // One block after the other: destroying the first would recurse once for
  // every block.
  while (first != nullptr) first = std::move(first->next);
}

}  // namespace streams
