// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/send_pieces.h"

#include <array>
#include <cerrno>
#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/os/socket.h"

namespace streams::internal {

ssize_t SendPieces(int fd, absl::Span<const absl::string_view> pieces) {
  ssize_t total = 0;
  size_t next = 0;
  size_t used = 0;
  while (used < kMaxPiecesOfAWrite) {
    std::array<absl::string_view, os::kMaxPieces> batch;
    size_t count = 0;
    size_t size = 0;
    static_assert(kMaxPiecesOfAWrite % os::kMaxPieces == 0);
    for (; next < pieces.size() && count < batch.size(); ++next) {
      if (pieces[next].empty()) continue;
      batch[count++] = pieces[next];
      size += pieces[next].size();
    }
    if (count == 0) break;
    used += count;
    const ssize_t sent =
        os::SendVector(fd, absl::MakeConstSpan(batch.data(), count));
    // An error, which the kernel tells but once, counts more than what went.
    if (sent < 0) return total > 0 && os::WouldBlock(errno) ? total : -1;
    total += sent;
    if (static_cast<size_t>(sent) < size) break;
  }
  return total;
}

}  // namespace streams::internal
