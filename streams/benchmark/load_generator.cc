// SPDX-License-Identifier: Apache-2.0
//
// The load of the benchmarks: N connections, each sends a message, waits until
// all of it has come back, and sends the next. Bounded in time and in count.
// Prints one JSON line: {"requests": n, "seconds": s}.
//
//   load_generator --port=N --connections=50 --size=1024 --seconds=1
//                  [--pipeline=1] [--line] [--host=127.0.0.1]
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"

ABSL_FLAG(std::string, host, "127.0.0.1", "IPv4 address of the server");
ABSL_FLAG(int, port, 0, "TCP port of the server");
ABSL_FLAG(int, connections, 50, "concurrent connections, 1 to 10000");
ABSL_FLAG(int, size, 1024, "bytes of a message");
ABSL_FLAG(int, pipeline, 1, "messages that are sent together");
ABSL_FLAG(bool, line, false, "messages are lines: the last byte is \\n");
ABSL_FLAG(double, seconds, 1.0, "how long to run, at most 60");
ABSL_FLAG(int64_t, requests, int64_t{1} << 40, "how many requests at most");

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int fd = -1;
  size_t unsent = 0;
  size_t outstanding = 0;
};

[[noreturn]] void Die(const char* what) {
  fprintf(stderr, "load_generator: %s: %s\n", what, strerror(errno));
  exit(1);
}

int Connect(const std::string& host, int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) Die("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) Die("host");
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    Die("connect");
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

class Load {
 public:
  Load(std::string message, int pipeline)
      : epoll_(epoll_create1(0)), pipeline_(pipeline) {
    for (int i = 0; i < pipeline; ++i) batch_ += message;
  }

  void Open(int count) {
    connections_.resize(static_cast<size_t>(count));
    for (Connection& connection : connections_) {
      connection.fd =
          Connect(absl::GetFlag(FLAGS_host), absl::GetFlag(FLAGS_port));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.ptr = &connection;
      if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) != 0) {
        Die("epoll_ctl");
      }
    }
  }

  // Returns how many messages came back whole.
  int64_t Run(Clock::time_point deadline, int64_t limit) {
    for (Connection& connection : connections_) StartBatch(connection);
    int64_t done = 0;
    epoll_event events[256];
    while (done < limit && Clock::now() < deadline) {
      const int count = epoll_wait(epoll_, events, 256, 1000);
      for (int i = 0; i < count; ++i) {
        auto& connection = *static_cast<Connection*>(events[i].data.ptr);
        if (connection.unsent > 0) Send(connection);
        Receive(connection);
        if (connection.outstanding == 0) {
          done += pipeline_;
          StartBatch(connection);
        }
      }
    }
    return done;
  }

 private:
  void StartBatch(Connection& connection) {
    connection.unsent = batch_.size();
    connection.outstanding = batch_.size();
    Send(connection);
  }

  void SetInterest(Connection& connection, uint32_t interest) {
    epoll_event event{};
    event.events = interest;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
  }

  void Send(Connection& connection) {
    const bool continued = connection.unsent < batch_.size();
    const char* data = batch_.data() + (batch_.size() - connection.unsent);
    const ssize_t count = send(connection.fd, data, connection.unsent,
                               MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) Die("send");
    if (count > 0) connection.unsent -= static_cast<size_t>(count);
    if (connection.unsent > 0 && !continued) {
      SetInterest(connection, EPOLLIN | EPOLLOUT);
    } else if (connection.unsent == 0 && continued) {
      SetInterest(connection, EPOLLIN);
    }
  }

  void Receive(Connection& connection) {
    while (connection.outstanding > 0) {
      const ssize_t count =
          recv(connection.fd, buffer_,
               std::min(sizeof buffer_, connection.outstanding), MSG_DONTWAIT);
      if (count == 0) {
        errno = ECONNRESET;
        Die("the server closed the connection");
      }
      if (count < 0) {
        if (errno == EAGAIN) return;
        Die("recv");
      }
      connection.outstanding -= static_cast<size_t>(count);
      if (static_cast<size_t>(count) < sizeof buffer_) return;
    }
  }

  const int epoll_;
  const int pipeline_;
  std::string batch_;
  std::vector<Connection> connections_;
  char buffer_[262144];
};

bool InRange(const char* flag, double value, double low, double high) {
  if (value >= low && value <= high) return true;
  fprintf(stderr, "load_generator: --%s must be from %g to %g\n", flag, low,
          high);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const int size = absl::GetFlag(FLAGS_size);
  const int connections = absl::GetFlag(FLAGS_connections);
  const int pipeline = absl::GetFlag(FLAGS_pipeline);
  const double seconds = absl::GetFlag(FLAGS_seconds);
  if (!InRange("size", size, 1, 1 << 24) ||
      !InRange("connections", connections, 1, 10000) ||
      !InRange("pipeline", pipeline, 1, 10000) ||
      !InRange("seconds", seconds, 0.001, 60) ||
      !InRange("port", absl::GetFlag(FLAGS_port), 1, 65535)) {
    return 2;
  }
  std::string message(static_cast<size_t>(size), 'x');
  if (absl::GetFlag(FLAGS_line)) message.back() = '\n';
  static Load load(message, pipeline);
  load.Open(connections);
  const Clock::time_point start = Clock::now();
  const int64_t done = load.Run(
      start + std::chrono::microseconds(static_cast<int64_t>(seconds * 1e6)),
      absl::GetFlag(FLAGS_requests));
  const std::chrono::duration<double> elapsed = Clock::now() - start;
  printf("{\"requests\": %lld, \"seconds\": %.6f}\n",
         static_cast<long long>(done), elapsed.count());
  return 0;
}
