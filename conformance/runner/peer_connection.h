// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_PEER_CONNECTION_H_
#define CONFORMANCE_RUNNER_PEER_CONNECTION_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/runner/deadline.h"
#include "conformance/runner/peer_socket.h"
#include "conformance/runner/tls_engine.h"

namespace conformance {

// What an operation of a connection gave: trouble of the socket, or of TLS, or
// neither.
struct ConnectionResult {
  ConnectionResult() = default;
  ConnectionResult(SocketResult result)  // NOLINT(runtime/explicit)
      : socket(result) {}

  bool ok() const { return socket.ok() && !tls_error.has_value() && !pending; }

  SocketResult socket;
  std::optional<ErrorValue> tls_error;
  // The testee has nothing left to do, and has not sent what is waited for.
  bool pending = false;
};

// The connection of a peer: a socket, and as many layers of TLS upon it as the
// scenario has asked for. Until the handshake of a layer is over, everything
// goes past it.
//
// Move-only; may be used from any one thread.
class PeerConnection {
 public:
  // Sends the pieces of what is handed to the kernel; Send of PeerSocket, or
  // with cuts in it.
  using Sender = std::function<SocketResult(PeerSocket&, absl::string_view)>;
  // Lets the testee settle; false if it cannot any more.
  using Settler = std::function<bool()>;

  PeerConnection() = default;
  explicit PeerConnection(PeerSocket socket) : socket_(std::move(socket)) {}

  PeerSocket& socket() { return socket_; }
  bool is_open() const { return socket_.is_open(); }

  // The layer on top, established or not; null if there is none.
  TlsEngine* tls() { return layers_.empty() ? nullptr : layers_.back().get(); }

  // Puts a layer on top. Bytes that have been received and not asked for are
  // its own.
  void AddLayer(std::unique_ptr<TlsEngine> engine);

  // Goes on with the handshake of the layer on top until it is over, it failed,
  // or the testee has settled without an answer.
  ConnectionResult FinishHandshake(const Sender& send, const Settler& settle,
                                   Deadline deadline);
  // Takes what has arrived, waits for more if that is not enough, and returns
  // the answer in `flight` instead of sending it.
  ConnectionResult TakeFlight(const Settler& settle, Deadline deadline,
                              std::string& flight);

  // Sends through all established layers.
  ConnectionResult Send(absl::string_view data, const Sender& send);
  // Sends what the layer on top has to say: an alert, say.
  ConnectionResult Flush(const Sender& send);
  // What Flush would hand to the kernel.
  std::string TakeWireBytes();

  // As PeerSocket, through all established layers. The end of the top layer
  // (close_notify) counts as EOF.
  ConnectionResult Receive(std::size_t count, Deadline deadline,
                           std::string& data);
  ConnectionResult ReceiveUntilEof(Deadline deadline, std::string& data);

  // Decrypts what has arrived, without waiting; it stays to be received.
  ConnectionResult TakeWhatIsThere();
  // As of what was taken: whether the testee has sent EOF.
  bool received_eof() const { return socket_ended_; }

 private:
  // The number of layers that bytes of the application go through.
  std::size_t EstablishedLayers() const;
  // Reads the socket once, waiting if `wait`; everything goes through the
  // layers. `arrived`: something did, EOF included.
  ConnectionResult Pull(Deadline deadline, bool wait, bool& arrived);
  ConnectionResult Distribute(std::string bytes);
  // Waits for the testee to send something; `pending` if it has settled.
  ConnectionResult Await(const Settler& settle, Deadline deadline);

  PeerSocket socket_;
  std::vector<std::unique_ptr<TlsEngine>> layers_;
  std::string received_;  // Past the top established layer, not asked for yet.
  bool socket_ended_ = false;
  bool ended_ = false;  // EOF, or the top layer's close_notify.
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_PEER_CONNECTION_H_
