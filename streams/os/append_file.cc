// SPDX-License-Identifier: Apache-2.0
#include "streams/os/append_file.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "streams/os/error.h"

namespace streams::os {

absl::Status AppendFile::Open(const std::string& path) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return OsError(errno);
  fd_ = std::move(fd);
  return absl::OkStatus();
}

void AppendFile::AppendLine(absl::string_view line) {
  if (!is_open()) return;
  const std::string whole = absl::StrCat(line, "\n");
  // One call: with O_APPEND, lines of several writers do not mix.
  ssize_t written;
  do {
    written = ::write(fd_.get(), whole.data(), whole.size());
  } while (written < 0 && errno == EINTR);
}

}  // namespace streams::os
