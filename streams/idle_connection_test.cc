// SPDX-License-Identifier: Apache-2.0

#include <malloc.h>
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
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

// Keeps the string that it reads into.
Task<absl::Status> EchoFromAString(std::unique_ptr<StreamReader> reader,
                                   std::unique_ptr<StreamWriter> writer) {
  std::string data;
  for (;;) {
    STREAMS_CO_RETURN_IF_ERROR(co_await reader->Read(65536).Into(data));
    if (data.empty()) break;
    writer->Write(data);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

// Says that there is nothing more to come for now.
Task<absl::Status> AnswerTheLast(std::unique_ptr<StreamReader> reader,
                                 std::unique_ptr<StreamWriter> writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader->ReadLine());
    if (line.empty() || line.back() != '\n') break;
    if (line == "last\n") writer->Write(line);
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

class IdleConnections {
 public:
  explicit IdleConnections(ClientConnectedCallback callback) {
    auto server = loop_.RunUntilComplete(
        StartServer(loop_, std::move(callback), "127.0.0.1", /*port=*/0));
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    address_ = *server_->Sockets()[0]->GetSockName();
  }

  ~IdleConnections() {
    peers_.clear();
    server_->Close();
    EXPECT_TRUE(loop_.RunUntilComplete(server_->WaitClosed()).ok());
  }

  // One that has sent `message` and got an answer of `size` bytes.
  void Add(absl::string_view message, size_t size) {
    auto peer = StreamSocket::ConnectBlocking(address_);
    ASSERT_TRUE(peer.ok()) << peer.status();
    while (!message.empty() || size > 0) {
      const ssize_t sent = os::Send(peer->fd(), message.data(), message.size());
      if (sent > 0) message.remove_prefix(static_cast<size_t>(sent));
      std::array<char, 2000> answer;
      const ssize_t count = os::Receive(peer->fd(), answer.data(), size);
      if (count > 0) size -= static_cast<size_t>(count);
      if (count < 0) loop_.RunTurn(absl::Seconds(10));
    }
    loop_.RunTurn(absl::ZeroDuration());
    peers_.push_back(*std::move(peer));
  }

  void Reserve(size_t count) { peers_.reserve(count); }

 private:
  EventLoop loop_;
  std::shared_ptr<Server> server_;
  SocketAddress address_;
  std::vector<StreamSocket> peers_;
};

// What each of many takes. In a thread of its own, whose pools begin empty.
size_t BytesOfEach(ClientConnectedCallback callback, absl::string_view message,
                   size_t answer_size) {
  constexpr size_t kFirst = 140;
  constexpr size_t kConnections = 400;
  size_t each = 0;
  std::thread([&] {
    IdleConnections connections(std::move(callback));
    connections.Reserve(kFirst + kConnections);
    // What they need for all, and until they are many.
    for (size_t i = 0; i < kFirst; ++i) connections.Add(message, answer_size);
    const size_t before = ::mallinfo2().uordblks;
    for (size_t i = 0; i < kConnections; ++i) {
      connections.Add(message, answer_size);
    }
    each = (::mallinfo2().uordblks - before) / kConnections;
  }).join();
  testing::Test::RecordProperty("bytes", static_cast<int>(each));
  return each;
}

TEST(IdleConnectionTest, TakesLittleMemory) {
  EXPECT_LE(BytesOfEach(Echo, std::string(64, 'x'), 64), kMostBytes);
}

TEST(IdleConnectionTest, TheStringThatItsHandlerKeepsTakesNone) {
  EXPECT_LE(BytesOfEach(EchoFromAString, std::string(500, 'x'), 500),
            kMostBytes);
}

// CPython's bytearray gives back what isn't needed, too.
TEST(IdleConnectionTest, ABeginningOfALineHoldsNoMoreThanTheSmallestBlock) {
  std::string message;
  while (message.size() < 60'000) message += std::string(99, 'x') + "\n";
  message += "last\nand a line that is not yet whole";
  EXPECT_LE(BytesOfEach(AnswerTheLast, message, 5), kMostBytes + 4096);
}

#endif

}  // namespace
}  // namespace streams
