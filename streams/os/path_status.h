// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_PATH_STATUS_H_
#define STREAMS_OS_PATH_STATUS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace streams {

// What a server wants to know about the path of its Unix socket: whether what
// is there is a socket, and whether it is still the one that it made.
struct PathStatus {
  bool is_socket = false;
  uint64_t device = 0;
  uint64_t inode = 0;
};

// Follows symbolic links. kFileNotFound if there is nothing. [os.stat]
absl::StatusOr<PathStatus> GetPathStatus(const std::string& path);

// [os.unlink]
absl::Status RemovePath(const std::string& path);

}  // namespace streams

#endif  // STREAMS_OS_PATH_STATUS_H_
