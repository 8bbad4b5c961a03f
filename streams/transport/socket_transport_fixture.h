// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_SOCKET_TRANSPORT_FIXTURE_H_
#define STREAMS_TRANSPORT_SOCKET_TRANSPORT_FIXTURE_H_

#include <cstddef>
#include <memory>
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
#include "streams/transport/protocol.h"
#include "streams/transport/socket_transport.h"

namespace streams {

// Writes down what it is told.
class RecordingProtocol final : public Protocol {
 public:
  explicit RecordingProtocol(std::vector<std::string>& log) : log_(log) {}

  void ConnectionMade(std::shared_ptr<Transport> /*transport*/) override {
    log_.push_back("made");
  }
  absl::Status DataReceived(absl::string_view bytes) override {
    log_.push_back(bytes.size() > 9 ? "much" : std::string(bytes));
    sizes.push_back(bytes.size());
    return data_status;
  }
  bool EofReceived() override {
    log_.push_back("eof");
    return keeps_open;
  }
  void ConnectionLost(const absl::Status& error) override {
    log_.push_back(
        error.ok() ? "lost"
                   : absl::StrCat("lost ", ErrorKindName(GetErrorKind(error))));
  }
  void PauseWriting() override { log_.push_back("pause"); }
  void ResumeWriting() override { log_.push_back("resume"); }

  bool keeps_open = false;
  absl::Status data_status;
  std::vector<size_t> sizes;  // Of the data.

 private:
  std::vector<std::string>& log_;
};

class SocketTransportTest : public testing::Test {
 protected:
  SocketTransportTest() {
    auto sockets = StreamSocket::CreatePair().value();
    peer_ = std::move(sockets.second);
    loop_.SetExceptionHandler([this](const ExceptionContext& context) {
      log_.push_back(context.message);
    });
    transport_ =
        SocketTransport::Start(loop_, std::move(sockets.first), protocol_,
                               SocketTransport::Options().set_opened(&opened_));
  }

  void Turn() { loop_.RunTurn(absl::ZeroDuration()); }
  void Settle() {
    while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
    }
  }
  void PeerSends(absl::string_view bytes) {
    ASSERT_EQ(os::Send(peer_.fd(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  // What the peer gets until there is nothing more at the moment.
  size_t PeerReceivesAll() {
    std::string bytes(1 << 20, '\0');
    size_t total = 0;
    for (;;) {
      const ssize_t count = os::Receive(peer_.fd(), bytes.data(), bytes.size());
      Settle();
      if (count <= 0) return total;
      total += static_cast<size_t>(count);
    }
  }

  EventLoop loop_;
  std::vector<std::string> log_;
  StreamSocket peer_;
  Waiter opened_{loop_};
  std::shared_ptr<RecordingProtocol> protocol_ =
      std::make_shared<RecordingProtocol>(log_);
  std::shared_ptr<SocketTransport> transport_;
};

}  // namespace streams

#endif  // STREAMS_TRANSPORT_SOCKET_TRANSPORT_FIXTURE_H_
