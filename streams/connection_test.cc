// SPDX-License-Identifier: Apache-2.0

// Readers, writers and servers of the public API over real sockets, and what
// happens when they go in any order.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

class ConnectionTest : public testing::TestWithParam<bool> {
 protected:
  ConnectionTest() {
    loop_->SetWarningHandler(
        [this](absl::string_view category, absl::string_view) {
          warnings_.push_back(std::string(category));
        });
    loop_->SetExceptionHandler([this](const ExceptionContext& context) {
      exceptions_.push_back(context.message);
    });
  }

  ~ConnectionTest() override {
    client_ = StreamPair();
    accepted_.clear();
    server_ = nullptr;
  }

  bool is_unix() const { return GetParam(); }

  // Turns the loop until it has nothing left to do. Loopback delivers at once.
  void Settle() {
    while (loop_->RunTurn(absl::ZeroDuration()) > 0) {
    }
  }

  void Serve(ClientConnectedCallback callback) {
    if (is_unix()) {
      // A relative path: the absolute one may be longer than an address.
      std::filesystem::current_path(testing::TempDir());
      path_ = "connection_test.socket";
      server_ = loop_
                    ->RunUntilComplete(
                        StartUnixServer(*loop_, std::move(callback), path_))
                    .value();
    } else {
      server_ = loop_
                    ->RunUntilComplete(StartServer(*loop_, std::move(callback),
                                                   "127.0.0.1", 0))
                    .value();
    }
  }

  StreamPair Connect() {
    if (is_unix()) {
      return loop_->RunUntilComplete(OpenUnixConnection(*loop_, path_)).value();
    }
    const uint16_t port = server_->Sockets().front()->GetSockName()->port();
    return loop_->RunUntilComplete(OpenConnection(*loop_, "127.0.0.1", port))
        .value();
  }

  // A server that keeps what it accepts, and a connection to it.
  void ConnectPair() {
    Serve([this](std::unique_ptr<StreamReader> reader,
                 std::unique_ptr<StreamWriter> writer) {
      accepted_.push_back({std::move(reader), std::move(writer)});
    });
    client_ = Connect();
    Settle();
    ASSERT_EQ(accepted_.size(), 1u);
  }

  template <class Operation>
  auto Await(Operation operation) {
    return loop_->RunUntilComplete(std::move(operation));
  }

  std::vector<std::string> warnings_;
  std::vector<std::string> exceptions_;
  std::unique_ptr<EventLoop> loop_ = std::make_unique<EventLoop>();
  std::string path_;
  std::shared_ptr<Server> server_;
  std::deque<StreamPair> accepted_;
  StreamPair client_;
};

INSTANTIATE_TEST_SUITE_P(TcpAndUnix, ConnectionTest, testing::Bool());

TEST_P(ConnectionTest, BytesGoBothWays) {
  ConnectPair();
  client_.writer->Write("ping\n");
  EXPECT_EQ(Await(accepted_[0].reader->ReadLine()).value(), "ping\n");
  accepted_[0].writer->WriteLines({"po", "", "ng\n"});
  EXPECT_EQ(Await(client_.reader->ReadLine()).value(), "pong\n");
}

TEST_P(ConnectionTest, EofLeavesTheOtherDirectionOpen) {
  ConnectPair();
  EXPECT_TRUE(client_.writer->WriteEof().ok());
  EXPECT_EQ(Await(accepted_[0].reader->Read()).value(), "");
  accepted_[0].writer->Write("late");
  EXPECT_EQ(Await(client_.reader->ReadExactly(4)).value(), "late");
  const WriteStatus write = client_.writer->Write("x");
  EXPECT_EQ(GetErrorKind(write.status()), ErrorKind::kRuntime);
}

TEST_P(ConnectionTest, DrainWaitsForAPeerThatReads) {
  ConnectPair();
  const std::string much(8 << 20, 'x');
  client_.writer->Write(much);
  auto drain = Spawn(*loop_, client_.writer->Drain());
  EXPECT_GT(client_.writer->transport()->GetWriteBufferSize(), 64u * 1024);
  // The reader stops the transport at twice its limit: so nothing moves.
  Settle();
  EXPECT_FALSE(drain.done());
  EXPECT_EQ(Await(accepted_[0].reader->ReadExactly(much.size())).value(), much);
  Settle();
  EXPECT_TRUE(drain.done());
  EXPECT_TRUE(drain.TakeResult().ok());
}

TEST_P(ConnectionTest, DrainAfterTheConnectionWasLost) {
  ConnectPair();
  client_.writer->transport()->Abort();
  Settle();
  EXPECT_EQ(GetErrorKind(Await(client_.writer->Drain())),
            ErrorKind::kConnectionReset);
  client_.writer->Write("nobody");
  EXPECT_TRUE(Await(client_.writer->WaitClosed()).ok());
}

