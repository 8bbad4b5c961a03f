// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_APPEND_FILE_H_
#define STREAMS_OS_APPEND_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/os/fd.h"

namespace streams::os {

// A file that grows at its end, for secrets: made readable and writable for
// its owner only. Several threads, and processes, may append lines.
class AppendFile {
 public:
  bool is_open() const { return fd_.valid(); }

  // Makes the file if there is none. The file that was open is kept if this
  // fails. [open(path, "a")]
  absl::Status Open(const std::string& path);

  // Appends `line` and a newline in one piece; does nothing when none is open.
  // A line that does not fit on the disk is lost.
  void AppendLine(absl::string_view line);

 private:
  Fd fd_;
};

}  // namespace streams::os

#endif  // STREAMS_OS_APPEND_FILE_H_
