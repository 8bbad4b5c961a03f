// SPDX-License-Identifier: Apache-2.0

// A connection over a socket that the program still holds, and closes.

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

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

}  // namespace
}  // namespace streams
