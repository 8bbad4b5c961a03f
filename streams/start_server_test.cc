// SPDX-License-Identifier: Apache-2.0

// Which addresses a server listens on, and which arguments it refuses.

#include "streams/start_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

class StartServerTest : public testing::Test {
 protected:
  absl::StatusOr<std::shared_ptr<Server>> Start(std::string host,
                                                StartServerOptions options) {
    return loop_.RunUntilComplete(StartServer(
        loop_,
        [](std::unique_ptr<StreamReader>, std::unique_ptr<StreamWriter>) {},
        std::move(host), 0, std::move(options)));
  }

  EventLoop loop_;
};

TEST_F(StartServerTest, WithoutAHostItListensOnAllAddresses) {
  const auto server = Start("", StartServerOptions()).value();
  EXPECT_FALSE(server->Sockets().empty());
  for (const auto& socket : server->Sockets()) {
    EXPECT_TRUE(socket->GetSockName()->is_wildcard());
  }
  server->Close();
}

TEST_F(StartServerTest, OnIpv6ItLeavesThePortOfIpv4Alone) {
  const auto server = Start("::", StartServerOptions());
  if (!server.ok()) GTEST_SKIP() << "no IPv6: " << server.status();
  int only_ipv6 = 0;
  socklen_t length = sizeof only_ipv6;
  ASSERT_EQ(::getsockopt((*server)->Sockets()[0]->fd(), IPPROTO_IPV6,
                         IPV6_V6ONLY, &only_ipv6, &length),
            0);
  EXPECT_EQ(only_ipv6, 1);
  (*server)->Close();
}

TEST_F(StartServerTest, TimeOutsOfTlsNeedTls) {
  for (const TlsOptions& ssl :
       {TlsOptions().set_handshake_timeout(absl::Seconds(1)),
        TlsOptions().set_shutdown_timeout(absl::Seconds(1))}) {
    EXPECT_EQ(
        GetErrorKind(
            Start("127.0.0.1", StartServerOptions().set_ssl(ssl)).status()),
        ErrorKind::kValue);
  }
}

}  // namespace
}  // namespace streams
