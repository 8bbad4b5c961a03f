// SPDX-License-Identifier: Apache-2.0

#include <malloc.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

// Sanitizers have an allocator of their own.
#if !defined(ABSL_HAVE_ADDRESS_SANITIZER) && \
    !defined(ABSL_HAVE_THREAD_SANITIZER) &&  \
    !defined(ABSL_HAVE_MEMORY_SANITIZER)

// What is optimised has smaller frames of coroutines.
#ifdef __OPTIMIZE__
constexpr size_t kMostBytes = 1200;
#else
constexpr size_t kMostBytes = 1300;
#endif

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

class IdleConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = loop_.RunUntilComplete(
        StartServer(loop_, Echo, "127.0.0.1", /*port=*/0));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    address_ = *server_->Sockets()[0]->GetSockName();
  }

  void TearDown() override {
    if (server_ == nullptr) return;
    peers_.clear();
    server_->Close();
    EXPECT_TRUE(loop_.RunUntilComplete(server_->WaitClosed()).ok());
  }

  // A connection that has echoed a message.
  void AddConnection() {
    auto peer = StreamSocket::ConnectBlocking(address_);
    ASSERT_TRUE(peer.ok()) << peer.status();
    const std::string message(64, 'x');
    ASSERT_EQ(os::Send(peer->fd(), message.data(), message.size()), 64);
    std::array<char, 64> answer;
    while (os::Receive(peer->fd(), answer.data(), answer.size()) < 0) {
      loop_.RunTurn(absl::Seconds(10));
    }
    loop_.RunTurn(absl::ZeroDuration());
    peers_.push_back(*std::move(peer));
  }

  EventLoop loop_;
  std::shared_ptr<Server> server_;
  SocketAddress address_;
  std::vector<StreamSocket> peers_;
};

TEST_F(IdleConnectionTest, TakesLittleMemory) {
  constexpr size_t kConnections = 400;
  peers_.reserve(kConnections + 1);
  AddConnection();  // What the first needs for all.
  const size_t before = ::mallinfo2().uordblks;
  for (size_t i = 0; i < kConnections; ++i) AddConnection();
  const size_t each = (::mallinfo2().uordblks - before) / kConnections;
  RecordProperty("bytes", static_cast<int>(each));
  EXPECT_LE(each, kMostBytes);
}

#endif

}  // namespace
}  // namespace streams