TEST_P(ConnectionTest, CloseSendsWhatIsBuffered) {
  ConnectPair();
  const std::string much(4 << 20, 'x');
  client_.writer->Write(much);
  client_.writer->Close();
  EXPECT_TRUE(client_.writer->IsClosing());
  EXPECT_EQ(Await(accepted_[0].reader->Read()).value(), much);
  EXPECT_TRUE(Await(client_.writer->WaitClosed()).ok());
  EXPECT_EQ(client_.writer->GetSocket()->fd(), -1);
}

TEST_P(ConnectionTest, ADroppedWriterClosesAndIsReported) {
  ConnectPair();
  client_.writer->Write("last");
  client_.writer = nullptr;
  EXPECT_THAT(warnings_, testing::ElementsAre("ResourceWarning"));
  EXPECT_EQ(Await(accepted_[0].reader->Read()).value(), "last");
}

TEST_P(ConnectionTest, AReaderMayGoFirst) {
  ConnectPair();
  client_.reader = nullptr;
  // Still read, though by nobody, until more than twice the limit has come.
  accepted_[0].writer->Write(std::string(2 * kDefaultLimit, 'x'));
  Settle();
  EXPECT_TRUE(client_.writer->transport()->IsReading());
  accepted_[0].writer->Write("x");
  Settle();
  EXPECT_FALSE(client_.writer->transport()->IsReading());
  client_.writer->Close();
  EXPECT_TRUE(Await(client_.writer->WaitClosed()).ok());
}

TEST_P(ConnectionTest, WithoutItsReaderAResetIsDrainsErrorAllTheSame) {
  ConnectPair();
  client_.reader = nullptr;
  ASSERT_TRUE(accepted_[0].writer->transport()->PauseReading().ok());
  client_.writer->Write("never read, hence the reset");
  accepted_[0].writer->transport()->Abort();
  Settle();
  EXPECT_EQ(GetErrno(Await(client_.writer->Drain())), ECONNRESET);
}

TEST_P(ConnectionTest, AnErrorOfTheCallbackClosesTheConnection) {
  Serve([](std::unique_ptr<StreamReader>, std::unique_ptr<StreamWriter>) {
    return MakeError(ErrorKind::kValue, "no");
  });
  client_ = Connect();
  EXPECT_EQ(Await(client_.reader->Read()).value(), "");
  EXPECT_THAT(exceptions_, testing::ElementsAre(
                               "Unhandled exception in client_connected_cb"));
  EXPECT_THAT(warnings_, testing::IsEmpty());
}

Task<absl::Status> Echo(std::unique_ptr<StreamReader> reader,
                        std::unique_ptr<StreamWriter> writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader->ReadLine());
    if (line.empty()) break;
    writer->Write(line);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  writer->Close();
  co_return co_await writer->WaitClosed();
}

TEST_P(ConnectionTest, AHandlerThatIsACoroutine) {
  Serve(Echo);
  client_ = Connect();
  client_.writer->Write("one\ntwo\n");
  EXPECT_EQ(Await(client_.reader->ReadLine()).value(), "one\n");
  EXPECT_EQ(Await(client_.reader->ReadLine()).value(), "two\n");
  EXPECT_TRUE(client_.writer->WriteEof().ok());
  EXPECT_EQ(Await(client_.reader->Read()).value(), "");
  Settle();
  EXPECT_EQ(loop_->live_tasks(), 0u);
}

Task<absl::Status> Fail(std::unique_ptr<StreamReader> /*reader*/,
                        std::unique_ptr<StreamWriter> /*writer*/) {
  co_return MakeError(ErrorKind::kValue, "no");
}

TEST_P(ConnectionTest, AHandlerThatFails) {
  Serve(Fail);
  client_ = Connect();
  EXPECT_EQ(Await(client_.reader->Read()).value(), "");
  EXPECT_EQ(exceptions_.size(), 1u);
  EXPECT_THAT(warnings_, testing::IsEmpty());
}

TEST_P(ConnectionTest, AServerWaitsForItsConnections) {
  ConnectPair();
  auto closed = Spawn(*loop_, server_->WaitClosed());
  server_->Close();
  EXPECT_FALSE(server_->IsServing());
  EXPECT_TRUE(server_->Sockets().empty());
  Settle();
  EXPECT_FALSE(closed.done());
  server_->CloseClients();
  Settle();
  EXPECT_TRUE(closed.done());
  EXPECT_EQ(Await(client_.reader->Read()).value(), "");
}

TEST_P(ConnectionTest, ServeForeverEndsWhenItIsCancelled) {
  ConnectPair();
  auto serving = Spawn(*loop_, server_->ServeForever());
  Settle();
  EXPECT_EQ(GetErrorKind(Await(server_->ServeForever())), ErrorKind::kRuntime);
  serving.Cancel();
  Settle();
  EXPECT_TRUE(serving.cancelled());
  EXPECT_TRUE(accepted_[0].writer->IsClosing());
}

