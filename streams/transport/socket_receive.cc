// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/socket_receive.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/numeric/bits.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/os/receive_string.h"
#include "streams/os/socket.h"
#include "streams/transport/hand_over.h"
#include "streams/transport/io_block.h"
#include "streams/transport/string_pool.h"

namespace streams::internal {
namespace {

// Where recv() puts bytes before the protocol sees them: one for all transports
// of a thread, since a view of it is given away only during DataReceived.
char* ReadScratch() {
  thread_local const IoBlock scratch(kMaxReceived);
  return scratch.data();
}

// What is more than was expected has to be copied, for once. Nothing more, EOF
// and errors: the next call will see them.
ABSL_ATTRIBUTE_NOINLINE ssize_t ReceiveRest(int fd, std::string& block,
                                            size_t most) {
  // Not recv() at once: it would take SO_ERROR with it, and leave an EOF.
  if (!os::HasBytes(fd)) return 0;
  char* const scratch = ReadScratch();
  const ssize_t count = os::Receive(fd, scratch, most - block.size());
  if (count <= 0) return 0;
  StringPool::Reserve(block, block.size() + static_cast<size_t>(count));
  block.append(scratch, static_cast<size_t>(count));
  return count;
}

// Makes room for a little more than what came the last time.
ABSL_ATTRIBUTE_HOT ABSL_ATTRIBUTE_NOINLINE absl::Status ReceiveLarge(
    Protocol& protocol, int fd, size_t last, size_t most, ssize_t* count) {
  const size_t expected = std::min(absl::bit_ceil(last + 1), most);
  std::string block = StringPool::Take(expected);
  // Of somebody else's it may have more.
  const size_t room = std::min(block.capacity(), most);
  *count = os::ReceiveString(fd, room, &block);
  if (ABSL_PREDICT_FALSE(*count <= 0)) {
    const int error = errno;  // The caller's, whatever the pool does.
    StringPool::Give(block);
    errno = error;
    return absl::OkStatus();
  }
  if (ABSL_PREDICT_FALSE(block.size() == room && room < most)) {
    *count += ReceiveRest(fd, block, most);
  }
  return HandOver(protocol, block);
}

}  // namespace

ABSL_ATTRIBUTE_HOT absl::Status ReceiveFor(Protocol& protocol, int fd,
                                           size_t expected, size_t most,
                                           ssize_t* count) {
  if (expected >= kHandedOverBytes) {
    return ReceiveLarge(protocol, fd, expected, most, count);
  }
  char* const scratch = ReadScratch();
  *count = os::Receive(fd, scratch, most);
  if (ABSL_PREDICT_FALSE(*count <= 0)) return absl::OkStatus();
  return protocol.DataReceived(
      absl::string_view(scratch, static_cast<size_t>(*count)));
}

}  // namespace streams::internal
