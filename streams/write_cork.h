// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_WRITE_CORK_H_
#define STREAMS_WRITE_CORK_H_

#include <cstddef>
#include <memory>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/coro/callback.h"
#include "streams/coro/ready_queue.h"
#include "streams/inline_bytes.h"
#include "streams/transport/io_block.h"
#include "streams/transport/transport.h"

namespace streams::internal {

// Keeps small writes for one larger one: see StreamWriter::set_cork(). What it
// holds is bounded, and given to the transport in the next turn at the latest.
// It must be flushed before anything else is done to the transport.
class WriteCork {
 public:
  // Both must outlive it. The transport may be replaced while it holds nothing.
  WriteCork(ReadyQueue& queue, const std::shared_ptr<Transport>& transport)
      : queue_(queue), transport_(transport) {}
  WriteCork(const WriteCork&) = delete;
  WriteCork& operator=(const WriteCork&) = delete;

  // As Transport::Write(). Unless `more_is_coming`, everything goes out now.
  absl::Status Write(absl::string_view bytes, bool more_is_coming);

  // The same where that is quick, and more is coming: adds `bytes` to what it
  // holds already. False, and nothing happens, if it holds nothing, or there is
  // no room.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool Add(absl::string_view bytes) {
    if (!HasRoomFor(bytes)) return false;
    Append(bytes);
    return true;
  }

  // Gives what it holds to the transport.
  void Flush();

 private:
  static constexpr size_t kMaxHeld = 64 * 1024;

  absl::Status Begin();
  // No bytes are too many, after the subtraction.
  bool HasRoomFor(absl::string_view bytes) const {
    return bytes.size() - 1 < room_;
  }
  ABSL_ATTRIBUTE_ALWAYS_INLINE void Append(absl::string_view bytes) {
    CopyBytes(end_, bytes.data(), bytes.size());
    end_ += bytes.size();
    room_ -= bytes.size();
  }

  ReadyQueue& queue_;
  const std::shared_ptr<Transport>& transport_;
  IoBlock held_;         // None unless it holds something,
  char* end_ = nullptr;  // up to here,
  size_t room_ = 0;      // and what more it may; 0 if it holds nothing.
  MethodCallback<&WriteCork::Flush> flush_callback_{*this};
};

}  // namespace streams::internal

#endif  // STREAMS_WRITE_CORK_H_
