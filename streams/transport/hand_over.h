// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_HAND_OVER_H_
#define STREAMS_TRANSPORT_HAND_OVER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "streams/transport/protocol.h"
#include "streams/transport/string_pool.h"

namespace streams::internal {

// From so many bytes on, what arrives is put into a string of the pool, to be
// handed over; what is less is cheaper to copy than to prepare for.
inline constexpr size_t kHandedOverBytes = 512;

// Gives `protocol` what `block`, of the pool and not empty, was filled with:
// the string itself, which it may keep; or the bytes, if they aren't worth its
// memory. What the protocol leaves goes back to the pool.
inline absl::Status HandOver(Protocol& protocol, std::string& block) {
  absl::Status status = StringPool::IsWorthKeeping(block, block.size())
                            ? protocol.BlockReceived(std::move(block))
                            : protocol.DataReceived(block);
  StringPool::Give(block);
  return status;
}

}  // namespace streams::internal

#endif  // STREAMS_TRANSPORT_HAND_OVER_H_
