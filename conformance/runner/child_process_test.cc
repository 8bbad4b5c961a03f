// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/child_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace conformance {
namespace {

constexpr std::chrono::seconds kLong{60};

std::unique_ptr<ChildProcess> Shell(const std::string& script) {
  CommandLine command;
  command.arguments = {"sh", "-c", script};
  auto child = ChildProcess::Start(command);
  EXPECT_TRUE(child.ok()) << child.status();
  return child.ok() ? *std::move(child) : nullptr;
}

std::string ReadAll(int fd) {
  std::string text;
  for (;;) {
    pollfd readable = {fd, POLLIN, 0};
    poll(&readable, 1, -1);
    char buffer[256];
    const ssize_t count = read(fd, buffer, sizeof(buffer));
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

TEST(ChildProcessTest, HasThreePipes) {
  auto child = Shell("read line; echo \"out $line\"; echo err >&2; exit 3");
  ASSERT_EQ(write(child->stdin_fd(), "x\n", 2), 2);
  EXPECT_EQ(ReadAll(child->stdout_fd()), "out x\n");
  EXPECT_EQ(ReadAll(child->stderr_fd()), "err\n");
  const auto status = child->Wait(Deadline::After(kLong));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(DescribeWaitStatus(*status), "exited with status 3");
}

TEST(ChildProcessTest, SaysWhichSignalKilledIt) {
  auto child = Shell("kill -SEGV $$");
  const auto status = child->Wait(Deadline::After(kLong));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(DescribeWaitStatus(*status),
            "was killed by signal 11 (Segmentation fault)");
}

TEST(ChildProcessTest, GetsTheEnvironmentOfTheCommand) {
  setenv("CHILD_PROCESS_TEST", "inherited", 1);
  CommandLine command;
  command.arguments = {"sh", "-c", "echo $CHILD_PROCESS_TEST $OTHER"};
  command.environment = {{"OTHER", "one"}};
  auto child = ChildProcess::Start(command);
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(ReadAll((*child)->stdout_fd()), "inherited one\n");
  command.environment = {{"CHILD_PROCESS_TEST", "replaced"}};
  child = ChildProcess::Start(command);
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(ReadAll((*child)->stdout_fd()), "replaced\n");
}

TEST(ChildProcessTest, AProgramThatIsNotThereIsAnError) {
  CommandLine command;
  command.arguments = {"/nonexistent/testee"};
  EXPECT_FALSE(ChildProcess::Start(command).ok());
}

TEST(ChildProcessTest, AWaitEndsAtItsDeadline) {
  auto child = Shell("read line");
  EXPECT_FALSE(
      child->Wait(Deadline::After(std::chrono::milliseconds(1))).has_value());
}

TEST(ChildProcessTest, DescendantsAreKilledWithIt) {
  // The grandchild holds the pipe open: it is closed only once that is dead.
  auto child = Shell("sh -c 'read line < /dev/zero' & echo started; wait");
  const int out = dup(child->stdout_fd());
  char buffer[16];
  pollfd readable = {out, POLLIN, 0};
  ASSERT_EQ(poll(&readable, 1, 60'000), 1);
  ASSERT_EQ(read(out, buffer, sizeof(buffer)), 8);
  child.reset();
  EXPECT_EQ(ReadAll(out), "");
  close(out);
}

// What a person types at a terminal reaches this program only: a child is in a
// process group of its own.
TEST(ChildProcessTest, ASignalThatEndsThisProgramKillsItsChildren) {
  for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGHUP}) {
    SCOPED_TRACE(number);
    // A signal that was ignored from the start, as by nohup, ends nothing.
    struct sigaction action = {};
    sigaction(number, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;
    // The child holds the pipe open for as long as it lives.
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t program = fork();
    if (program == 0) {
      close(ends[0]);
      const rlimit no_core = {0, 0};
      setrlimit(RLIMIT_CORE, &no_core);
      auto child = Shell("read line < /dev/zero");
      raise(number);
      _exit(0);
    }
    close(ends[1]);
    pollfd closed = {ends[0], POLLIN, 0};
    EXPECT_EQ(poll(&closed, 1, 10'000), 1);
    int status = 0;
    waitpid(program, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number) << status;
    close(ends[0]);
  }
}

TEST(ChildProcessTest, DescendantsDoNotOutliveOneThatExitedByItself) {
  auto child = Shell("sh -c 'read line < /dev/zero' & echo started");
  ASSERT_TRUE(child->Wait(Deadline::After(kLong)).has_value());
  EXPECT_EQ(ReadAll(child->stdout_fd()), "started\n");
}

}  // namespace
}  // namespace conformance
