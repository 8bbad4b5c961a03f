// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/peer_socket.h"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace conformance {
namespace {

constexpr int kBacklog = 128;

// How long AwaitDelivery looks for the acknowledgement of what was sent. Only a
// belt to the braces: see there.
constexpr std::chrono::microseconds kDeliverySpin{50};

struct NativeAddress {
  sockaddr_storage storage = {};
  socklen_t length = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

// EINVAL, ENAMETOOLONG: there is no such address.
int ToNative(const PeerAddress& address, NativeAddress& native) {
  if (address.is_unix) {
    auto* unix_address = reinterpret_cast<sockaddr_un*>(&native.storage);
    if (address.path.size() >= sizeof(unix_address->sun_path)) {
      return ENAMETOOLONG;
    }
    unix_address->sun_family = AF_UNIX;
    std::memcpy(unix_address->sun_path, address.path.data(),
                address.path.size());
    native.length = sizeof(sockaddr_un);
    return 0;
  }
  auto* v4 = reinterpret_cast<sockaddr_in*>(&native.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&native.storage);
  const auto port = htons(static_cast<std::uint16_t>(address.port));
  if (inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    native.length = sizeof(sockaddr_in);
    return 0;
  }
  if (inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = port;
    native.length = sizeof(sockaddr_in6);
    return 0;
  }
  return EINVAL;
}

SocketResult Failed(int error) { return SocketResult{error, false}; }
SocketResult LastError() { return Failed(errno); }

// A result that is not ok means that the wait is over for good.
SocketResult Await(int fd, short events, Deadline deadline) {
  pollfd descriptor = {fd, events, 0};
  for (;;) {
    const int ready = poll(&descriptor, 1, deadline.PollTimeout());
    if (ready > 0) return {};
    if (ready == 0) return SocketResult{0, true};
    if (errno != EINTR) return LastError();
  }
}

bool MustWait() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

void SetOption(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

// Opens a socket for `address` with the options that every peer has.
SocketResult Open(const PeerAddress& address, std::optional<int> receive_buffer,
                  NativeAddress& native, int& fd) {
  if (const int error = ToNative(address, native); error != 0) {
    return Failed(error);
  }
  fd = socket(native.storage.ss_family,
              SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return LastError();
  if (receive_buffer.has_value()) {
    SetOption(fd, SOL_SOCKET, SO_RCVBUF, *receive_buffer);
  }
  return {};
}

}  // namespace

PeerSocket::PeerSocket(PeerSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), is_tcp_(other.is_tcp_) {}

PeerSocket& PeerSocket::operator=(PeerSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(is_tcp_, other.is_tcp_);
  return *this;
}

SocketResult PeerSocket::Listen(std::optional<int> receive_buffer,
                                PeerAddress& address, PeerSocket& listener) {
  NativeAddress native;
  int fd = -1;
  if (SocketResult result = Open(address, receive_buffer, native, fd);
      !result.ok()) {
    return result;
  }
  PeerSocket opened(fd, !address.is_unix);
  if (bind(fd, native.get(), native.length) != 0) return LastError();
  if (listen(fd, kBacklog) != 0) return LastError();
  if (!address.is_unix) {
    if (getsockname(fd, native.get(), &native.length) != 0) return LastError();
    // sin_port and sin6_port lie at the same place.
    address.port =
        ntohs(reinterpret_cast<sockaddr_in*>(&native.storage)->sin_port);
  }
  listener = std::move(opened);
  return {};
}

SocketResult PeerSocket::Connect(const PeerAddress& address,
                                 std::optional<int> receive_buffer,
                                 Deadline deadline, PeerSocket& connection) {
  NativeAddress native;
  int fd = -1;
  if (SocketResult result = Open(address, receive_buffer, native, fd);
      !result.ok()) {
    return result;
  }
  PeerSocket opened(fd, !address.is_unix);
  while (connect(fd, native.get(), native.length) != 0) {
    if (errno == EISCONN) break;
    // A full backlog is EAGAIN for a Unix socket, which cannot be polled for.
    if (errno != EINPROGRESS && errno != EALREADY && !MustWait()) {
      return LastError();
    }
    if (deadline.passed()) return SocketResult{0, true};
    if (SocketResult result = Await(fd, POLLOUT, deadline); !result.ok()) {
      return result;
    }
    int error = 0;
    socklen_t length = sizeof(error);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return Failed(error);
  }
  if (opened.is_tcp_) SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  connection = std::move(opened);
  return {};
}

SocketResult PeerSocket::Accept(Deadline deadline, PeerSocket& connection) {
  for (;;) {
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      if (is_tcp_) SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
      connection = PeerSocket(fd, is_tcp_);
      return {};
    }
    if (!MustWait()) return LastError();
    if (SocketResult result = Await(fd_, POLLIN, deadline); !result.ok()) {
      return result;
    }
  }
}

SocketResult PeerSocket::Send(absl::string_view data, Deadline deadline) {
  while (!data.empty()) {
    const ssize_t count = send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      data.remove_prefix(static_cast<std::size_t>(count));
    } else if (!MustWait()) {
      return LastError();
    } else if (SocketResult result = Await(fd_, POLLOUT, deadline);
               !result.ok()) {
      return result;
    }
  }
  AwaitDelivery();
  return {};
}

SocketResult PeerSocket::Receive(std::size_t count, Deadline deadline,
                                 std::string& data) {
  std::array<char, 65536> buffer;
  while (data.size() < count) {
    const std::size_t wanted = std::min(buffer.size(), count - data.size());
    const ssize_t received = recv(fd_, buffer.data(), wanted, 0);
    if (received > 0) {
      data.append(buffer.data(), static_cast<std::size_t>(received));
    } else if (received == 0) {
      return {};
    } else if (!MustWait()) {
      return LastError();
    } else if (SocketResult result = Await(fd_, POLLIN, deadline);
               !result.ok()) {
      return result;
    }
  }
  return {};
}

SocketResult PeerSocket::ReceiveSome(Deadline deadline, std::string& data) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t received = recv(fd_, buffer.data(), buffer.size(), 0);
    if (received >= 0) {
      data.assign(buffer.data(), static_cast<std::size_t>(received));
      return {};
    }
    if (!MustWait()) return LastError();
    if (SocketResult result = Await(fd_, POLLIN, deadline); !result.ok()) {
      return result;
    }
  }
}

