// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

extern char** environ;

namespace conformance {
namespace {

// The groups that a signal handler has to kill. A fixed array of atomics, since
// a handler may neither allocate nor lock.
std::array<std::atomic<pid_t>, 256> running_groups;

void KillRunningGroups(int signal_number) {
  for (std::atomic<pid_t>& group : running_groups) {
    const pid_t pid = group.load();
    if (pid > 0) kill(-pid, SIGKILL);
  }
  // SA_RESETHAND restored the default action, which ends this program.
  raise(signal_number);
}

bool InstallSignalHandlers() {
  // A write to a testee that died is an error to be read, not a signal.
  signal(SIGPIPE, SIG_IGN);
  for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGHUP}) {
    struct sigaction old = {};
    sigaction(number, nullptr, &old);
    if (old.sa_handler != SIG_DFL) continue;
    struct sigaction action = {};
    action.sa_handler = KillRunningGroups;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(number, &action, nullptr);
  }
  return true;
}

void RememberGroup(pid_t pid) {
  for (std::atomic<pid_t>& group : running_groups) {
    pid_t empty = 0;
    if (group.compare_exchange_strong(empty, pid)) return;
  }
}

void ForgetGroup(pid_t pid) {
  for (std::atomic<pid_t>& group : running_groups) {
    pid_t expected = pid;
    if (group.compare_exchange_strong(expected, 0)) return;
  }
}

void CloseDescriptor(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

// The three pipes; all ends are closed on destruction, except those released.
struct Pipes {
  Pipes() = default;
  Pipes(const Pipes&) = delete;
  Pipes& operator=(const Pipes&) = delete;
  ~Pipes() {
    for (auto& ends : fds) {
      for (int& fd : ends) CloseDescriptor(fd);
    }
  }

  bool Open() {
    for (auto& ends : fds) {
      if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    }
    return true;
  }

  // Our end of the pipe that the child sees as descriptor `number`.
  int ReleaseOurs(std::size_t number) {
    const int fd = std::exchange(fds[number][number == 0 ? 1 : 0], -1);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
  }
  int Theirs(std::size_t number) const {
    return fds[number][number == 0 ? 0 : 1];
  }

  std::array<std::array<int, 2>, 3> fds = {{{-1, -1}, {-1, -1}, {-1, -1}}};
};

std::vector<std::string> EnvironmentOf(const CommandLine& command) {
  std::vector<std::string> result;
  for (const auto& [name, value] : command.environment) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const absl::string_view text = *variable;
    bool replaced = false;
    for (const auto& [name, value] : command.environment) {
      replaced = replaced || (text.size() > name.size() &&
                              text.substr(0, name.size()) == name &&
                              text[name.size()] == '=');
    }
    if (!replaced) result.emplace_back(text);
  }
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

int Spawn(const CommandLine& command, const Pipes& pipes, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int number = 0; number < 3; ++number) {
    posix_spawn_file_actions_adddup2(
        &actions, pipes.Theirs(static_cast<std::size_t>(number)), number);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int number : {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP}) {
    sigaddset(&defaults, number);
  }
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = EnvironmentOf(command);
  const int error =
      posix_spawnp(&pid, arguments[0].c_str(), &actions, &attributes,
                   Pointers(arguments).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const CommandLine& command) {
  static const bool installed = InstallSignalHandlers();
  (void)installed;
  Pipes pipes;
  if (!pipes.Open()) return absl::ErrnoToStatus(errno, "pipe2");
  pid_t pid = -1;
  if (const int error = Spawn(command, pipes, pid); error != 0) {
    return absl::ErrnoToStatus(
        error, absl::StrCat("cannot start '", command.arguments[0], "'"));
  }
  RememberGroup(pid);
  auto child = std::unique_ptr<ChildProcess>(new ChildProcess(pid));
  child->stdin_ = pipes.ReleaseOurs(0);
  child->stdout_ = pipes.ReleaseOurs(1);
  child->stderr_ = pipes.ReleaseOurs(2);
  return child;
}

ChildProcess::ChildProcess(pid_t pid)
    : pid_(pid), pid_fd_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}

ChildProcess::~ChildProcess() {
  Kill();
  if (!wait_status_.has_value()) {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  ForgetGroup(pid_);
  CloseDescriptor(pid_fd_);
  CloseStdin();
  CloseStdout();
  CloseStderr();
}

void ChildProcess::CloseStdin() { CloseDescriptor(stdin_); }
void ChildProcess::CloseStdout() { CloseDescriptor(stdout_); }
void ChildProcess::CloseStderr() { CloseDescriptor(stderr_); }

bool ChildProcess::Collect() {
  // The group is killed while the leader is still a zombie: its number cannot
  // have been given to anybody else until it has been collected.
  siginfo_t info = {};
  if (waitid(P_PID, static_cast<id_t>(pid_), &info,
             WEXITED | WNOHANG | WNOWAIT) != 0 ||
      info.si_pid != pid_) {
    return false;
  }
  kill(-pid_, SIGKILL);
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) return false;
  wait_status_ = status;
  return true;
}

std::optional<int> ChildProcess::Wait(Deadline deadline) {
  while (!wait_status_.has_value() && !Collect()) {
    if (deadline.passed()) return std::nullopt;
    // Without pidfd_open (before Linux 5.3) this looks again and again.
    pollfd ended = {pid_fd_, POLLIN, 0};
    poll(&ended, 1, pid_fd_ >= 0 ? deadline.PollTimeout() : 1);
  }
  return wait_status_;
}

void ChildProcess::Kill() {
  if (!wait_status_.has_value()) kill(-pid_, SIGKILL);
}

std::string DescribeWaitStatus(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const int number = WTERMSIG(wait_status);
    return absl::StrCat("was killed by signal ", number, " (",
                        strsignal(number), ")");
  }
  return absl::StrCat("exited with status ", WEXITSTATUS(wait_status));
}

}  // namespace conformance