TEST_P(ConnectionTest, NobodyListens) {
  ConnectPair();
  if (is_unix()) {
    server_->Close();
    const auto failed = Await(OpenUnixConnection(*loop_, path_));
    EXPECT_EQ(GetErrorKind(failed.status()), ErrorKind::kFileNotFound);
  } else {
    const uint16_t port = server_->Sockets().front()->GetSockName()->port();
    server_->Close();
    const auto failed = Await(OpenConnection(*loop_, "127.0.0.1", port));
    EXPECT_EQ(GetErrorKind(failed.status()), ErrorKind::kConnectionRefused);
  }
}

TEST_P(ConnectionTest, ASocketOfOneself) {
  auto sockets = StreamSocket::CreatePair().value();
  auto socket = std::make_shared<StreamSocket>(std::move(sockets.first));
  client_ =
      Await(OpenConnection(*loop_, OpenConnectionOptions().set_socket(socket)))
          .value();
  const auto again =
      Await(OpenConnection(*loop_, OpenConnectionOptions().set_socket(socket)));
  EXPECT_EQ(GetErrorKind(again.status()), ErrorKind::kRuntime);
  const auto both = Await(OpenConnection(
      *loop_, "127.0.0.1", 1, OpenConnectionOptions().set_socket(socket)));
  EXPECT_EQ(GetErrorKind(both.status()), ErrorKind::kValue);
  EXPECT_NE(socket->fd(), -1);
  client_.writer->Close();
  Settle();
  EXPECT_EQ(socket->fd(), -1);
}

// --- Lifetimes. What they must not do is told by the sanitizer. ---

TEST_P(ConnectionTest, TheLoopMayGoFirst) {
  ConnectPair();
  client_.writer->Write(std::string(8 << 20, 'x'));
  auto read = Spawn(*loop_, client_.reader->Read(1));
  auto drain = Spawn(*loop_, client_.writer->Drain());
  Settle();
  loop_ = nullptr;
  EXPECT_TRUE(client_.writer->IsClosing());
  EXPECT_EQ(client_.writer->GetSocket()->fd(), -1);
  client_.writer->Write("nobody");
  client_.writer->Close();
}

TEST_P(ConnectionTest, TheLoopMayGoWithHandlersThatWait) {
  Serve(Echo);
  client_ = Connect();
  Settle();
  EXPECT_EQ(loop_->live_tasks(), 1u);
  loop_ = nullptr;
}

TEST_P(ConnectionTest, EveryOrderOfDestruction) {
  for (int order = 0; order < 24; ++order) {
    ConnectPair();
    client_.writer->Write("x");
    std::vector<int> left = {0, 1, 2, 3};
    for (int count = 4, choice = order; count > 0; --count) {
      const int which = choice % count;
      choice /= count;
      switch (left[which]) {
        case 0:
          client_.reader = nullptr;
          break;
        case 1:
          client_.writer = nullptr;
          break;
        case 2:
          accepted_.clear();
          break;
        default:
          server_->Close();
          server_ = nullptr;
      }
      left.erase(left.begin() + which);
      if (order % 2 == 0) Settle();
    }
    Settle();
    EXPECT_EQ(loop_->open_transports(), 0);
  }
}

TEST_P(ConnectionTest, AServerKnowsWhichOfItsClientsAreThere) {
  ConnectPair();
  std::vector<StreamPair> peers;
  for (int i = 0; i < 4; ++i) {
    peers.push_back(Connect());
    Settle();
  }
  ASSERT_EQ(accepted_.size(), 5u);
  // From the middle, and from both ends: what is left is still known.
  for (const size_t gone : {2, 0, 4}) {
    accepted_[gone].writer->Close();
    EXPECT_TRUE(Await(accepted_[gone].writer->WaitClosed()).ok());
  }
  server_->Close();
  auto closed = Spawn(*loop_, server_->WaitClosed());
  Settle();
  EXPECT_FALSE(closed.done());
  accepted_[1].writer->Close();
  Settle();
  EXPECT_FALSE(closed.done());
  EXPECT_FALSE(accepted_[3].writer->IsClosing());
  server_->CloseClients();
  EXPECT_TRUE(accepted_[3].writer->IsClosing());
  Settle();
  EXPECT_TRUE(closed.done());
}

TEST_P(ConnectionTest, ACancelledOpeningLeavesNothing) {
  ConnectPair();
  auto opening =
      is_unix() ? Spawn(*loop_, OpenUnixConnection(*loop_, path_))
                : Spawn(*loop_,
                        OpenConnection(
                            *loop_, "127.0.0.1",
                            server_->Sockets().front()->GetSockName()->port()));
  loop_->RunTurn(absl::ZeroDuration());
  opening.Cancel();
  Settle();
  EXPECT_TRUE(opening.cancelled());
  EXPECT_EQ(loop_->open_transports(),
            1 + static_cast<int64_t>(accepted_.size()));
}

}  // namespace
}  // namespace streams
