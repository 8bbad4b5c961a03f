// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_SOCKET_H_
#define STREAMS_OS_SOCKET_H_

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/os/address.h"
#include "streams/os/fd.h"
#include "streams/os/socket_users.h"

namespace streams {

// Reading and writing of a non-blocking stream socket: as the system calls, -1
// and errno; SIGPIPE is never raised, nothing allocated.
namespace os {

// Zero at EOF.
inline ssize_t Receive(int fd, void* buffer, size_t size) {
  return ::recv(fd, buffer, size, 0);
}
// Whether Receive() would give any, and not EOF or an error. FIONREAD.
bool HasBytes(int fd);
inline ssize_t Send(int fd, const void* data, size_t size) {
  return ::send(fd, data, size, MSG_NOSIGNAL);
}

// Whether that is all that is wrong: not now. Of EINTR, too: it isn't retried,
// for whoever is told so waits for the descriptor, which is ready still.
inline bool WouldBlock(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

// All pieces in one system call, at most kMaxPieces of them.
inline constexpr size_t kMaxPieces = 64;
ssize_t SendVector(int fd, absl::Span<const absl::string_view> pieces);

}  // namespace os

// Owns a stream socket: TCP or Unix, non-blocking, not inherited by children.
// System calls, one method each. Errors are OsError()s.
//
// Whatever takes the descriptor from it (Close(), Release(), moving, the end of
// the object) tells its users before; they stay with the object.
class StreamSocket {
 public:
  StreamSocket() = default;  // None.
  StreamSocket(StreamSocket&& other) noexcept : fd_(other.Release()) {}
  StreamSocket& operator=(StreamSocket&& other) noexcept {
    if (this == &other) return *this;
    Close();
    fd_ = other.Release();
    return *this;
  }

  static absl::StatusOr<StreamSocket> Create(AddressFamily family);

  // Takes over a descriptor, and makes it non-blocking. If it is not a stream
  // socket, kValue ("A Stream Socket was expected, got ..."), and it is closed.
  static absl::StatusOr<StreamSocket> Adopt(Fd fd);

  // Connected to `address`, for programs that bring their own socket. Blocks
  // the thread for as long as the network takes.
  static absl::StatusOr<StreamSocket> ConnectBlocking(
      const SocketAddress& address);

  // Two that are connected with each other (Unix). [socket.socketpair]
  static absl::StatusOr<std::pair<StreamSocket, StreamSocket>> CreatePair();

  bool valid() const { return fd_.valid(); }
  int fd() const { return fd_.get(); }
  void Close() {
    users_.Dismiss();
    fd_.Reset();
  }
  Fd Release() {
    users_.Dismiss();
    return std::move(fd_);
  }

  // Tells `user`, which has no socket, when the descriptor goes.
  void AddUser(SocketUser& user) { users_.Add(user); }
  // Closes it for `user`, which isn't told, and leaves it; does nothing if it
  // has been closed for that user before, and may have been made anew since.
  void CloseFor(SocketUser& user) {
    if (!user.has_socket()) return;
    user.Leave();
    Close();
  }
  // By somebody who doesn't allow others. [loop._ensure_fd_no_transport]
  bool is_in_use() const { return users_.is_exclusive(); }

  // kUnspecified for one that is neither, or closed. [socket.family]
  AddressFamily family() const;

  // --- Addresses; absent when the kernel gives none (not connected, closed)
  // ---

  std::optional<SocketAddress> GetSockName() const;
  std::optional<SocketAddress> GetPeerName() const;

  // --- Client ---

  // Zero when connected at once, else errno: EINPROGRESS means wait until it is
  // writable, and then look at TakeError().
  int Connect(const SocketAddress& address);
  // SO_ERROR, which reading resets: zero, or an errno.
  int TakeError();

  // --- Server ---

  absl::Status Bind(const SocketAddress& address);
  absl::Status Listen(int backlog);
  // Zero, *accepted and the peer's address, or errno (EAGAIN: nobody waits).
  int Accept(StreamSocket* accepted, SocketAddress* peer);
  // Whether Accept() has something to say other than EAGAIN. Asked for by
  // poll(), which is ten times as fast: accept4() makes a descriptor before it
  // looks whether there is a connection for it.
  bool HasPendingConnection() const;

  // --- Both ---

  // What asyncio does to the socket of a transport: TCP_NODELAY, if it is TCP.
  void PrepareForTransport();
  // Half-close. [socket.shutdown(SHUT_WR)]
  absl::Status ShutdownWrite();
  bool is_listening() const;

  absl::Status SetReuseAddress(bool on);
  absl::Status SetReusePort(bool on);
  absl::Status SetKeepAlive(bool on);
  absl::Status SetIpv6Only(bool on);
  // Of the kernel, in bytes; it doubles them. SO_SNDBUF, SO_RCVBUF.
  absl::Status SetSendBufferSize(int bytes);
  absl::Status SetReceiveBufferSize(int bytes);
  // Closing resets the connection: SO_LINGER with time zero.
  absl::Status SetResetOnClose();

  // TCP_NODELAY, for who wants to know; false for others than TCP.
  bool no_delay() const;

 private:
  explicit StreamSocket(Fd fd) : fd_(std::move(fd)) {}

  absl::Status SetOption(int level, int name, int value);
  int GetOption(int level, int name) const;  // -1 on error.

  Fd fd_;
  SocketUsers users_;  // Destroyed before the descriptor.
};

}  // namespace streams

#endif  // STREAMS_OS_SOCKET_H_
