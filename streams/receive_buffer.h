// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_RECEIVE_BUFFER_H_
#define STREAMS_RECEIVE_BUFFER_H_

#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/strings/string_view.h"
#include "streams/coro/frame_pool.h"
#include "streams/inline_bytes.h"
#include "streams/transport/io_block.h"
#include "streams/transport/string_pool.h"

namespace streams::internal {

// The bytes a StreamReader has received and nobody has read yet: one contiguous
// run, appended at its end and consumed at its beginning.
//
// Consuming moves no bytes: it advances an offset, and the room in front is
// reclaimed when an append needs it, at an amortised cost of one move per byte.
// An empty buffer holds no memory: a connection that idles costs nothing, and
// the next one to receive gets a block that is still in the cache. One that is
// waited for with little in it holds the smallest block there is.
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
  const char* data() const { return storage_.data() + begin_; }
  absl::string_view view() const { return absl::string_view(data(), size()); }

  void Append(absl::string_view bytes) {
    if (ABSL_PREDICT_FALSE(HoldsMemory() || bytes.empty())) {
      return AppendSlowly(bytes);
    }
    storage_.Allocate(bytes.size());
    std::memcpy(storage_.data(), bytes.data(), bytes.size());
    end_ = bytes.size();
  }
  // The same, but `bytes`, not empty, may be taken as it is; else it is left as
  // it was.
  ABSL_ATTRIBUTE_HOT void AppendBlock(std::string&& bytes) {
    if (ABSL_PREDICT_FALSE(HoldsMemory())) {
      if (!empty()) return Append(bytes);
      Release();
    }
    string_ = std::make_unique<PooledString>(std::move(bytes));
    storage_.Borrow(&string_->bytes[0]);
    end_ = string_->bytes.size();
  }

  // Drops the first `count` bytes; `count` must not exceed size().
  void Consume(size_t count) {
    ConsumeInPlace(count);
    if (ABSL_PREDICT_FALSE(begin_ == end_)) Release();
  }

  // The same, but the bytes stay where they are until the next call of anything
  // else that is not const. Memory that an empty buffer holds on to by this is
  // given back by ShrinkToFit(), at the latest.
  void ConsumeInPlace(size_t count) {
    assert(count <= size());
    begin_ += count;
  }

  bool HoldsMemory() const { return storage_.data() != nullptr; }
  // Gives back memory that what is unread has no need of. It is for who is
  // going to wait, for as long as the peer likes: a peer that sends much, and a
  // byte that is not to be read yet, would else hold a block of any size by it.
  void ShrinkToFit();

  // Whether Take(count) would give away the string that the bytes are in, as
  // TakeString() does: where that spares copying the half at least, and the
  // bytes are worth the memory.
  bool GivesString(size_t count) const {
    return begin_ == 0 && ABSL_PREDICT_FALSE(string_ != nullptr) &&
           count >= end_ / 2 &&
           StringPool::IsWorthKeeping(string_->bytes, count);
  }

  // Makes `target` a copy of the first `count` bytes.
  ABSL_ATTRIBUTE_ALWAYS_INLINE void CopyTo(std::string& target,
                                           size_t count) const {
    assert(count <= size());
    if (ABSL_PREDICT_TRUE(count <= target.size())) {
      // As assign(), which is not inline, nor could it be: it may have to grow.
      target.resize(count);
      CopyBytes(&target[0], data(), count);
    } else {
      GrowAndCopyTo(target, count);
    }
  }

  // Removes the first `count` bytes and returns them: as a copy, or as the
  // string that they are in.
  std::string Take(size_t count) {
    assert(count <= size());
    if (GivesString(count)) {
      std::string taken;
      TakeString(taken, count);
      return taken;
    }
    std::string taken(data(), count);
    Consume(count);
    return taken;
  }

  // As Take(), where GivesString(count): `target` becomes the string that the
  // bytes are in. Its own memory goes to the pool.
  ABSL_ATTRIBUTE_HOT void TakeString(std::string& target, size_t count) {
    if (ABSL_PREDICT_FALSE(count < end_)) return TakePart(target, count);
    StringPool::Give(target);
    target = std::move(string_->bytes);
    begin_ = 0;
    end_ = 0;
    storage_.Return();
    string_ = nullptr;
  }

  void Clear() { Consume(size()); }

 private:
  struct PooledString : PoolAllocated {
    explicit PooledString(std::string&& text) : bytes(std::move(text)) {}

    std::string bytes;
  };

  void GrowAndCopyTo(std::string& target, size_t count) const;
  // All but the first bytes to come to a buffer that holds no memory.
  void AppendSlowly(absl::string_view bytes);
  void TakePart(std::string& target, size_t count);
  void MakeRoom(size_t count);
  // Puts what is unread into `storage`.
  void MoveTo(IoBlock storage);
  ABSL_ATTRIBUTE_HOT void Release() {
    begin_ = 0;
    end_ = 0;
    if (ABSL_PREDICT_TRUE(string_ == nullptr)) {
      storage_.Reset();
    } else {
      ReleaseString();
    }
  }
  void ReleaseString();

  // Where the bytes are, if anywhere; borrowed from the string, if that is it.
  IoBlock storage_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::unique_ptr<PooledString> string_;
};

}  // namespace streams::internal

#endif  // STREAMS_RECEIVE_BUFFER_H_
