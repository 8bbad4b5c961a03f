// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_PEER_SOCKET_H_
#define CONFORMANCE_RUNNER_PEER_SOCKET_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "conformance/runner/deadline.h"

namespace conformance {

// Where somebody listens.
struct PeerAddress {
  bool is_unix = false;
  std::string host;  // TCP: a numeric IPv4 or IPv6 address.
  int port = 0;
  std::string path;  // Unix.
};

// What an operation of a socket gave: the operating system's error number, or
// the news that the deadline passed, or neither.
struct SocketResult {
  int error = 0;
  bool timed_out = false;

  bool ok() const { return error == 0 && !timed_out; }
};

// A real socket, as the peer of a testee uses it: every wait has a deadline,
// every byte count a bound.
//
// When an operation that sends something (bytes, EOF, a reset) returns, the
// kernel has delivered what it can: on the loopback interface it does that
// within the call. Move-only; may be used from any one thread.
class PeerSocket {
 public:
  // No receive takes more than so many bytes.
  static constexpr std::size_t kMaximumReceived = 256 * 1024 * 1024;

  PeerSocket() = default;
  ~PeerSocket() { Close(); }
  PeerSocket(PeerSocket&& other) noexcept;
  PeerSocket& operator=(PeerSocket&& other) noexcept;

  bool is_open() const { return fd_ >= 0; }

  // Listens on `address` (port 0: a free one) and fills in what was chosen.
  // `receive_buffer` (bytes, SO_RCVBUF) is inherited by what is accepted.
  static SocketResult Listen(std::optional<int> receive_buffer,
                             PeerAddress& address, PeerSocket& listener);
  static SocketResult Connect(const PeerAddress& address,
                              std::optional<int> receive_buffer,
                              Deadline deadline, PeerSocket& connection);
  SocketResult Accept(Deadline deadline, PeerSocket& connection);

  // Sends all of `data`.
  SocketResult Send(absl::string_view data, Deadline deadline);

  // Appends to `data` until it holds `count` bytes, or the other side has sent
  // EOF. On an error, `data` holds what came before it.
  SocketResult Receive(std::size_t count, Deadline deadline, std::string& data);

  // Waits until something has arrived and takes all of it, up to 64 KiB;
  // nothing: EOF.
  SocketResult ReceiveSome(Deadline deadline, std::string& data);

  // Appends all up to EOF. EFBIG: more than kMaximumReceived.
  SocketResult ReceiveUntilEof(Deadline deadline, std::string& data);

  // How many bytes lie there unread.
  SocketResult Available(std::size_t& count);

  SocketResult HalfClose();
  void Close();
  // Closes with RST. EOPNOTSUPP: not a TCP socket.
  SocketResult Reset();

 private:
  PeerSocket(int fd, bool is_tcp) : fd_(fd), is_tcp_(is_tcp) {}

  void AwaitDelivery();

  int fd_ = -1;
  bool is_tcp_ = false;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_PEER_SOCKET_H_
