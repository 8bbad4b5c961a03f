// SPDX-License-Identifier: Apache-2.0

// Opening a connection: what it is bound to, and how it fails.

#include "streams/open_connection.h"

#include <netdb.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

using testing::HasSubstr;

class OpenConnectionTest : public testing::Test {
 protected:
  OpenConnectionTest() {
    server_ = loop_
                  .RunUntilComplete(StartServer(
                      loop_,
                      [this](std::unique_ptr<StreamReader> reader,
                             std::unique_ptr<StreamWriter> writer) {
                        accepted_ = {std::move(reader), std::move(writer)};
                      },
                      "127.0.0.1", 0))
                  .value();
    port_ = server_->Sockets().front()->GetSockName()->port();
  }
  ~OpenConnectionTest() override {
    accepted_ = StreamPair();
    server_->Close();
  }

  absl::StatusOr<StreamPair> Open(OpenConnectionOptions options) {
    return loop_.RunUntilComplete(
        OpenConnection(loop_, "127.0.0.1", port_, std::move(options)));
  }

  EventLoop loop_;
  StreamPair accepted_;
  std::shared_ptr<Server> server_;
  uint16_t port_ = 0;
};

TEST_F(OpenConnectionTest, FromALocalAddress) {
  auto client =
      Open(OpenConnectionOptions().set_local_address("127.0.0.2", 0)).value();
  client.writer->Write("x");
  while (accepted_.reader == nullptr) loop_.RunTurn(absl::InfiniteDuration());
  EXPECT_EQ(client.writer->GetSockName()->host(), "127.0.0.2");
  EXPECT_EQ(accepted_.writer->GetPeerName()->host(), "127.0.0.2");
  EXPECT_EQ(accepted_.writer->GetPeerName()->port(),
            client.writer->GetSockName()->port());
  client.writer->Close();
}

TEST_F(OpenConnectionTest, ALocalNameIsLookedUpAsTheRemoteOneIs) {
  const auto client = Open(OpenConnectionOptions()
                               .set_flags(AI_NUMERICHOST)
                               .set_local_address("localhost", 0));
  EXPECT_EQ(GetErrorKind(client.status()), ErrorKind::kAddressLookup);
}

TEST_F(OpenConnectionTest, FromALocalAddressThatIsTaken) {
  const auto client =
      Open(OpenConnectionOptions().set_local_address("127.0.0.1", port_));
  EXPECT_EQ(GetErrno(client.status()), EADDRINUSE);
  EXPECT_THAT(std::string(client.status().message()),
              HasSubstr("error while attempting to bind on address"));
}

TEST_F(OpenConnectionTest, FromALocalAddressOfTheOtherFamily) {
  const auto client = Open(OpenConnectionOptions().set_local_address("::1", 0));
  EXPECT_FALSE(client.ok());
}

TEST_F(OpenConnectionTest, ToAHostWithANullByte) {
  const auto client = loop_.RunUntilComplete(
      OpenConnection(loop_, std::string("127.0.0.1\0.example", 18), port_));
  EXPECT_EQ(GetErrorKind(client.status()), ErrorKind::kValue);
}

TEST_F(OpenConnectionTest, RacesTheAddressesOfAName) {
  const auto client = loop_.RunUntilComplete(OpenConnection(
      loop_, "localhost", port_,
      OpenConnectionOptions().set_happy_eyeballs_delay(absl::Minutes(5))));
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(client->writer->GetPeerName()->host(), "127.0.0.1");
  client->writer->Close();
}

TEST_F(OpenConnectionTest, TellsAllErrors) {
  server_->Close();
  for (const bool races : {false, true}) {
    OpenConnectionOptions options;
    options.set_all_errors(true).set_interleave(2);
    if (races) options.set_happy_eyeballs_delay(absl::ZeroDuration());
    const absl::Status status = Open(std::move(options)).status();
    EXPECT_EQ(GetErrorKind(status), ErrorKind::kExceptionGroup);
    EXPECT_EQ(status.message(), "create_connection failed (1 sub-exception)");
    ASSERT_EQ(GetExceptions(status).size(), 1u);
    EXPECT_EQ(GetErrno(GetExceptions(status)[0]), ECONNREFUSED);
  }
}

TEST_F(OpenConnectionTest, OneErrorOfARaceIsThatError) {
  server_->Close();
  const absl::Status status =
      Open(OpenConnectionOptions().set_happy_eyeballs_delay(absl::Seconds(1)))
          .status();
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kConnectionRefused);
}

TEST(OpenUnixConnectionTest, TakesAPathObject) {
  EventLoop loop;
  std::filesystem::current_path(testing::TempDir());
  const std::filesystem::path path("path_object.socket");
  const auto server =
      loop.RunUntilComplete(StartUnixServer(
                                loop,
                                [](std::unique_ptr<StreamReader>,
                                   std::unique_ptr<StreamWriter>) {},
                                path))
          .value();
  const auto client = loop.RunUntilComplete(OpenUnixConnection(loop, path));
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(client->writer->GetPeerName()->path(), path);
  client->writer->Close();
  server->Close();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(OpenUnixConnectionTest, ToAListenerWhoseBacklogIsFull) {
  EventLoop loop;
  // A relative path: the absolute one may be longer than an address.
  std::filesystem::current_path(testing::TempDir());
  const SocketAddress address =
      SocketAddress::FromUnixPath("full_backlog.socket").value();
  StreamSocket listener = StreamSocket::Create(AddressFamily::kUnix).value();
  ASSERT_TRUE(listener.Bind(address).ok());
  ASSERT_TRUE(listener.Listen(0).ok());
  std::vector<StreamPair> opened;
  absl::Status status;
  while (status.ok() && opened.size() < 100) {
    auto pair = loop.RunUntilComplete(
        OpenUnixConnection(loop, std::string(address.path())));
    status = pair.status();
    if (pair.ok()) opened.push_back(*std::move(pair));
  }
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kBlockingIo);
  EXPECT_FALSE(opened.empty());
  for (const StreamPair& pair : opened) {
    EXPECT_NE(pair.writer->GetPeerName(), nullptr);
    pair.writer->Close();
  }
}

TEST_F(OpenConnectionTest, DroppedInAnyTurnLeavesNothingOpen) {
  for (int turns = 0; turns < 8; ++turns) {
    auto opening = Spawn(loop_, OpenConnection(loop_, "127.0.0.1", port_));
    for (int i = 0; i < turns && !opening.done(); ++i) {
      loop_.RunTurn(absl::ZeroDuration());
    }
    if (opening.done()) opening.TakeResult().value().writer->Close();
    opening.Reset();
    while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
    }
    accepted_ = StreamPair();
    while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
    }
    EXPECT_EQ(loop_.open_transports(), 0) << "after turn " << turns;
  }
}

}  // namespace
}  // namespace streams
