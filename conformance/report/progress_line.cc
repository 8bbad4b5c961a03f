// SPDX-License-Identifier: Apache-2.0
#include "conformance/report/progress_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace conformance {
namespace {

int ColumnsOf(int fd) {
  winsize size = {};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

std::string FormatProgress(int finished, int total, absl::string_view id,
                           int columns) {
  const int width = static_cast<int>(absl::StrCat(total).size());
  const std::string text =
      absl::StrFormat("[%*d/%d] %s", width, finished, total, id);
  return text.substr(0,
                     static_cast<std::size_t>(columns > 1 ? columns - 1 : 1));
}

ProgressLine::ProgressLine(int fd, int total)
    : fd_(fd), total_(total), active_(isatty(fd) == 1) {}

void ProgressLine::Finished(absl::string_view id) {
  ++finished_;
  if (!active_) return;
  Write(absl::StrCat("\r\x1b[K",
                     FormatProgress(finished_, total_, id, ColumnsOf(fd_))));
}

void ProgressLine::Clear() {
  if (active_ && finished_ > 0) Write("\r\x1b[K");
}

void ProgressLine::Write(const std::string& text) {
  // A terminal that is gone is no reason to stop.
  if (write(fd_, text.data(), text.size()) < 0) active_ = false;
}

}  // namespace conformance
