// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_SEND_PIECES_H_
#define STREAMS_TRANSPORT_SEND_PIECES_H_

#include <sys/types.h>

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace streams::internal {

// As many as asyncio gives to one sendmsg(); what is behind them waits in the
// write buffer. [selector_events.SC_IOV_MAX]
inline constexpr size_t kMaxPiecesOfAWrite = 1024;

// Sends `pieces` on a non-blocking socket, straight from where they are: no
// copy, no allocation. Returns how many bytes went; less than all when the
// kernel takes no more, or when there are more than kMaxPiecesOfAWrite that are
// not empty. -1 and errno at an error, also behind some that went; EAGAIN only
// if none did.
ssize_t SendPieces(int fd, absl::Span<const absl::string_view> pieces);

}  // namespace streams::internal

#endif  // STREAMS_TRANSPORT_SEND_PIECES_H_
