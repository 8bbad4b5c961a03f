// SPDX-License-Identifier: Apache-2.0
#include "streams/os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/os/address.h"
#include "streams/os/error.h"
#include "streams/os/fd.h"

namespace streams {
namespace os {

bool HasBytes(int fd) {
  int count = 0;
  return ::ioctl(fd, FIONREAD, &count) == 0 && count > 0;
}

ssize_t SendVector(int fd, absl::Span<const absl::string_view> pieces) {
  std::array<iovec, kMaxPieces> vectors;
  const size_t count = std::min(pieces.size(), kMaxPieces);
  for (size_t i = 0; i < count; ++i) {
    // sendmsg() doesn't write there; iovec serves for reading, too.
    vectors[i].iov_base = const_cast<char*>(pieces[i].data());
    vectors[i].iov_len = pieces[i].size();
  }
  msghdr message = {};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}

}  // namespace os

namespace {

template <class Call>
std::optional<SocketAddress> GetName(Call call) {
  sockaddr_storage storage;
  socklen_t length = sizeof storage;
  // The one cast that the sockets API is made of.
  sockaddr* const address = reinterpret_cast<sockaddr*>(&storage);
  if (call(address, &length) != 0) return std::nullopt;
  return SocketAddress::FromNative(address, length);
}

}  // namespace

absl::StatusOr<StreamSocket> StreamSocket::Create(AddressFamily family) {
  Fd fd(::socket(NativeFamily(family),
                 SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return OsError(errno);
  return StreamSocket(std::move(fd));
}

absl::StatusOr<StreamSocket> StreamSocket::Adopt(Fd fd) {
  StreamSocket result(std::move(fd));
  const int type = result.GetOption(SOL_SOCKET, SO_TYPE);
  if (type < 0) return OsError(errno);
  if (type != SOCK_STREAM) {
    return MakeError(ErrorKind::kValue,
                     absl::StrCat("A Stream Socket was expected, got fd ",
                                  result.fd(), " of type ", type));
  }
  const int flags = ::fcntl(result.fd(), F_GETFL);
  if (flags < 0 || ::fcntl(result.fd(), F_SETFL, flags | O_NONBLOCK) < 0) {
    return OsError(errno);
  }
  return result;
}

absl::StatusOr<StreamSocket> StreamSocket::ConnectBlocking(
    const SocketAddress& address) {
  Fd fd(
      ::socket(NativeFamily(address.family()), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() ||
      ::connect(fd.get(), address.native(), address.native_length()) != 0) {
    return OsError(errno);
  }
  return Adopt(std::move(fd));
}

absl::StatusOr<std::pair<StreamSocket, StreamSocket>>
StreamSocket::CreatePair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                   fds) != 0) {
    return OsError(errno);
  }
  return std::make_pair(StreamSocket(Fd(fds[0])), StreamSocket(Fd(fds[1])));
}

AddressFamily StreamSocket::family() const {
  switch (GetOption(SOL_SOCKET, SO_DOMAIN)) {
    case AF_INET:
      return AddressFamily::kInet;
    case AF_INET6:
      return AddressFamily::kInet6;
    case AF_UNIX:
      return AddressFamily::kUnix;
    default:
      return AddressFamily::kUnspecified;
  }
}

std::optional<SocketAddress> StreamSocket::GetSockName() const {
  return GetName([this](sockaddr* address, socklen_t* length) {
    return ::getsockname(fd(), address, length);
  });
}

std::optional<SocketAddress> StreamSocket::GetPeerName() const {
  return GetName([this](sockaddr* address, socklen_t* length) {
    return ::getpeername(fd(), address, length);
  });
}

int StreamSocket::Connect(const SocketAddress& address) {
  // Not retried: an interrupted connect() goes on by itself, as if EINPROGRESS.
  if (::connect(fd(), address.native(), address.native_length()) == 0) return 0;
  return errno == EINTR ? EINPROGRESS : errno;
}

int StreamSocket::TakeError() {
  const int error = GetOption(SOL_SOCKET, SO_ERROR);
  return error < 0 ? errno : error;
}

absl::Status StreamSocket::Bind(const SocketAddress& address) {
  if (::bind(fd(), address.native(), address.native_length()) != 0) {
    return OsError(errno);
  }
  return absl::OkStatus();
}

absl::Status StreamSocket::Listen(int backlog) {
  if (::listen(fd(), backlog) != 0) return OsError(errno);
  return absl::OkStatus();
}

int StreamSocket::Accept(StreamSocket* accepted, SocketAddress* peer) {
  sockaddr_storage storage;
  socklen_t length = sizeof storage;
  sockaddr* const address = reinterpret_cast<sockaddr*>(&storage);
  const int result =
      ::accept4(fd(), address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (result < 0) return errno;
  *accepted = StreamSocket(Fd(result));
  *peer = SocketAddress::FromNative(address, length);
  return 0;
}

bool StreamSocket::HasPendingConnection() const {
  pollfd listener = {};
  listener.fd = fd();
  listener.events = POLLIN;
  return ::poll(&listener, 1, /*timeout=*/0) != 0;
}

void StreamSocket::PrepareForTransport() {
  // Not asking for the family first saves a system call per connection: a
  // Unix socket just refuses. It is only a matter of speed anyway.
  (void)SetOption(IPPROTO_TCP, TCP_NODELAY, 1);
}

absl::Status StreamSocket::ShutdownWrite() {
  if (::shutdown(fd(), SHUT_WR) != 0) return OsError(errno);
  return absl::OkStatus();
}

bool StreamSocket::is_listening() const {
  return GetOption(SOL_SOCKET, SO_ACCEPTCONN) == 1;
}

absl::Status StreamSocket::SetReuseAddress(bool on) {
  return SetOption(SOL_SOCKET, SO_REUSEADDR, on ? 1 : 0);
}

absl::Status StreamSocket::SetReusePort(bool on) {
  return SetOption(SOL_SOCKET, SO_REUSEPORT, on ? 1 : 0);
}

absl::Status StreamSocket::SetKeepAlive(bool on) {
  return SetOption(SOL_SOCKET, SO_KEEPALIVE, on ? 1 : 0);
}

absl::Status StreamSocket::SetIpv6Only(bool on) {
  return SetOption(IPPROTO_IPV6, IPV6_V6ONLY, on ? 1 : 0);
}

absl::Status StreamSocket::SetSendBufferSize(int bytes) {
  return SetOption(SOL_SOCKET, SO_SNDBUF, bytes);
}

absl::Status StreamSocket::SetReceiveBufferSize(int bytes) {
  return SetOption(SOL_SOCKET, SO_RCVBUF, bytes);
}

absl::Status StreamSocket::SetResetOnClose() {
  linger option = {};
  option.l_onoff = 1;
  if (::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &option, sizeof option) != 0) {
    return OsError(errno);
  }
  return absl::OkStatus();
}

bool StreamSocket::no_delay() const {
  return GetOption(IPPROTO_TCP, TCP_NODELAY) == 1;
}

absl::Status StreamSocket::SetOption(int level, int name, int value) {
  if (::setsockopt(fd(), level, name, &value, sizeof value) != 0) {
    return OsError(errno);
  }
  return absl::OkStatus();
}

int StreamSocket::GetOption(int level, int name) const {
  int value = 0;
  socklen_t length = sizeof value;
  return ::getsockopt(fd(), level, name, &value, &length) == 0 ? value : -1;
}

}  // namespace streams
