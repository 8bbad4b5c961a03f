// SPDX-License-Identifier: Apache-2.0

// What asyncio does when it isn't told: the defaults of its functions.

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

constexpr int64_t kLimit = 64 * 1024;

TEST(OptionDefaultsTest, OpenConnection) {
  const OpenConnectionOptions options;
  EXPECT_EQ(options.limit(), kLimit);
  EXPECT_FALSE(options.all_errors());
  EXPECT_EQ(options.happy_eyeballs_delay(), std::nullopt);
  EXPECT_EQ(options.ssl().context(), nullptr);
  EXPECT_EQ(OpenUnixConnectionOptions().limit(), kLimit);
}

TEST(OptionDefaultsTest, StartServer) {
  const StartServerOptions options;
  EXPECT_EQ(options.limit(), kLimit);
  EXPECT_EQ(options.backlog(), 100);
  EXPECT_TRUE(options.reuse_address());
  EXPECT_FALSE(options.reuse_port());
  EXPECT_FALSE(options.keep_alive());
  EXPECT_TRUE(options.start_serving());
  EXPECT_EQ(options.ssl().context(), nullptr);
}

TEST(OptionDefaultsTest, StartUnixServer) {
  const StartUnixServerOptions options;
  EXPECT_EQ(options.limit(), kLimit);
  EXPECT_EQ(options.backlog(), 100);
  EXPECT_TRUE(options.start_serving());
  EXPECT_TRUE(options.cleanup_socket());
}

TEST(OptionDefaultsTest, Tls) {
  const TlsOptions options;
  EXPECT_EQ(options.handshake_timeout(), absl::Seconds(60));
  EXPECT_EQ(options.shutdown_timeout(), absl::Seconds(30));
  EXPECT_FALSE(options.server_side());
}

}  // namespace
}  // namespace streams
