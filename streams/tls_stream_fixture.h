// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_STREAM_FIXTURE_H_
#define STREAMS_TLS_STREAM_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {

// The suite's own certificates: //conformance/certificates.
inline std::string Certificate(absl::string_view name) {
  return "conformance/certificates/" + std::string(name) + ".pem";
}

inline std::shared_ptr<SslContext> ServerContext() {
  auto context = SslContext::Server();
  EXPECT_TRUE(context->LoadCertChain(Certificate("server")).ok());
  return context;
}

inline std::shared_ptr<SslContext> ClientContext() {
  auto context = SslContext::Client();
  EXPECT_TRUE(
      context
          ->LoadVerifyLocations(VerifyLocations().set_cafile(Certificate("ca")))
          .ok());
  return context;
}

// Trusts nobody.
inline std::shared_ptr<SslContext> WrongClientContext() {
  return SslContext::Client();
}

// A server and a client of one loop, over TCP.
class TlsStreamTest : public testing::Test {
 protected:
  TlsStreamTest() {
    loop_.SetExceptionHandler([this](const ExceptionContext& context) {
      exceptions_.push_back(context.message);
    });
    loop_.SetWarningHandler([this](absl::string_view category,
                                   absl::string_view message) {
      warnings_.push_back(std::string(category) + ": " + std::string(message));
    });
  }

  ~TlsStreamTest() override {
    if (server_ != nullptr) server_->Close();
    accepted_ = StreamPair();
    client_ = StreamPair();
    Settle();
    EXPECT_EQ(loop_.open_transports(), 0);
  }

  void Serve(TlsOptions ssl) {
    server_ =
        loop_
            .RunUntilComplete(StartServer(
                loop_,
                [this](std::unique_ptr<StreamReader> reader,
                       std::unique_ptr<StreamWriter> writer) {
                  accepted_ = {std::move(reader), std::move(writer)};
                },
                "127.0.0.1", 0, StartServerOptions().set_ssl(std::move(ssl))))
            .value();
    port_ = server_->Sockets().front()->GetSockName()->port();
  }

  absl::Status Connect(OpenConnectionOptions options) {
    absl::StatusOr<StreamPair> pair = loop_.RunUntilComplete(
        OpenConnection(loop_, "127.0.0.1", port_, std::move(options)));
    if (pair.ok()) client_ = *std::move(pair);
    return pair.status();
  }

  // Connected, and the server has said so.
  void ConnectInTheClear() {
    Serve(TlsOptions());
    ASSERT_TRUE(Connect(OpenConnectionOptions()).ok());
    RunUntil([this] { return accepted_.writer != nullptr; });
  }

  template <class Condition>
  void RunUntil(Condition condition) {
    while (!condition()) loop_.RunTurn(absl::InfiniteDuration());
  }

  // Until nothing is ready. What the kernel moves on loopback is there at once.
  void Settle() {
    for (int idle = 0; idle < 3;) {
      idle = loop_.RunTurn(absl::ZeroDuration()) == 0 ? idle + 1 : 0;
    }
  }

  // Both sides at the same time.
  std::pair<absl::Status, absl::Status> UpgradeBoth(TlsOptions client,
                                                    TlsOptions server) {
    auto client_task =
        Spawn(loop_, client_.writer->StartTls(std::move(client)));
    auto server_task =
        Spawn(loop_, accepted_.writer->StartTls(std::move(server)));
    absl::Status client_status = loop_.RunUntilDone(client_task);
    return {client_status, loop_.RunUntilDone(server_task)};
  }

  void ExpectEcho(absl::string_view line) {
    client_.writer->Write(line);
    EXPECT_EQ(loop_.RunUntilComplete(accepted_.reader->ReadLine()).value(),
              line);
    accepted_.writer->Write(line);
    EXPECT_EQ(loop_.RunUntilComplete(client_.reader->ReadLine()).value(), line);
  }

  EventLoop loop_;
  StreamPair accepted_;
  StreamPair client_;
  std::shared_ptr<Server> server_;
  uint16_t port_ = 0;
  std::vector<std::string> exceptions_;
  std::vector<std::string> warnings_;
};

}  // namespace streams

#endif  // STREAMS_TLS_STREAM_FIXTURE_H_
