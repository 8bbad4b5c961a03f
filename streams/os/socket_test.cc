// SPDX-License-Identifier: Apache-2.0
#include "streams/os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "streams/os/address.h"
#include "streams/os/error.h"
#include "streams/os/fd.h"
#include "streams/os/socket_users.h"

namespace streams {
namespace {

void WaitReadable(const StreamSocket& socket) {
  pollfd entry = {socket.fd(), POLLIN, 0};
  ASSERT_EQ(::poll(&entry, 1, -1), 1);
}

std::string ReceiveSome(const StreamSocket& socket) {
  WaitReadable(socket);
  char buffer[256];
  const ssize_t count = os::Receive(socket.fd(), buffer, sizeof buffer);
  return count < 0 ? "error" : std::string(buffer, static_cast<size_t>(count));
}

int Option(const StreamSocket& socket, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  ::getsockopt(socket.fd(), level, name, &value, &length);
  return value;
}

StreamSocket Listening(const char* literal) {
  const SocketAddress address = *SocketAddress::FromIp(literal, 0);
  StreamSocket socket = *StreamSocket::Create(address.family());
  EXPECT_TRUE(socket.SetReuseAddress(true).ok());
  EXPECT_TRUE(socket.Bind(address).ok());
  EXPECT_FALSE(socket.is_listening());
  EXPECT_TRUE(socket.Listen(5).ok());
  EXPECT_TRUE(socket.is_listening());
  return socket;
}

TEST(StreamSocketTest, ConnectsOverTcp) {
  StreamSocket server = Listening("127.0.0.1");
  StreamSocket accepted;
  SocketAddress peer;
  EXPECT_EQ(server.Accept(&accepted, &peer), EAGAIN);
  StreamSocket client = *StreamSocket::Create(AddressFamily::kInet);
  const int error = client.Connect(*server.GetSockName());
  EXPECT_TRUE(error == 0 || error == EINPROGRESS) << error;
  WaitReadable(server);
  ASSERT_EQ(server.Accept(&accepted, &peer), 0);
  EXPECT_EQ(peer, client.GetSockName());
  EXPECT_EQ(client.TakeError(), 0);
  EXPECT_EQ(accepted.GetPeerName(), client.GetSockName());
  EXPECT_EQ(client.GetPeerName(), server.GetSockName());
  EXPECT_EQ(client.family(), AddressFamily::kInet);
  // Not inherited, and never blocking.
  EXPECT_NE(::fcntl(accepted.fd(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(::fcntl(accepted.fd(), F_GETFL) & O_NONBLOCK, 0);

  EXPECT_FALSE(accepted.no_delay());
  accepted.PrepareForTransport();
  EXPECT_TRUE(accepted.no_delay());

  EXPECT_EQ(os::Send(client.fd(), "hello", 5), 5);
  EXPECT_EQ(ReceiveSome(accepted), "hello");
  char byte;
  EXPECT_EQ(os::Receive(accepted.fd(), &byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_TRUE(client.ShutdownWrite().ok());
  EXPECT_EQ(ReceiveSome(accepted), "");
}

TEST(StreamSocketTest, HasPendingConnectionUntilItIsAccepted) {
  StreamSocket server = Listening("127.0.0.1");
  EXPECT_FALSE(server.HasPendingConnection());
  StreamSocket client = *StreamSocket::Create(AddressFamily::kInet);
  (void)client.Connect(*server.GetSockName());
  WaitReadable(server);
  EXPECT_TRUE(server.HasPendingConnection());
  StreamSocket accepted;
  SocketAddress peer;
  ASSERT_EQ(server.Accept(&accepted, &peer), 0);
  EXPECT_FALSE(server.HasPendingConnection());
  EXPECT_TRUE(os::WouldBlock(server.Accept(&accepted, &peer)));
}

TEST(StreamSocketTest, WhatIsNotAnError) {
  EXPECT_TRUE(os::WouldBlock(EAGAIN));
  EXPECT_TRUE(os::WouldBlock(EINTR));
  EXPECT_FALSE(os::WouldBlock(ECONNRESET));
}

TEST(StreamSocketTest, HasBytesIfThereAreAny) {
  auto pair = StreamSocket::CreatePair().value();
  EXPECT_FALSE(os::HasBytes(pair.first.fd()));
  EXPECT_EQ(os::Send(pair.second.fd(), "x", 1), 1);
  EXPECT_TRUE(os::HasBytes(pair.first.fd()));
  EXPECT_EQ(ReceiveSome(pair.first), "x");
  pair.second.Close();
  EXPECT_FALSE(os::HasBytes(pair.first.fd()));
}

TEST(StreamSocketTest, ConnectionRefused) {
  StreamSocket server = Listening("127.0.0.1");
  const SocketAddress address = *server.GetSockName();
  server.Close();
  StreamSocket client = *StreamSocket::Create(AddressFamily::kInet);
  int error = client.Connect(address);
  if (error == EINPROGRESS) {
    pollfd entry = {client.fd(), POLLOUT, 0};
    ASSERT_EQ(::poll(&entry, 1, -1), 1);
    error = client.TakeError();
  }
  EXPECT_EQ(error, ECONNREFUSED);
  EXPECT_EQ(client.TakeError(), 0);  // Reading resets it.
  EXPECT_EQ(client.GetPeerName(), std::nullopt);
}

TEST(StreamSocketTest, ResetOnClose) {
  StreamSocket server = Listening("127.0.0.1");
  StreamSocket client = *StreamSocket::Create(AddressFamily::kInet);
  (void)client.Connect(*server.GetSockName());
  WaitReadable(server);
  StreamSocket accepted;
  SocketAddress peer;
  ASSERT_EQ(server.Accept(&accepted, &peer), 0);
  ASSERT_TRUE(accepted.SetResetOnClose().ok());
  accepted.Close();
  WaitReadable(client);
  char byte;
  EXPECT_EQ(os::Receive(client.fd(), &byte, 1), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST(StreamSocketTest, SendsPiecesInOneCallAndNeverRaisesSigpipe) {
  auto pair = StreamSocket::CreatePair();
  ASSERT_TRUE(pair.ok());
  auto& [a, b] = *pair;
  const std::vector<absl::string_view> pieces(os::kMaxPieces + 10, "ab");
  EXPECT_EQ(os::SendVector(a.fd(), absl::MakeConstSpan(pieces)),
            static_cast<ssize_t>(2 * os::kMaxPieces));
  EXPECT_EQ(ReceiveSome(b).size(), 2 * os::kMaxPieces);
  b.Close();
  EXPECT_EQ(os::SendVector(a.fd(), absl::MakeConstSpan(pieces)), -1);
  EXPECT_EQ(errno, EPIPE);
  EXPECT_EQ(os::Send(a.fd(), "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
}

TEST(StreamSocketTest, AdoptsStreamSocketsOnly) {
  int fds[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
  const Fd other(fds[1]);
  auto stream = StreamSocket::Adopt(Fd(fds[0]));
  ASSERT_TRUE(stream.ok());
  EXPECT_NE(::fcntl(stream->fd(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(stream->family(), AddressFamily::kUnix);

  const int datagram = ::socket(AF_INET, SOCK_DGRAM, 0);
  EXPECT_EQ(GetErrorKind(StreamSocket::Adopt(Fd(datagram)).status()),
            ErrorKind::kValue);
  EXPECT_EQ(::fcntl(datagram, F_GETFD), -1);  // Closed.
  const auto no_socket = StreamSocket::Adopt(Fd(::dup(STDERR_FILENO)));
  EXPECT_EQ(GetErrno(no_socket.status()), ENOTSOCK);
}

TEST(StreamSocketTest, OptionsAndErrors) {
  StreamSocket socket = *StreamSocket::Create(AddressFamily::kInet6);
  for (const bool on : {true, false}) {
    EXPECT_TRUE(socket.SetReuseAddress(on).ok());
    EXPECT_EQ(Option(socket, SOL_SOCKET, SO_REUSEADDR), on ? 1 : 0);
    EXPECT_TRUE(socket.SetReusePort(on).ok());
    EXPECT_EQ(Option(socket, SOL_SOCKET, SO_REUSEPORT), on ? 1 : 0);
    EXPECT_TRUE(socket.SetKeepAlive(on).ok());
    EXPECT_EQ(Option(socket, SOL_SOCKET, SO_KEEPALIVE), on ? 1 : 0);
    EXPECT_TRUE(socket.SetIpv6Only(on).ok());
    EXPECT_EQ(Option(socket, IPPROTO_IPV6, IPV6_V6ONLY), on ? 1 : 0);
  }
  EXPECT_TRUE(socket.SetSendBufferSize(10000).ok());
  EXPECT_TRUE(socket.SetReceiveBufferSize(10000).ok());
  EXPECT_EQ(GetErrorKind(socket.Bind(*SocketAddress::FromUnixPath("/x"))),
            ErrorKind::kOs);
  socket.Close();
  EXPECT_FALSE(socket.valid());
  EXPECT_EQ(socket.family(), AddressFamily::kUnspecified);
  EXPECT_EQ(GetErrno(socket.SetKeepAlive(true)), EBADF);
  EXPECT_EQ(socket.GetSockName(), std::nullopt);
  socket.PrepareForTransport();
}

// Hears of the end while the descriptor is open.
class LookingUser final : public SocketUser {
 public:
  explicit LookingUser(StreamSocket& socket) : socket_(socket) {
    socket.AddUser(*this);
  }
  int told() const { return told_; }

 private:
  void OnSocketClosing() override {
    ++told_;
    EXPECT_NE(::fcntl(socket_.fd(), F_GETFD), -1);
  }

  StreamSocket& socket_;
  int told_ = 0;
};

TEST(StreamSocketTest, AUserHearsOfWhateverTakesTheDescriptor) {
  const auto make = [] { return *StreamSocket::Create(AddressFamily::kInet); };
  {
    StreamSocket socket = make();
    const LookingUser user(socket);
    EXPECT_TRUE(socket.is_in_use());
    socket.Close();
    EXPECT_EQ(user.told(), 1);
    EXPECT_FALSE(socket.is_in_use());
  }
  {
    StreamSocket socket = make();
    const LookingUser user(socket);
    const Fd fd = socket.Release();
    EXPECT_EQ(user.told(), 1);
  }
  {
    StreamSocket socket = make();
    const LookingUser user(socket);
    const StreamSocket other(std::move(socket));
    EXPECT_EQ(user.told(), 1);
    EXPECT_FALSE(other.is_in_use());
  }
  {
    StreamSocket socket = make();
    const LookingUser user(socket);
    socket = make();
    EXPECT_EQ(user.told(), 1);
  }
  {
    StreamSocket socket = make();
    StreamSocket other = make();
    const LookingUser user(socket);
    other = std::move(socket);
    EXPECT_EQ(user.told(), 1);
  }
  auto socket = std::make_unique<StreamSocket>(make());
  const LookingUser user(*socket);
  socket = nullptr;
  EXPECT_EQ(user.told(), 1);
}

}  // namespace
}  // namespace streams
