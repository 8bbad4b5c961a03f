// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_CHILD_PROCESS_H_
#define CONFORMANCE_RUNNER_CHILD_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "conformance/runner/command_line.h"
#include "conformance/runner/deadline.h"

namespace conformance {

// A program in a process group of its own, with a pipe at each of its three
// standard descriptors. Its descendants are killed with it.
//
// May be used from any one thread. A signal that ends this program (SIGINT,
// SIGQUIT, SIGTERM, SIGHUP) kills the groups of all that still run.
class ChildProcess {
 public:
  // NotFound or another code of the operating system: it could not be started.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(
      const CommandLine& command);

  // Kills the whole process group, and collects the child.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Non-blocking ends of the pipes; -1 once closed.
  int stdin_fd() const { return stdin_; }
  int stdout_fd() const { return stdout_; }
  int stderr_fd() const { return stderr_; }
  void CloseStdin();
  void CloseStdout();
  void CloseStderr();

  // Waits for the end of the child. The wait status of waitpid(2), or nothing
  // if it still runs when the deadline has passed.
  std::optional<int> Wait(Deadline deadline);

  // SIGKILL to the group.
  void Kill();

 private:
  explicit ChildProcess(pid_t pid);

  bool Collect();

  pid_t pid_;
  int pid_fd_;
  int stdin_ = -1;
  int stdout_ = -1;
  int stderr_ = -1;
  std::optional<int> wait_status_;
};

// "exited with status 3", "was killed by signal 11 (Segmentation fault)".
std::string DescribeWaitStatus(int wait_status);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_CHILD_PROCESS_H_
