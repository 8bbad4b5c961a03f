// SPDX-License-Identifier: Apache-2.0
#include "streams/benchmark/peers/raw_listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstdlib>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"

ABSL_FLAG(int, port, 0, "TCP port to listen on; 0 takes a free one");
ABSL_FLAG(std::string, host, "127.0.0.1", "IPv4 address to listen on");
ABSL_FLAG(std::string, mode, "echo",
          "echo: what is read goes back at once; line: each line by itself");

namespace raw {
namespace {

constexpr int kBacklog = 4096;

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
  if (listen(fd, kBacklog) != 0) Die("listen");
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  printf("listening on %s:%d\n", host.c_str(), ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

}  // namespace

int ParseFlagsAndListen(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const std::string mode = absl::GetFlag(FLAGS_mode);
  const int port = absl::GetFlag(FLAGS_port);
  if (mode != "echo" && mode != "line") {
    fprintf(stderr, "--mode is echo or line, not '%s'\n", mode.c_str());
    exit(2);
  }
  if (port < 0 || port > 65535) {
    fprintf(stderr, "--port is from 0 to 65535\n");
    exit(2);
  }
  return Listen(absl::GetFlag(FLAGS_host), port);
}

bool IsLineMode() { return absl::GetFlag(FLAGS_mode) == "line"; }

int Accept(int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void Control(int epoll, int operation, int fd, uint32_t interest) {
  epoll_event event{};
  event.events = interest;
  event.data.fd = fd;
  if (epoll_ctl(epoll, operation, fd, &event) != 0) Die("epoll_ctl");
}

void Die(const char* what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

}  // namespace raw
