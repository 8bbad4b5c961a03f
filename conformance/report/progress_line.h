// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_REPORT_PROGRESS_LINE_H_
#define CONFORMANCE_REPORT_PROGRESS_LINE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace conformance {

// One line on a terminal which says how far the run is, and is rewritten. Not a
// character goes to anything but a terminal. Calls must not be concurrent.
class ProgressLine {
 public:
  // Writes to `fd`, if that is a terminal.
  ProgressLine(int fd, int total);
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Finished(absl::string_view id);
  void Clear();

 private:
  void Write(const std::string& text);

  const int fd_;
  const int total_;
  bool active_;
  int finished_ = 0;
};

// "[ 12/131] read/at-eof", cut to `columns`.
std::string FormatProgress(int finished, int total, absl::string_view id,
                           int columns);

}  // namespace conformance

#endif  // CONFORMANCE_REPORT_PROGRESS_LINE_H_
