// SPDX-License-Identifier: Apache-2.0

// Servers that cannot, that run out of descriptors, and that go while they are
// busy.

#include "streams/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/streams.h"
#include "streams/testing/virtual_clock.h"

namespace streams {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The undefined-behaviour sanitizer opens pipes to look at memory, and takes
// what it cannot look at for a bug.
#ifndef __has_feature
#define __has_feature(name) 0
#endif
constexpr bool kNeedsDescriptors = __has_feature(undefined_behavior_sanitizer);

using ServerOr = absl::StatusOr<std::shared_ptr<Server>>;

// No descriptor can be opened while there is one, or `left`, 0 or 1.
class DescriptorFamine {
 public:
  explicit DescriptorFamine(int left = 0) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = ::dup(STDERR_FILENO);
    ::close(lowest_free);
    rlimit limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(lowest_free + left);
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  DescriptorFamine(const DescriptorFamine&) = delete;
  DescriptorFamine& operator=(const DescriptorFamine&) = delete;
  ~DescriptorFamine() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    loop_.SetExceptionHandler([this](const ExceptionContext& context) {
      log_.push_back(context.message);
    });
    loop_.SetWarningHandler(
        [this](absl::string_view, absl::string_view message) {
          log_.push_back(std::string(message));
        });
  }
  ~ServerTest() override {
    if (server_ != nullptr) server_->Close();
  }

  void Settle() {
    while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
    }
  }

  ServerOr Start(std::string host, uint16_t port) {
    return loop_.RunUntilComplete(
        StartServer(loop_, Counting(), std::move(host), port));
  }

  // Counts, and drops, what it is given.
  ClientConnectedCallback Counting() {
    return [this](std::unique_ptr<StreamReader>,
                  std::unique_ptr<StreamWriter> writer) {
      ++accepted_;
      writer->Close();
    };
  }

  void Serve(ClientConnectedCallback callback) {
    server_ = loop_
                  .RunUntilComplete(
                      StartServer(loop_, std::move(callback), "127.0.0.1", 0))
                  .value();
    address_ = *server_->Sockets().front()->GetSockName();
  }

  // Tells how a connection to `address` is seen by who accepts it.
  std::string AcceptedFrom(const SocketAddress& address) {
    log_.clear();
    const StreamSocket client = StreamSocket::ConnectBlocking(address).value();
    loop_.RunTurn(absl::Seconds(10));
    Settle();
    EXPECT_THAT(log_, SizeIs(1));
    EXPECT_EQ(accepted_peer_, client.GetSockName()->ToString());
    return log_.empty() ? "" : log_.front();
  }

  ClientConnectedCallback Describing() {
    return [this](std::unique_ptr<StreamReader>,
                  std::unique_ptr<StreamWriter> writer) {
      accepted_peer_ = writer->GetPeerName()->ToString();
      log_.push_back(
          absl::StrCat(writer->GetSockName()->ToString(),
                       writer->GetSocket()->no_delay() ? " at once" : ""));
      writer->Close();
    };
  }

  // The kernel makes the connection, whether somebody accepts it or not.
  StreamSocket Connect() {
    return StreamSocket::ConnectBlocking(address_).value();
  }

  VirtualClock clock_;
  EventLoop loop_{clock_};
  std::vector<std::string> log_;
  int accepted_ = 0;
  std::string accepted_peer_;
  SocketAddress address_;
  std::shared_ptr<Server> server_;
};

// Whether it was asked, or has it from the socket that accepted it.
TEST_F(ServerTest, AConnectionKnowsItsAddressAndDelaysNothing) {
  Serve(Describing());
  EXPECT_EQ(AcceptedFrom(address_),
            absl::StrCat(address_.ToString(), " at once"));
  server_->Close();

  server_ = loop_
                .RunUntilComplete(StartServer(loop_, Describing(), "0.0.0.0",
                                              /*port=*/0))
                .value();
  const uint16_t port = server_->Sockets().front()->GetSockName()->port();
  EXPECT_EQ(AcceptedFrom(*SocketAddress::FromIp("127.0.0.2", port)),
            absl::StrCat("127.0.0.2:", port, " at once"));
}

TEST_F(ServerTest, ASocketOfOneselfIsLeftAsItIs) {
  auto socket = std::make_shared<StreamSocket>(
      StreamSocket::Create(AddressFamily::kInet).value());
  ASSERT_TRUE(socket->Bind(*SocketAddress::FromIp("127.0.0.1", 0)).ok());
  server_ =
      loop_
          .RunUntilComplete(StartServer(
              loop_, Describing(), StartServerOptions().set_socket(socket)))
          .value();
  EXPECT_FALSE(socket->no_delay());
  const SocketAddress address = *socket->GetSockName();
  EXPECT_EQ(AcceptedFrom(address),
            absl::StrCat(address.ToString(), " at once"));
}

