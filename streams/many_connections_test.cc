// SPDX-License-Identifier: Apache-2.0
//
// A server with as many connections as the loop calls many (selector.cc): what
// it does ahead for them must do with connections in every state.

#include <sys/types.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

constexpr int kConnections = 120;  // Of two descriptors each.
constexpr absl::string_view kMessage = "message";

class ManyConnectionsTest : public testing::Test {
 protected:
  void Serve(ClientConnectedCallback callback) {
    auto server = loop_.RunUntilComplete(
        StartServer(loop_, std::move(callback), "127.0.0.1", /*port=*/0));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    for (int i = 0; i < kConnections; ++i) {
      auto peer =
          StreamSocket::ConnectBlocking(*server_->Sockets()[0]->GetSockName());
      ASSERT_TRUE(peer.ok()) << peer.status();
      peers_.push_back(*std::move(peer));
      loop_.RunTurn(absl::ZeroDuration());  // The backlog is shorter.
    }
  }

  void SendFromAll() {
    for (const StreamSocket& peer : peers_) {
      ASSERT_EQ(os::Send(peer.fd(), kMessage.data(), kMessage.size()),
                static_cast<ssize_t>(kMessage.size()));
    }
  }

  void ExpectEchoesToAll() {
    for (const StreamSocket& peer : peers_) {
      std::array<char, 64> answer;
      ssize_t count;
      while ((count = os::Receive(peer.fd(), answer.data(), answer.size())) <
             0) {
        loop_.RunTurn(absl::Seconds(10));
      }
      EXPECT_EQ(absl::string_view(answer.data(), static_cast<size_t>(count)),
                kMessage);
    }
  }

  // Turns the loop until it has nothing left to do. Loopback delivers at once.
  void Settle() {
    while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
    }
  }

  void TearDown() override {
    if (server_ == nullptr) return;
    peers_.clear();
    server_->Close();
    EXPECT_TRUE(loop_.RunUntilComplete(server_->WaitClosed()).ok());
  }

  EventLoop loop_;
  std::shared_ptr<Server> server_;
  std::vector<StreamSocket> peers_;
};

Task<absl::Status> Echo(std::unique_ptr<StreamReader> reader,
                        std::unique_ptr<StreamWriter> writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string data,
                                co_await reader->Read(65536));
    if (data.empty()) break;
    writer->Write(data);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

TEST_F(ManyConnectionsTest, AllAreAnswered) {
  Serve(Echo);
  for (int round = 0; round < 3; ++round) {
    SendFromAll();
    ExpectEchoesToAll();
  }
}

TEST_F(ManyConnectionsTest, NobodyWaits) {
  std::vector<StreamPair> accepted;
  Serve([&accepted](std::unique_ptr<StreamReader> reader,
                    std::unique_ptr<StreamWriter> writer) {
    accepted.push_back({std::move(reader), std::move(writer)});
  });
  SendFromAll();
  Settle();
  SendFromAll();
  Settle();
  ASSERT_EQ(accepted.size(), peers_.size());
  for (StreamPair& pair : accepted) {
    EXPECT_EQ(pair.reader->buffered(), absl::StrCat(kMessage, kMessage));
    pair.writer->Close();
  }
  Settle();
}

TEST_F(ManyConnectionsTest, ReadersThatAreGone) {
  std::vector<std::unique_ptr<StreamWriter>> writers;
  Serve([&writers](std::unique_ptr<StreamReader> /*reader*/,
                   std::unique_ptr<StreamWriter> writer) {
    writers.push_back(std::move(writer));
  });
  Settle();
  SendFromAll();
  Settle();
  ASSERT_EQ(writers.size(), peers_.size());
  for (const std::unique_ptr<StreamWriter>& writer : writers) {
    writer->Write(kMessage);
    writer->Close();
  }
  ExpectEchoesToAll();
  Settle();
}

}  // namespace
}  // namespace streams
