// SPDX-License-Identifier: Apache-2.0
#include "streams/os/path_status.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/os/error.h"

namespace streams {

absl::StatusOr<PathStatus> GetPathStatus(const std::string& path) {
  struct stat information;
  if (::stat(path.c_str(), &information) != 0) return OsError(errno);
  PathStatus result;
  result.is_socket = S_ISSOCK(information.st_mode);
  result.device = information.st_dev;
  result.inode = information.st_ino;
  return result;
}

absl::Status RemovePath(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return OsError(errno);
  return absl::OkStatus();
}

}  // namespace streams