TEST_F(ServerTest, AUnixConnectionKnowsItsPath) {
  // A relative path: the absolute one may be longer than an address.
  std::filesystem::current_path(testing::TempDir());
  const std::string path = "server_test.socket";
  server_ = loop_.RunUntilComplete(StartUnixServer(loop_, Describing(), path))
                .value();
  EXPECT_EQ(AcceptedFrom(*SocketAddress::FromUnixPath(path)),
            absl::StrCat("unix:", path));
}

TEST_F(ServerTest, APortInUse) {
  Serve(Counting());
  const ServerOr again = Start("127.0.0.1", address_.port());
  EXPECT_EQ(GetErrno(again.status()), EADDRINUSE);
  EXPECT_EQ(GetErrorKind(again.status()), ErrorKind::kOs);
  EXPECT_EQ(
      again.status().message(),
      absl::StrCat("[Errno 98] error while attempting to bind on address "
                   "('127.0.0.1', ",
                   address_.port(), "): [errno 98] address already in use"));
}

TEST_F(ServerTest, AnAddressThatIsNotThisMachines) {
  // For documentation: nobody has it. (RFC 5737)
  const ServerOr server = Start("192.0.2.1", 0);
  EXPECT_EQ(GetErrorKind(server.status()), ErrorKind::kOs);
  EXPECT_THAT(std::string(server.status().message()),
              HasSubstr("could not bind on any address out of"));
}

TEST_F(ServerTest, AHostWithANullByteIsNotTheOneBeforeIt) {
  const ServerOr server = Start(std::string("127.0.0.1\0.example", 18), 0);
  EXPECT_EQ(GetErrorKind(server.status()), ErrorKind::kValue);
}

TEST_F(ServerTest, AnEmptyUnixPath) {
  const ServerOr server =
      loop_.RunUntilComplete(StartUnixServer(loop_, Counting(), ""));
  EXPECT_EQ(GetErrorKind(server.status()), ErrorKind::kIndex);
}

TEST_F(ServerTest, OutOfDescriptorsItTriesAgainASecondLater) {
  if (kNeedsDescriptors) GTEST_SKIP();
  Serve(Counting());
  const StreamSocket client = Connect();
  {
    const DescriptorFamine famine;
    Settle();
    EXPECT_THAT(log_, ElementsAre("socket.accept() out of system resource"));
    // It goes on after the pause, and fails again.
    ASSERT_TRUE(loop_.RunUntilComplete(Sleep(loop_, absl::Seconds(1))).ok());
    Settle();
    EXPECT_EQ(log_.size(), 2u);
  }
  ASSERT_TRUE(
      loop_.RunUntilComplete(Sleep(loop_, absl::Milliseconds(999))).ok());
  EXPECT_EQ(accepted_, 0);
  ASSERT_TRUE(loop_.RunUntilComplete(Sleep(loop_, absl::Milliseconds(2))).ok());
  Settle();
  EXPECT_EQ(accepted_, 1);
  EXPECT_EQ(log_.size(), 2u);
}

TEST_F(ServerTest, AllWhoWaitAreAcceptedInOneTurn) {
  Serve(Counting());
  const StreamSocket one = Connect(), two = Connect(), three = Connect();
  // In which they are accepted, welcomed and opened.
  for (int i = 0; i < 3; ++i) loop_.RunTurn(absl::ZeroDuration());
  EXPECT_EQ(accepted_, 3);
}

