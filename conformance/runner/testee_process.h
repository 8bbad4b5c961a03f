// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_TESTEE_PROCESS_H_
#define CONFORMANCE_RUNNER_TESTEE_PROCESS_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "conformance/runner/child_process.h"
#include "conformance/runner/deadline.h"

namespace conformance {

// How a testee misbehaved, as far as the transport can tell.
enum class TesteeFailureKind {
  kCouldNotStart,
  kCrash,          // It exited, or a signal killed it.
  kTimeout,        // It did not answer within the deadline.
  kProtocolError,  // It printed something else, or closed its output.
};

struct TesteeFailure {
  TesteeFailureKind kind;
  std::string description;  // A sentence whose subject is "the testee".
};

// A testee program and the lines exchanged with it (README of
// conformance/protocol, "Transport").
//
// A failure is final: the process is killed, and every later call fails in the
// same way. Make a new TesteeProcess to go on. May be used from any one thread.
class TesteeProcess {
 public:
  // At most so much of standard error is kept: the end of it.
  static constexpr std::size_t kMaximumStderr = 64 * 1024;
  static constexpr std::size_t kMaximumLine = 16 * 1024 * 1024;

  // Never null: a program that could not be started has a failure().
  static std::unique_ptr<TesteeProcess> Start(
      const CommandLine& command, std::chrono::milliseconds deadline);

  // Writes `line` and a line feed. False: see failure(). What the testee prints
  // meanwhile is read, so that the two never wait for each other.
  bool SendLine(absl::string_view line);

  // When an answer that is waited for from now on is too late.
  Deadline NewDeadline() const { return Deadline::After(deadline_); }

  // The next line, without its line feed; nothing: see failure(), to which the
  // deadline belongs.
  std::optional<std::string> ReceiveLine() {
    return ReceiveLine(NewDeadline());
  }
  std::optional<std::string> ReceiveLine(Deadline deadline);

  // Reports what was found wrong with a line: the testee is killed.
  void Fail(TesteeFailureKind kind, std::string description);

  // Ends its input, and waits for it to exit by itself: status 0 is expected.
  // Kills it after the deadline.
  bool Shutdown();

  const std::optional<TesteeFailure>& failure() const { return failure_; }

  // What it wrote on standard error since the last call; its end, if it was
  // more than kMaximumStderr.
  std::string TakeStderr();

 private:
  explicit TesteeProcess(std::chrono::milliseconds deadline)
      : deadline_(deadline) {}

  // Waits until something can be read, or written if `to_write`, and does it.
  // False: the deadline passed.
  bool Poll(Deadline deadline, absl::string_view* to_write);
  // The same, with the deadline as a failure. False: see failure().
  bool Exchange(Deadline deadline, absl::string_view* to_write);
  void FailAtDeadline();
  void ReadStdout();
  void ReadStderr();
  void FailAtEndOfOutput();

  std::chrono::milliseconds deadline_;
  std::unique_ptr<ChildProcess> child_;
  absl::string_view unread() const {
    return absl::string_view(output_).substr(consumed_);
  }

  std::string output_;
  std::size_t consumed_ = 0;  // So much of output_ has been handed out.
  std::size_t searched_ = 0;  // No line feed between consumed_ and this.
  bool output_ended_ = false;
  std::string stderr_;
  std::optional<TesteeFailure> failure_;
};

// At most 200 characters of `line`, unprintable ones escaped, in quotes.
std::string QuoteLine(absl::string_view line);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_TESTEE_PROCESS_H_
