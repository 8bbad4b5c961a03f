// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTING_SSL_PROTOCOL_FIXTURE_H_
#define STREAMS_TESTING_SSL_PROTOCOL_FIXTURE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/os/error.h"
#include "streams/os/socket.h"
#include "streams/testing/tls_contexts.h"
#include "streams/testing/virtual_clock.h"
#include "streams/tls/ssl_protocol.h"
#include "streams/tls/tls_peer.h"
#include "streams/transport/protocol.h"
#include "streams/transport/socket_transport.h"

namespace streams::internal {

// A protocol that writes down what it is told.
class RecordingProtocol final : public Protocol {
 public:
  explicit RecordingProtocol(std::vector<std::string>& log) : log_(log) {}

  void ConnectionMade(std::shared_ptr<Transport> made) override {
    log_.push_back("made");
    transport = std::move(made);
    if (on_made) on_made();
  }
  absl::Status DataReceived(absl::string_view bytes) override {
    received += std::string(bytes);
    log_.push_back(bytes.size() > 20 ? absl::StrCat(bytes.size(), " bytes")
                                     : std::string(bytes));
    if (on_data) on_data();
    return data_status;
  }
  absl::Status BlockReceived(std::string&& bytes) override {
    ++blocks;
    return DataReceived(bytes);
  }
  bool EofReceived() override {
    log_.push_back("eof");
    return keeps_open;
  }
  void ConnectionLost(const absl::Status& error) override {
    log_.push_back(
        error.ok() ? "lost"
                   : absl::StrCat("lost: ", ErrorKindName(GetErrorKind(error)),
                                  "(", std::string(error.message()), ")"));
    transport = nullptr;
  }
  void PauseWriting() override { log_.push_back("pause"); }
  void ResumeWriting() override { log_.push_back("resume"); }
  void Prefetch(int step) const override { prefetched.push_back(step); }
  std::string TakeUnread() override { return std::exchange(unread, {}); }

  std::shared_ptr<Transport> transport;
  std::string received;
  std::string unread;
  int blocks = 0;  // How often the bytes came as a string.
  mutable std::vector<int> prefetched;
  absl::Status data_status;
  bool keeps_open = false;
  std::function<void()> on_made;
  std::function<void()> on_data;

 private:
  std::vector<std::string>& log_;
};

// One end is an SslProtocol on a socket's transport, the other a TlsPeer.
class SslProtocolFixture : public testing::Test {
 protected:
  SslProtocolFixture() {
    clock_.set_autojump(false);
    loop_.emplace(clock_);
    loop_->SetExceptionHandler([this](const ExceptionContext& context) {
      log_.push_back(absl::StrCat("handler: ", context.message));
    });
    loop_->SetWarningHandler(
        [this](absl::string_view category, absl::string_view message) {
          log_.push_back(absl::StrCat(category, ": ", message));
        });
    handshake_done_.emplace(*loop_);
    protocol_ = std::make_shared<RecordingProtocol>(log_);
  }

  static TlsOptions ClientOptions() {
    return TlsOptions(TestClientContext()).set_server_hostname("localhost");
  }

  // Our end is a client, the peer a server.
  void Start() { Start(ClientOptions()); }
  void Start(const TlsOptions& options) {
    auto sockets = StreamSocket::CreatePair().value();
    peer_.emplace(
        std::move(sockets.second),
        SslEngine::Create(
            options.server_side() ? TestClientContext() : TestServerContext(),
            !options.server_side(),
            options.server_side() ? std::optional<std::string>("localhost")
                                  : std::nullopt,
            nullptr)
            .value());
    ssl_protocol_ =
        SslProtocol::Create(*loop_, protocol_, options, &*handshake_done_)
            .value();
    transport_ = ssl_protocol_->app_transport();
    lower_ = SocketTransport::Start(*loop_, std::move(sockets.first),
                                    ssl_protocol_, SocketTransport::Options());
  }

  void Turn() { loop_->RunTurn(absl::ZeroDuration()); }
  void Settle() {
    while (loop_->RunTurn(absl::ZeroDuration()) > 0) {
    }
  }
  void Handshake() {
    for (int i = 0; i < 4; ++i) {
      Settle();
      peer_->Handshake();
    }
    Settle();
  }
  void StartAndShakeHands() {
    Start();
    Handshake();
    ASSERT_TRUE(handshake_done_->done());
    ASSERT_TRUE(handshake_done_->status().ok())
        << handshake_done_->status().message();
    log_.clear();
  }
  void Advance(absl::Duration by) {
    clock_.Advance(by);
    Settle();
  }

  VirtualClock clock_;
  std::optional<EventLoop> loop_;
  std::vector<std::string> log_;
  std::optional<TlsPeer> peer_;
  std::optional<Waiter> handshake_done_;
  std::shared_ptr<RecordingProtocol> protocol_;
  std::shared_ptr<SslProtocol> ssl_protocol_;
  std::shared_ptr<Transport> transport_;
  std::shared_ptr<SocketTransport> lower_;
};

}  // namespace streams::internal

#endif  // STREAMS_TESTING_SSL_PROTOCOL_FIXTURE_H_
