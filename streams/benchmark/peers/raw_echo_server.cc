// SPDX-License-Identifier: Apache-2.0
//
// `raw`, the yardstick: the echo server that one writes by hand when nothing
// but speed counts. One thread, epoll, level-triggered, reads until a read is
// short, writes at once, and registers for writing only when the kernel takes
// less than all. It has no flow control, no cancellation, no time-outs: what a
// library adds to it is the library's cost.
//
//   raw_echo_server --port=N [--mode=echo|line] [--cork [--each_line]]
//                   [--busy_poll] [--host=127.0.0.1]
//
// --cork: the lines of one read go back in one write. For that it looks for the
// last newline only, and sends what is before it from where it lies; with
// --each_line, it does what a program must that answers each line: finds it,
// and puts its answer behind the others'.
// --busy_poll: for a millisecond it asks the kernel again and again before it
// sleeps, as the library's echo server does: as much as busy polling can give.
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "absl/flags/flag.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "streams/benchmark/peers/raw_listener.h"

ABSL_FLAG(bool, cork, false, "lines that arrive together leave together");
ABSL_FLAG(bool, each_line, false, "with --cork: looks at each of them");
ABSL_FLAG(bool, busy_poll, false, "looks for a while before it sleeps");

namespace {

constexpr size_t kReadSize = 65536;
constexpr int kMaxEvents = 256;
constexpr absl::Duration kBusyPoll = absl::Milliseconds(1);

struct Connection {
  int fd = -1;
  bool waits_for_write = false;
  std::string unsent;
  std::string partial_line;
};

class Server {
 public:
  Server(int listener, bool lines, bool cork, bool each_line, bool busy_poll)
      : epoll_(epoll_create1(0)),
        listener_(listener),
        lines_(lines),
        cork_(cork),
        each_line_(each_line),
        busy_poll_(busy_poll) {
    raw::Control(epoll_, EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[noreturn]] void Run() {
    epoll_event events[kMaxEvents];
    for (;;) {
      const int count = Wait(events);
      for (int i = 0; i < count; ++i) {
        const int fd = events[i].data.fd;
        if (fd == listener_) {
          Accept();
          continue;
        }
        Connection& connection = *connections_[fd];
        bool alive = true;
        if (events[i].events & EPOLLOUT) alive = Flush(connection);
        if (alive && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
          alive = Read(connection);
        }
        if (!alive) Close(fd);
      }
    }
  }

 private:
  int Wait(epoll_event* events) {
    if (busy_poll_) {
      const absl::Time end = absl::Now() + kBusyPoll;
      do {
        const int count = epoll_wait(epoll_, events, kMaxEvents, 0);
        if (count != 0) return count;
      } while (absl::Now() < end);
    }
    return epoll_wait(epoll_, events, kMaxEvents, -1);
  }

  void Accept() {
    for (;;) {
      const int fd = raw::Accept(listener_);
      if (fd < 0) return;
      auto connection = std::make_unique<Connection>();
      connection->fd = fd;
      connections_[fd] = std::move(connection);
      raw::Control(epoll_, EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void Close(int fd) {
    connections_.erase(fd);
    close(fd);
  }

  // False: the connection is over.
  bool Read(Connection& connection) {
    for (;;) {
      const ssize_t count = recv(connection.fd, buffer_, kReadSize, 0);
      if (count == 0) return false;
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      const size_t size = static_cast<size_t>(count);
      const bool sent = lines_ ? SendLines(connection, buffer_, size)
                               : Send(connection, buffer_, size);
      if (!sent) return false;
      if (size < kReadSize) return true;
    }
  }

  bool SendLines(Connection& connection, const char* data, size_t size) {
    if (cork_ && each_line_) return AnswerLines(connection, data, size);
    while (size > 0) {
      // All lines there are, or the first.
      const void* newline =
          cork_ ? memrchr(data, '\n', size) : memchr(data, '\n', size);
      if (newline == nullptr) {
        connection.partial_line.append(data, size);
        return true;
      }
      const size_t length =
          static_cast<size_t>(static_cast<const char*>(newline) - data) + 1;
      bool sent;
      if (connection.partial_line.empty()) {
        sent = Send(connection, data, length);
      } else {
        connection.partial_line.append(data, length);
        sent = Send(connection, connection.partial_line.data(),
                    connection.partial_line.size());
        connection.partial_line.clear();
      }
      if (!sent) return false;
      data += length;
      size -= length;
    }
    return true;
  }

  bool AnswerLines(Connection& connection, const char* data, size_t size) {
    answers_.clear();
    while (const void* newline = memchr(data, '\n', size)) {
      const size_t length =
          static_cast<size_t>(static_cast<const char*>(newline) - data) + 1;
      answers_.append(connection.partial_line).append(data, length);
      connection.partial_line.clear();
      data += length;
      size -= length;
    }
    connection.partial_line.append(data, size);
    return answers_.empty() ||
           Send(connection, answers_.data(), answers_.size());
  }

  bool Send(Connection& connection, const char* data, size_t size) {
    if (connection.unsent.empty()) {
      const ssize_t count = send(connection.fd, data, size, MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return false;
      const size_t sent = count < 0 ? 0 : static_cast<size_t>(count);
      if (sent == size) return true;
      data += sent;
      size -= sent;
    }
    connection.unsent.append(data, size);
    if (!connection.waits_for_write) {
      connection.waits_for_write = true;
      raw::Control(epoll_, EPOLL_CTL_MOD, connection.fd, EPOLLIN | EPOLLOUT);
    }
    return true;
  }

  bool Flush(Connection& connection) {
    const ssize_t count = send(connection.fd, connection.unsent.data(),
                               connection.unsent.size(), MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN;
    connection.unsent.erase(0, static_cast<size_t>(count));
    if (connection.unsent.empty()) {
      connection.waits_for_write = false;
      raw::Control(epoll_, EPOLL_CTL_MOD, connection.fd, EPOLLIN);
    }
    return true;
  }

  const int epoll_;
  const int listener_;
  const bool lines_;
  const bool cork_;
  const bool each_line_;
  const bool busy_poll_;
  std::string answers_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  char buffer_[kReadSize];
};

}  // namespace

int main(int argc, char** argv) {
  const int listener = raw::ParseFlagsAndListen(argc, argv);
  const auto server = std::make_unique<Server>(
      listener, raw::IsLineMode(), absl::GetFlag(FLAGS_cork),
      absl::GetFlag(FLAGS_each_line), absl::GetFlag(FLAGS_busy_poll));
  server->Run();
}
