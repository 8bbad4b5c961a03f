// SPDX-License-Identifier: Apache-2.0

// A connection over a socket that the program still holds, and closes; and a
// server that listens on one.

#include <sys/resource.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/streams.h"
#include "streams/testing/virtual_clock.h"

namespace streams {
namespace {

// See server_test.cc.
#ifndef __has_feature
#define __has_feature(name) 0
#endif
constexpr bool kNeedsDescriptors = __has_feature(undefined_behavior_sanitizer);

class SharedSocketTest : public testing::Test {
 protected:
  SharedSocketTest() {
    loop_.SetExceptionHandler([this](const ExceptionContext& context) {
      exceptions_.push_back(context.message);
    });
    auto sockets = StreamSocket::CreatePair().value();
    socket_ = std::make_shared<StreamSocket>(std::move(sockets.first));
    peer_ = std::move(sockets.second);
  }

  Task<absl::StatusOr<StreamPair>> Open(std::shared_ptr<StreamSocket> socket) {
    return OpenConnection(
        loop_, OpenConnectionOptions().set_socket(std::move(socket)));
  }
  template <class Operation>
  auto Await(Operation operation) {
    return loop_.RunUntilComplete(std::move(operation));
  }
  void Settle() {
    while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
    }
  }

  EventLoop loop_;
  std::vector<std::string> exceptions_;
  std::shared_ptr<StreamSocket> socket_;
  StreamSocket peer_;
  StreamPair client_;
};

// As CPython has it: the write fails, and what comes after it is told why.
TEST_F(SharedSocketTest, ClosedByItsOwnerItIsNotWrittenTo) {
  client_ = Await(Open(socket_)).value();
  const int number = socket_->fd();
  socket_->Close();
  EXPECT_EQ(client_.writer->GetSocket()->fd(), -1);
  auto others = StreamSocket::CreatePair().value();
  ASSERT_EQ(others.first.fd(), number);
  // A stranger on the old number is a connection as any other.
  StreamPair stranger =
      Await(Open(std::make_shared<StreamSocket>(std::move(others.first))))
          .value();
  ASSERT_EQ(os::Send(others.second.fd(), "x", 1), 1);
  Settle();
  EXPECT_EQ(client_.reader->buffered(), "");
  EXPECT_EQ(stranger.reader->buffered(), "x");
  EXPECT_FALSE(client_.writer->IsClosing());
  client_.writer->Write("secret");
  EXPECT_TRUE(client_.writer->IsClosing());
  EXPECT_EQ(GetErrno(Await(client_.writer->Drain())), EBADF);
  EXPECT_EQ(GetErrno(Await(client_.reader->Read()).status()), EBADF);
  client_.writer->Close();
  EXPECT_EQ(GetErrno(Await(client_.writer->WaitClosed())), EBADF);
  char byte;
  EXPECT_EQ(os::Receive(others.second.fd(), &byte, 1), -1);
  stranger.writer->Write("y");
  EXPECT_EQ(os::Receive(others.second.fd(), &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  EXPECT_THAT(exceptions_, testing::IsEmpty());
}

TEST_F(SharedSocketTest, ClosedByItsOwnerWhatIsBufferedIsLost) {
  for (const bool is_closing : {false, true}) {
    auto sockets = StreamSocket::CreatePair().value();
    auto socket = std::make_shared<StreamSocket>(std::move(sockets.first));
    client_ = Await(Open(socket)).value();
    client_.writer->Write(std::string(8 << 20, 'x'));
    auto drained = Spawn(loop_, client_.writer->Drain());
    Settle();
    EXPECT_FALSE(drained.done());
    if (is_closing) client_.writer->Close();
    socket->Close();
    Settle();
    ASSERT_TRUE(drained.done());
    EXPECT_EQ(GetErrno(loop_.RunUntilDone(drained)), EBADF);
    client_.writer->Close();
    EXPECT_EQ(GetErrno(Await(client_.writer->WaitClosed())), EBADF);
  }
}

TEST_F(SharedSocketTest, ClosedByItsOwnerItHasNoEofToWrite) {
  client_ = Await(Open(socket_)).value();
  socket_->Close();
  EXPECT_EQ(GetErrno(client_.writer->WriteEof()), EBADF);
  // What is put there now isn't the connection's.
  *socket_ = std::move(peer_);
  client_.writer->Close();
  EXPECT_TRUE(Await(client_.writer->WaitClosed()).ok());
  EXPECT_TRUE(socket_->valid());
}

// The end that is due is not taken back with the descriptor.
TEST_F(SharedSocketTest, ClosedByItsOwnerWhileItsConnectionCloses) {
  client_ = Await(Open(socket_)).value();
  client_.writer->Close();
  socket_->Close();
  EXPECT_TRUE(Await(client_.writer->WaitClosed()).ok());
}

TEST_F(SharedSocketTest, ClosedByItsOwnerWhileItsConnectionOpens) {
  auto opening = Spawn(loop_, Open(socket_));
  loop_.RunTurn(absl::ZeroDuration());
  socket_->Close();
  client_ = loop_.RunUntilDone(opening).value();
  // The reader could not be added, which nobody but the handler hears of.
  EXPECT_EQ(exceptions_.size(), 1u);
  client_.writer->Close();
  EXPECT_TRUE(Await(client_.writer->WaitClosed()).ok());
}

// --- Servers ---

StreamSocket Bound() {
  StreamSocket socket = StreamSocket::Create(AddressFamily::kInet).value();
  EXPECT_TRUE(socket.Bind(*SocketAddress::FromIp("127.0.0.1", 0)).ok());
  return socket;
}

StreamSocket ConnectTo(const StreamSocket& listener) {
  return StreamSocket::ConnectBlocking(*listener.GetSockName()).value();
}

class SharedListenerTest : public SharedSocketTest {
 protected:
  SharedListenerTest() {
    loop_.SetWarningHandler(
        [this](absl::string_view, absl::string_view message) {
          warnings_.push_back(std::string(message));
        });
    peer_.Close();
    socket_->Close();
    socket_ = std::make_shared<StreamSocket>(Bound());
  }

  // Lets go of each connection, and counts it.
  static std::shared_ptr<Server> Serve(EventLoop& loop,
                                       std::shared_ptr<StreamSocket> socket,
                                       int& accepted, bool start_serving) {
    return loop
        .RunUntilComplete(StartServer(
            loop,
            [&accepted](std::unique_ptr<StreamReader>,
                        std::unique_ptr<StreamWriter> writer) {
              ++accepted;
              writer->Close();
            },
            StartServerOptions()
                .set_socket(std::move(socket))
                .set_start_serving(start_serving)))
        .value();
  }
  void Serve(bool start_serving = true) {
    server_ = Serve(loop_, socket_, accepted_, start_serving);
  }
  void ExpectTheEnd() {
    server_->Close();
    EXPECT_FALSE(server_->IsServing());
    EXPECT_TRUE(Await(server_->WaitClosed()).ok());
    server_ = nullptr;
    EXPECT_THAT(exceptions_, testing::IsEmpty());
    EXPECT_THAT(warnings_, testing::IsEmpty());
  }

  std::vector<std::string> warnings_;
  std::shared_ptr<Server> server_;
  int accepted_ = 0;
};

TEST_F(SharedListenerTest, ClosedByItsOwnerItsNumberIsFreeForAConnection) {
  Serve();
  const int number = socket_->fd();
  socket_->Close();
  EXPECT_TRUE(server_->IsServing());
  ASSERT_EQ(server_->Sockets().size(), 1u);
  EXPECT_FALSE(server_->Sockets()[0]->valid());
  auto others = StreamSocket::CreatePair().value();
  ASSERT_EQ(others.first.fd(), number);
  client_ = Await(Open(std::make_shared<StreamSocket>(std::move(others.first))))
                .value();
  ASSERT_EQ(os::Send(others.second.fd(), "x", 1), 1);
  Settle();
  EXPECT_EQ(client_.reader->buffered(), "x");
  ExpectTheEnd();
  // Which is not the connection's.
  ASSERT_EQ(os::Send(others.second.fd(), "y", 1), 1);
  Settle();
  EXPECT_EQ(client_.reader->buffered(), "xy");
  client_.writer->Close();
  EXPECT_TRUE(Await(client_.writer->WaitClosed()).ok());
}

TEST_F(SharedListenerTest, ClosedByItsOwnerItAcceptsForNoOtherServer) {
  Serve();
  const int number = socket_->fd();
  // Readiness that is known when it goes is nobody's.
  const StreamSocket refused = ConnectTo(*socket_);
  socket_->Close();
  const auto other = std::make_shared<StreamSocket>(Bound());
  ASSERT_EQ(other->fd(), number);
  int accepted_by_other = 0;
  const auto server = Serve(loop_, other, accepted_by_other, true);
  const StreamSocket client = ConnectTo(*other);
  Settle();
  EXPECT_EQ(accepted_by_other, 1);
  EXPECT_EQ(accepted_, 0);
  ExpectTheEnd();
  const StreamSocket another = ConnectTo(*other);
  Settle();
  EXPECT_EQ(accepted_by_other, 2);
  server->Close();
}

TEST_F(SharedListenerTest, ClosedByItsOwnerBeforeItListens) {
  Serve(/*start_serving=*/false);
  socket_->Close();
  // What is put there now isn't the server's.
  *socket_ = Bound();
  EXPECT_EQ(GetErrno(Await(server_->StartServing())), EBADF);
  ExpectTheEnd();
  EXPECT_TRUE(socket_->valid());
  // Nor has a server that is dropped left it open.
  Serve(/*start_serving=*/false);
  socket_->Close();
  server_ = nullptr;
  EXPECT_THAT(warnings_, testing::IsEmpty());
}

// It is in use as it was: by a server, which is no transport.
TEST_F(SharedListenerTest, ClosedByOneServerItIsGoneFromTheOther) {
  Serve();
  int accepted_by_other = 0;
  const auto other = Serve(loop_, socket_, accepted_by_other, false);
  EXPECT_FALSE(socket_->is_in_use());
  other->Close();
  EXPECT_FALSE(socket_->valid());
  ExpectTheEnd();
}

TEST_F(SharedListenerTest, ClosedByItsOwnerWhoeverGoesNext) {
  for (const bool is_loop_first : {false, true}) {
    auto loop = std::make_unique<EventLoop>();
    socket_ = std::make_shared<StreamSocket>(Bound());
    auto server = Serve(*loop, socket_, accepted_, true);
    socket_->Close();
    *socket_ = Bound();
    if (is_loop_first) {
      loop = nullptr;
      server->Close();
    }
    server = nullptr;
    loop = nullptr;
    EXPECT_TRUE(socket_->valid());
  }
}

// Out of descriptors, it would listen again in a second.
TEST(SharedListenerPauseTest, ClosedByItsOwnerWhileItPauses) {
  if (kNeedsDescriptors) GTEST_SKIP();
  VirtualClock clock;
  EventLoop loop(clock);
  const auto socket = std::make_shared<StreamSocket>(Bound());
  rlimit before;
  ::getrlimit(RLIMIT_NOFILE, &before);
  int failures = 0;
  loop.SetExceptionHandler([&](const ExceptionContext&) {
    ++failures;
    ::setrlimit(RLIMIT_NOFILE, &before);
    socket->Close();
  });
  const auto server =
      loop
          .RunUntilComplete(StartServer(
              loop,
              [](std::unique_ptr<StreamReader>, std::unique_ptr<StreamWriter>) {
                ADD_FAILURE();
              },
              StartServerOptions().set_socket(socket)))
          .value();
  const StreamSocket client = ConnectTo(*socket);
  rlimit none = before;
  none.rlim_cur = 0;
  ::setrlimit(RLIMIT_NOFILE, &none);
  while (loop.RunTurn(absl::ZeroDuration()) > 0) {
  }
  EXPECT_EQ(failures, 1);
  EXPECT_TRUE(loop.RunUntilComplete(Sleep(loop, absl::Seconds(2))).ok());
  EXPECT_EQ(failures, 1);
  server->Close();
}

}  // namespace
}  // namespace streams
