// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/testee_process.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace conformance {
namespace {

// How long a process that closed its output may take to exit, so that a crash
// is reported as one, with its status.
constexpr std::chrono::milliseconds kExitGrace{1000};

std::string Seconds(std::chrono::milliseconds duration) {
  return absl::StrCat(static_cast<double>(duration.count()) / 1000.0, " s");
}

}  // namespace

std::string QuoteLine(absl::string_view line) {
  constexpr std::size_t kShown = 200;
  const bool cut = line.size() > kShown;
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(line.substr(0, kShown)),
                      cut ? "\"…" : "\"");
}

std::unique_ptr<TesteeProcess> TesteeProcess::Start(
    const CommandLine& command, std::chrono::milliseconds deadline) {
  auto process = std::unique_ptr<TesteeProcess>(new TesteeProcess(deadline));
  absl::StatusOr<std::unique_ptr<ChildProcess>> child =
      ChildProcess::Start(command);
  if (child.ok()) {
    process->child_ = *std::move(child);
  } else {
    process->Fail(TesteeFailureKind::kCouldNotStart,
                  std::string(child.status().message()));
  }
  return process;
}

void TesteeProcess::Fail(TesteeFailureKind kind, std::string description) {
  if (failure_.has_value()) return;
  failure_ = TesteeFailure{kind, std::move(description)};
  if (child_ == nullptr) return;
  child_->Kill();
  ReadStderr();
}

void TesteeProcess::ReadStdout() {
  std::array<char, 65536> buffer;
  while (child_->stdout_fd() >= 0) {
    const ssize_t count =
        read(child_->stdout_fd(), buffer.data(), buffer.size());
    if (count > 0) {
      output_.append(buffer.data(), static_cast<std::size_t>(count));
      // More than a line is taken only as the lines are asked for: a testee
      // that floods its output must not fill our memory.
      if (unread().size() > kMaximumLine) return;
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      output_ended_ = true;
      child_->CloseStdout();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

void TesteeProcess::ReadStderr() {
  std::array<char, 65536> buffer;
  // Bounded: a testee may write faster than this reads.
  for (int round = 0; round < 16 && child_->stderr_fd() >= 0; ++round) {
    const ssize_t count =
        read(child_->stderr_fd(), buffer.data(), buffer.size());
    if (count > 0) {
      stderr_.append(buffer.data(), static_cast<std::size_t>(count));
      if (stderr_.size() > 2 * kMaximumStderr) {
        stderr_.erase(0, stderr_.size() - kMaximumStderr);
      }
    } else if (count == 0) {
      child_->CloseStderr();
    } else {
      return;
    }
  }
}

void TesteeProcess::FailAtEndOfOutput() {
  const std::optional<int> status =
      child_->Wait(Deadline::After(std::min(deadline_, kExitGrace)));
  if (status.has_value()) {
    std::string text = DescribeWaitStatus(*status);
    if (!unread().empty()) {
      absl::StrAppend(&text, ", having printed ", QuoteLine(unread()));
    }
    Fail(TesteeFailureKind::kCrash, std::move(text));
  } else {
    Fail(TesteeFailureKind::kProtocolError,
         "closed its standard output, and runs on");
  }
}

bool TesteeProcess::Poll(Deadline deadline, absl::string_view* to_write) {
  std::array<pollfd, 3> descriptors = {{
      {child_->stdout_fd(), POLLIN, 0},
      {child_->stderr_fd(), POLLIN, 0},
      {to_write != nullptr ? child_->stdin_fd() : -1, POLLOUT, 0},
  }};
  if (poll(descriptors.data(), descriptors.size(), deadline.PollTimeout()) ==
      0) {
    return false;
  }
  if (descriptors[1].revents != 0) ReadStderr();
  if (descriptors[0].revents != 0) ReadStdout();
  if (descriptors[2].revents != 0) {
    const ssize_t count =
        write(child_->stdin_fd(), to_write->data(), to_write->size());
    if (count >= 0) {
      to_write->remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EAGAIN && errno != EINTR) {
      // It died, or closed its input.
      FailAtEndOfOutput();
    }
  }
  return true;
}

bool TesteeProcess::Exchange(Deadline deadline, absl::string_view* to_write) {
  if (!Poll(deadline, to_write)) {
    // A child of its own may hold the pipe open after it has died.
    if (const std::optional<int> status = child_->Wait(deadline)) {
      Fail(TesteeFailureKind::kCrash, DescribeWaitStatus(*status));
    } else {
      FailAtDeadline();
    }
  }
  return !failure_.has_value();
}

void TesteeProcess::FailAtDeadline() {
  Fail(TesteeFailureKind::kTimeout,
       absl::StrCat("did not answer within ", Seconds(deadline_)));
}

bool TesteeProcess::SendLine(absl::string_view line) {
  if (failure_.has_value()) return false;
  const std::string text = absl::StrCat(line, "\n");
  absl::string_view rest = text;
  // Nearly always there is room.
  if (const ssize_t count = write(child_->stdin_fd(), rest.data(), rest.size());
      count > 0) {
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  const Deadline deadline = NewDeadline();
  while (!rest.empty()) {
    if (unread().size() > kMaximumLine) {
      Fail(TesteeFailureKind::kProtocolError,
           absl::StrCat("floods its standard output: ", QuoteLine(unread())));
    }
    if (failure_.has_value() || !Exchange(deadline, &rest)) return false;
  }
  return true;
}

std::optional<std::string> TesteeProcess::ReceiveLine(Deadline deadline) {
  // There may be a line: one more that is no answer.
  if (deadline.passed()) FailAtDeadline();
  while (!failure_.has_value()) {
    const std::size_t end = output_.find('\n', searched_);
    if (end != std::string::npos) {
      std::string line = output_.substr(consumed_, end - consumed_);
      consumed_ = searched_ = end + 1;
      return line;
    }
    output_.erase(0, std::exchange(consumed_, 0));
    searched_ = output_.size();
    if (output_.size() > kMaximumLine) {
      Fail(TesteeFailureKind::kProtocolError,
           absl::StrCat("printed a line of more than ", kMaximumLine,
                        " bytes: ", QuoteLine(output_)));
    } else if (output_ended_) {
      FailAtEndOfOutput();
    } else {
      Exchange(deadline, nullptr);
    }
  }
  return std::nullopt;
}

bool TesteeProcess::Shutdown() {
  if (failure_.has_value()) return false;
  child_->CloseStdin();
  const Deadline deadline = NewDeadline();
  // Its output is read to the end: a full pipe must not keep it from exiting.
  while (!output_ended_ && !deadline.passed()) {
    output_.clear();
    consumed_ = searched_ = 0;
    Poll(deadline, nullptr);
  }
  const std::optional<int> status = child_->Wait(deadline);
  if (status == 0) return true;
  if (status.has_value()) {
    Fail(TesteeFailureKind::kCrash,
         absl::StrCat(DescribeWaitStatus(*status), " at the end of its input"));
  } else {
    Fail(TesteeFailureKind::kTimeout,
         absl::StrCat("did not exit within ", Seconds(deadline_),
                      " of the end of its input"));
  }
  return false;
}

std::string TesteeProcess::TakeStderr() {
  if (child_ != nullptr) ReadStderr();
  if (stderr_.size() > kMaximumStderr) {
    stderr_.erase(0, stderr_.size() - kMaximumStderr);
  }
  return std::exchange(stderr_, std::string());
}

}  // namespace conformance