// accept4() would fail before it looks whether there is anybody to accept.
TEST_F(ServerTest, TheLastDescriptorForTheLastClient) {
  if (kNeedsDescriptors) GTEST_SKIP();
  Serve(Counting());
  const StreamSocket client = Connect();
  const DescriptorFamine famine(1);
  Settle();
  EXPECT_EQ(accepted_, 1);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(ServerTest, ClosedWhileItIsOutOfDescriptors) {
  if (kNeedsDescriptors) GTEST_SKIP();
  Serve(Counting());
  const StreamSocket client = Connect();
  loop_.SetExceptionHandler([this](const ExceptionContext& context) {
    log_.push_back(context.message);
    server_->Close();
    server_ = nullptr;
  });
  const DescriptorFamine famine;
  Settle();
  ASSERT_TRUE(loop_.RunUntilComplete(Sleep(loop_, absl::Seconds(2))).ok());
  EXPECT_EQ(log_.size(), 1u);
}

TEST_F(ServerTest, AFloodIsAcceptedInPortions) {
  constexpr int kClients = 30;
  server_ =
      loop_
          .RunUntilComplete(StartServer(loop_, Counting(), "127.0.0.1", 0,
                                        StartServerOptions().set_backlog(9)))
          .value();
  address_ = *server_->Sockets().front()->GetSockName();
  std::vector<StreamSocket> clients;
  for (int i = 0; i < kClients; ++i) {
    if (i % 10 == 9) Settle();
    clients.push_back(Connect());
  }
  Settle();
  EXPECT_EQ(accepted_, kClients);
}

TEST_F(ServerTest, ABacklogOfLessThanNothingIsOne) {
  server_ =
      loop_
          .RunUntilComplete(StartServer(loop_, Counting(), "127.0.0.1", 0,
                                        StartServerOptions().set_backlog(-5)))
          .value();
  address_ = *server_->Sockets().front()->GetSockName();
  const StreamSocket client = Connect();
  Settle();
  EXPECT_EQ(accepted_, 1);
}

// --- Lifetimes. What they must not do is told by the sanitizer. ---

TEST_F(ServerTest, ACallbackThatHoldsItsServerIsLetGo) {
  const auto held = std::make_shared<std::shared_ptr<Server>>();
  std::weak_ptr<Server> weak;
  {
    Serve([held](std::unique_ptr<StreamReader>,
                 std::unique_ptr<StreamWriter> writer) { writer->Close(); });
    *held = std::move(server_);
    weak = *held;
  }
  // Only its callback, and the loop, hold it.
  Settle();
  ASSERT_FALSE(weak.expired());
  EXPECT_EQ(held.use_count(), 2);
  weak.lock()->Close();
  EXPECT_EQ(held.use_count(), 1);
  held->reset();
  EXPECT_TRUE(weak.expired());
}

TEST_F(ServerTest, TheCallbackMayEndItsServer) {
  Serve([this](std::unique_ptr<StreamReader>,
               std::unique_ptr<StreamWriter> writer) {
    ++accepted_;
    if (server_ == nullptr) return;  // The second, which was accepted too.
    server_->AbortClients();
    server_->Close();
    server_ = nullptr;
    writer->Write("nobody");
    writer->Close();
  });
  const StreamSocket first = Connect();
  const StreamSocket second = Connect();
  Settle();
  EXPECT_GE(accepted_, 1);
  EXPECT_EQ(loop_.open_transports(), 0);
}

// Takes over a connection, and lets nobody else keep the protocol it had.
class Successor final : public Protocol {
 public:
  void ConnectionMade(std::shared_ptr<Transport> /*transport*/) override {}
  absl::Status DataReceived(absl::string_view /*bytes*/) override {
    return absl::OkStatus();
  }
  void ConnectionLost(const absl::Status& /*error*/) override {}
};

TEST_F(ServerTest, TheCallbackMayGiveTheConnectionAnotherProtocol) {
  Serve([this](std::unique_ptr<StreamReader> reader,
               std::unique_ptr<StreamWriter> writer) {
    ++accepted_;
    const std::shared_ptr<Transport> transport = writer->transport();
    transport->SetProtocol(std::make_shared<Successor>());
    reader = nullptr;
    writer = nullptr;
  });
  const StreamSocket client = Connect();
  Settle();
  EXPECT_EQ(accepted_, 1);
  // A writer that is dropped closes its connection, whoever has it now.
  EXPECT_EQ(loop_.open_transports(), 0);
  EXPECT_THAT(log_, ElementsAre("unclosed <StreamWriter>"));
}

TEST_F(ServerTest, TheWarningOfAConnectionThatCameTooLateMayEndTheServer) {
  Serve(Counting());
  const StreamSocket first = Connect();
  const StreamSocket second = Connect();
  loop_.SetWarningHandler([this](absl::string_view, absl::string_view message) {
    log_.push_back(std::string(message));
    server_ = nullptr;
  });
  // Accepted in this turn, welcomed in the next.
  loop_.RunTurn(absl::ZeroDuration());
  server_->Close();
  Settle();
  EXPECT_THAT(
      log_, ElementsAre("unclosed <StreamSocket>", "unclosed <StreamSocket>"));
  EXPECT_EQ(accepted_, 0);
}

TEST_F(ServerTest, TheLoopMayGoWithConnectionsThatWereJustAccepted) {
  auto loop = std::make_unique<EventLoop>();
  auto server =
      loop->RunUntilComplete(StartServer(*loop, Counting(), "127.0.0.1", 0))
          .value();
  address_ = *server->Sockets().front()->GetSockName();
  const StreamSocket client = Connect();
  loop->RunTurn(absl::ZeroDuration());
  loop = nullptr;
  // The socket is closed, though the server is still held.
  char byte;
  EXPECT_EQ(os::Receive(client.fd(), &byte, 1), 0);
  EXPECT_FALSE(server->IsServing());
  EXPECT_THAT(log_, IsEmpty());
}

}  // namespace
}  // namespace streams
