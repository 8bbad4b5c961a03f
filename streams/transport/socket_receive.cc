// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/socket_receive.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/numeric/bits.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/os/receive_string.h"
#include "streams/os/socket.h"
#include "streams/transport/io_block.h"
#include "streams/transport/string_pool.h"

namespace streams::internal {
namespace {

// asyncio: _SelectorTransport.max_size.
constexpr size_t kMaxReadSize = 256 * 1024;

// What comes in smaller pieces is cheaper to copy than to prepare for.
constexpr size_t kLargeReceive = 4096;

// Where recv() puts bytes before the protocol sees them: one for all transports
// of a thread, since a view of it is given away only during DataReceived.
char* ReadScratch() {
  thread_local const IoBlock scratch(kMaxReadSize);
  return scratch.data();
}

// Makes room for a little more than what came the last time. What is more than
// that has to be copied, for once; where it is much less, the string isn't
// worth its memory.
ssize_t ReceiveLarge(Protocol& protocol, int fd, size_t last,
                     absl::Status* status) {
  const size_t expected = std::min(absl::bit_ceil(last + 1), kMaxReadSize);
  char* const scratch = ReadScratch();
  std::string block = StringPool::Take(expected);
  const ssize_t count = os::ReceiveString(
      fd, expected, &block, absl::MakeSpan(scratch, kMaxReadSize - expected));
  if (count > 0) {
    if (block.size() < block.capacity() / 4) {
      *status = protocol.DataReceived(block);
    } else {
      StringPool::Reserve(block, static_cast<size_t>(count));
      block.append(scratch, static_cast<size_t>(count) - block.size());
      *status = protocol.BlockReceived(std::move(block));
    }
  }
  const int error = errno;  // The caller's, whatever the pool does.
  StringPool::Give(block);  // Unless the protocol took it.
  errno = error;
  return count;
}

}  // namespace

ssize_t ReceiveFor(Protocol& protocol, int fd, size_t expected,
                   absl::Status* status) {
  if (expected >= kLargeReceive) {
    return ReceiveLarge(protocol, fd, expected, status);
  }
  char* const scratch = ReadScratch();
  const ssize_t count = os::Receive(fd, scratch, kMaxReadSize);
  if (count > 0) {
    *status = protocol.DataReceived(
        absl::string_view(scratch, static_cast<size_t>(count)));
  }
  return count;
}

}  // namespace streams::internal
