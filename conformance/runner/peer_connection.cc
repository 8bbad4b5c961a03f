// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/peer_connection.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace conformance {
namespace {

ConnectionResult Failed(const TlsEngine& engine) {
  ConnectionResult result;
  result.tls_error = engine.error();
  return result;
}

}  // namespace

void PeerConnection::AddLayer(std::unique_ptr<TlsEngine> engine) {
  if (!received_.empty()) engine->Feed(std::exchange(received_, {}));
  if (ended_) engine->FeedEof();
  ended_ = false;
  layers_.push_back(std::move(engine));
}

std::size_t PeerConnection::EstablishedLayers() const {
  const bool all = layers_.empty() || layers_.back()->is_established();
  return layers_.size() - (all ? 0 : 1);
}

ConnectionResult PeerConnection::FinishHandshake(const Sender& send,
                                                 const Settler& settle,
                                                 Deadline deadline) {
  TlsEngine& engine = *layers_.back();
  for (;;) {
    const TlsEngine::Progress progress = engine.Handshake();
    // A failure, too, has something to say to the other side.
    const ConnectionResult sent = Flush(send);
    if (progress == TlsEngine::Progress::kFailed) return Failed(engine);
    if (!sent.ok()) return sent;
    if (progress == TlsEngine::Progress::kDone) {
      // What has arrived behind the handshake.
      return Distribute("");
    }
    if (ConnectionResult result = Await(settle, deadline); !result.ok()) {
      return result;
    }
  }
}

ConnectionResult PeerConnection::TakeFlight(const Settler& settle,
                                            Deadline deadline,
                                            std::string& flight) {
  TlsEngine& engine = *layers_.back();
  for (;;) {
    const TlsEngine::Progress progress = engine.Handshake();
    flight = TakeWireBytes();
    if (progress == TlsEngine::Progress::kDone) return Distribute("");
    if (!flight.empty()) return {};
    if (progress == TlsEngine::Progress::kFailed) return Failed(engine);
    if (ConnectionResult result = Await(settle, deadline); !result.ok()) {
      return result;
    }
  }
}

ConnectionResult PeerConnection::Await(const Settler& settle,
                                       Deadline deadline) {
  bool arrived = false;
  ConnectionResult result = Pull(deadline, /*wait=*/!settle, arrived);
  if (!result.ok() || arrived || !settle) return result;
  const bool settled = settle();
  result = Pull(deadline, /*wait=*/false, arrived);
  if (result.ok() && (!arrived || !settled)) result.pending = true;
  return result;
}

ConnectionResult PeerConnection::Pull(Deadline deadline, bool wait,
                                      bool& arrived) {
  arrived = false;
  if (socket_ended_) return {};
  std::string bytes;
  const SocketResult result = socket_.ReceiveSome(
      wait ? deadline : Deadline::After(std::chrono::milliseconds(0)), bytes);
  if (result.timed_out && !wait) return {};
  if (!result.ok()) return result;
  arrived = true;
  socket_ended_ = bytes.empty();
  if (!socket_ended_) return Distribute(std::move(bytes));
  // What ends the lowest layer ends all: none of them can get more.
  for (auto& layer : layers_) layer->FeedEof();
  if (layers_.empty()) ended_ = true;
  return Distribute("");
}

ConnectionResult PeerConnection::Distribute(std::string bytes) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    TlsEngine& layer = *layers_[i];
    if (!bytes.empty()) layer.Feed(bytes);
    if (!layer.is_established()) return {};
    bytes.clear();
    const TlsEngine::Progress progress = layer.Read(bytes);
    const bool is_top = i + 1 == layers_.size();
    if (progress == TlsEngine::Progress::kDone) {
      if (is_top) ended_ = true;
      if (!is_top) layers_[i + 1]->FeedEof();
    }
    if (progress == TlsEngine::Progress::kFailed) {
      received_ += bytes;
      return Failed(layer);
    }
  }
  received_ += bytes;
  return {};
}

ConnectionResult PeerConnection::Send(absl::string_view data,
                                      const Sender& send) {
  const std::size_t established = EstablishedLayers();
  if (established == 0) return send(socket_, data);
  TlsEngine& top = *layers_[established - 1];
  if (!top.Write(data)) return Failed(top);
  return Flush(send);
}

std::string PeerConnection::TakeWireBytes() {
  std::string bytes;
  for (std::size_t i = layers_.size(); i > 0; --i) {
    TlsEngine& layer = *layers_[i - 1];
    if (!bytes.empty()) layer.Write(bytes);
    bytes = layer.TakeOutput();
  }
  return bytes;
}

ConnectionResult PeerConnection::Flush(const Sender& send) {
  const std::string bytes = TakeWireBytes();
  return bytes.empty() ? ConnectionResult() : send(socket_, bytes);
}

ConnectionResult PeerConnection::Receive(std::size_t count, Deadline deadline,
                                         std::string& data) {
  for (;;) {
    const std::size_t taken = std::min(count - data.size(), received_.size());
    data.append(received_, 0, taken);
    received_.erase(0, taken);
    if (data.size() >= count || ended_) return {};
    // No more than is asked for: what follows may belong to a handshake.
    if (EstablishedLayers() == 0) {
      return socket_.Receive(count, deadline, data);
    }
    if (socket_ended_) {
      // The layers have got all that there will ever be.
      ended_ = true;
      return {};
    }
    bool arrived = false;
    ConnectionResult result = Pull(deadline, /*wait=*/true, arrived);
    if (!result.ok() && received_.empty()) return result;
  }
}

ConnectionResult PeerConnection::ReceiveUntilEof(Deadline deadline,
                                                 std::string& data) {
  const ConnectionResult result =
      Receive(PeerSocket::kMaximumReceived + 1, deadline, data);
  if (result.ok() && data.size() > PeerSocket::kMaximumReceived) {
    return SocketResult{EFBIG, false};
  }
  return result;
}

ConnectionResult PeerConnection::TakeWhatIsThere() {
  bool arrived = true;
  ConnectionResult result;
  while (result.ok() && arrived) {
    result = Pull(Deadline::After(std::chrono::milliseconds(0)),
                  /*wait=*/false, arrived);
  }
  return result;
}

}  // namespace conformance
