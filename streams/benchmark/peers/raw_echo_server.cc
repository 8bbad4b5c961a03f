// SPDX-License-Identifier: Apache-2.0
//
// `raw`, the yardstick: the echo server that one writes by hand when nothing
// but speed counts. One thread, epoll, level-triggered, reads until a read is
// short, writes at once, and registers for writing only when the kernel takes
// less than all. It has no flow control, no cancellation, no time-outs: what a
// library adds to it is the library's cost.
//
//   raw_echo_server --port=N [--mode=echo|line] [--host=127.0.0.1]
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <unordered_map>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"

ABSL_FLAG(int, port, 0, "TCP port to listen on; 0 takes a free one");
ABSL_FLAG(std::string, host, "127.0.0.1", "IPv4 address to listen on");
ABSL_FLAG(std::string, mode, "echo",
          "echo: what is read goes back at once; line: each line by itself");

namespace {

constexpr size_t kReadSize = 65536;

struct Connection {
  int fd = -1;
  bool waits_for_write = false;
  std::string unsent;
  std::string partial_line;
};

[[noreturn]] void Die(const char* what) {
  fprintf(stderr, "raw_echo_server: %s: %s\n", what, strerror(errno));
  exit(1);
}

int Listen(const std::string& host, int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) Die("socket");
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) Die("host");
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    Die("bind");
  }
  if (listen(fd, 4096) != 0) Die("listen");
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  printf("listening on %s:%d\n", host.c_str(), ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

class Server {
 public:
  Server(int listener, bool lines)
      : epoll_(epoll_create1(0)), listener_(listener), lines_(lines) {
    Control(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[noreturn]] void Run() {
    epoll_event events[256];
    for (;;) {
      const int count = epoll_wait(epoll_, events, 256, -1);
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
  void Control(int operation, int fd, uint32_t interest) {
    epoll_event event{};
    event.events = interest;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, operation, fd, &event) != 0) Die("epoll_ctl");
  }

  void Accept() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) return;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto connection = std::make_unique<Connection>();
      connection->fd = fd;
      connections_[fd] = std::move(connection);
      Control(EPOLL_CTL_ADD, fd, EPOLLIN);
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
    while (size > 0) {
      const void* newline = memchr(data, '\n', size);
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
      Control(EPOLL_CTL_MOD, connection.fd, EPOLLIN | EPOLLOUT);
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
      Control(EPOLL_CTL_MOD, connection.fd, EPOLLIN);
    }
    return true;
  }

  const int epoll_;
  const int listener_;
  const bool lines_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  char buffer_[kReadSize];
};

}  // namespace

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const std::string mode = absl::GetFlag(FLAGS_mode);
  if (mode != "echo" && mode != "line") {
    fprintf(stderr, "raw_echo_server: --mode is echo or line, not '%s'\n",
            mode.c_str());
    return 2;
  }
  const int listener =
      Listen(absl::GetFlag(FLAGS_host), absl::GetFlag(FLAGS_port));
  const auto server = std::make_unique<Server>(listener, mode == "line");
  server->Run();
}