SocketResult PeerSocket::ReceiveUntilEof(Deadline deadline, std::string& data) {
  const SocketResult result = Receive(kMaximumReceived + 1, deadline, data);
  if (result.ok() && data.size() > kMaximumReceived) return Failed(EFBIG);
  return result;
}

SocketResult PeerSocket::Available(std::size_t& count) {
  int bytes = 0;
  if (ioctl(fd_, SIOCINQ, &bytes) != 0) return LastError();
  count = static_cast<std::size_t>(bytes);
  return {};
}

SocketResult PeerSocket::HalfClose() {
  if (shutdown(fd_, SHUT_WR) != 0) return LastError();
  AwaitDelivery();
  return {};
}

void PeerSocket::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

SocketResult PeerSocket::Reset() {
  if (!is_tcp_) return Failed(EOPNOTSUPP);
  const linger at_once = {1, 0};
  if (setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) != 0) {
    return LastError();
  }
  Close();
  return {};
}

// Loopback delivers within the call that sends, in the sender's own context,
// unless the kernel has handed its network queues to ksoftirqd because there
// was too much to do. Then it helps to give up the processor until the other
// side has acknowledged. The spin is bounded, since an acknowledgement may also
// be withheld for 40 ms with the data long delivered, and what does not fit
// into the receiver's window is not acknowledged at all.
void PeerSocket::AwaitDelivery() {
  if (!is_tcp_) return;
  const auto end = Deadline::Clock::now() + kDeliverySpin;
  int unacknowledged = 0;
  while (ioctl(fd_, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged > 0 &&
         Deadline::Clock::now() < end) {
    sched_yield();
  }
}

}  // namespace conformance
