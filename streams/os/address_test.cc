// SPDX-License-Identifier: Apache-2.0
#include "streams/os/address.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"

namespace streams {
namespace {

std::string WithZero(const char* name) { return std::string(1, '\0') + name; }

TEST(SocketAddressTest, Inet) {
  const auto address = SocketAddress::FromIp("127.0.0.1", 65535);
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->family(), AddressFamily::kInet);
  EXPECT_EQ(address->host(), "127.0.0.1");
  EXPECT_EQ(address->port(), 65535);
  EXPECT_EQ(address->ToString(), "127.0.0.1:65535");
  EXPECT_EQ(address->native()->sa_family, AF_INET);
  EXPECT_EQ(address->native_length(), sizeof(sockaddr_in));
  EXPECT_EQ(address->path(), "");
}

TEST(SocketAddressTest, Inet6) {
  const auto address = SocketAddress::FromIp("FE80:0::1%3", 80);
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->family(), AddressFamily::kInet6);
  EXPECT_EQ(address->host(), "fe80::1%3");
  EXPECT_EQ(address->port(), 80);
  EXPECT_EQ(address->scope_id(), 3u);
  EXPECT_EQ(address->flow_info(), 0u);
  EXPECT_EQ(address->ToString(), "[fe80::1%3]:80");
  EXPECT_EQ(SocketAddress::FromIp("::ffff:1.2.3.4", 1)->host(),
            "::ffff:1.2.3.4");
}

TEST(SocketAddressTest, WhatIsNoLiteral) {
  for (const char* const text :
       {"", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4%1",
        "::1%lo", "::1%", ":::", "[::1]", "1.2.3.4 "}) {
    EXPECT_EQ(GetErrorKind(SocketAddress::FromIp(text, 1).status()),
              ErrorKind::kValue)
        << text;
  }
  EXPECT_FALSE(SocketAddress::FromIp(std::string("::1\0x", 5), 1).ok());
}

TEST(SocketAddressTest, UnixPath) {
  const auto address = SocketAddress::FromUnixPath("/run/s");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->family(), AddressFamily::kUnix);
  EXPECT_EQ(address->path(), "/run/s");
  EXPECT_FALSE(address->is_abstract());
  EXPECT_EQ(address->ToString(), "unix:/run/s");
  EXPECT_EQ(address->port(), 0);
  EXPECT_EQ(address->host(), "");
}

TEST(SocketAddressTest, AbstractName) {
  const auto address = SocketAddress::FromUnixPath(WithZero("name"));
  ASSERT_TRUE(address.ok());
  EXPECT_TRUE(address->is_abstract());
  EXPECT_EQ(address->path(), WithZero("name"));
  EXPECT_EQ(address->ToString(), "unix:@name");
  EXPECT_EQ(*SocketAddress::Parse("unix:@name"), *address);
}

// As Python: 107 bytes of path, 108 of an abstract name with its zero.
TEST(SocketAddressTest, TheLongestPaths) {
  EXPECT_TRUE(SocketAddress::FromUnixPath(std::string(107, 'p')).ok());
  const auto path = SocketAddress::FromUnixPath(std::string(108, 'p'));
  EXPECT_EQ(GetErrorKind(path.status()), ErrorKind::kOs);
  EXPECT_EQ(path.status().message(), "AF_UNIX path too long");
  const auto name =
      SocketAddress::FromUnixPath(WithZero(std::string(107, 'n').c_str()));
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->path().size(), 108u);
  EXPECT_FALSE(
      SocketAddress::FromUnixPath(WithZero(std::string(108, 'n').c_str()))
          .ok());
  EXPECT_EQ(GetErrorKind(
                SocketAddress::FromUnixPath(std::string("a\0b", 3)).status()),
            ErrorKind::kValue);
  EXPECT_FALSE(SocketAddress::FromUnixPath("").ok());
}

TEST(SocketAddressTest, Wildcards) {
  EXPECT_TRUE(SocketAddress::FromIp("0.0.0.0", 80)->is_wildcard());
  EXPECT_TRUE(SocketAddress::FromIp("::", 0)->is_wildcard());
  EXPECT_FALSE(SocketAddress::FromIp("127.0.0.1", 80)->is_wildcard());
  EXPECT_FALSE(SocketAddress::FromIp("::1", 80)->is_wildcard());
  EXPECT_FALSE(SocketAddress::FromUnixPath("/socket")->is_wildcard());
  EXPECT_FALSE(SocketAddress().is_wildcard());
}

// Of another kind than what was there, and to itself.
TEST(SocketAddressTest, Assignment) {
  const SocketAddress inet = *SocketAddress::FromIp("127.0.0.1", 80);
  const SocketAddress local = *SocketAddress::FromUnixPath("/run/socket");
  SocketAddress address = inet;
  address = local;
  EXPECT_EQ(address.ToString(), "unix:/run/socket");
  const SocketAddress& same = address;
  address = same;
  EXPECT_EQ(address.ToString(), "unix:/run/socket");
  address = inet;
  EXPECT_EQ(address.ToString(), "127.0.0.1:80");
  address = SocketAddress();
  EXPECT_EQ(address.family(), AddressFamily::kUnspecified);
}

// A connection keeps one for as long as it lasts.
TEST(SocketAddressTest, IsSmall) { EXPECT_LE(sizeof(SocketAddress), 32u); }

TEST(SocketAddressTest, CopiesShareNothingThatChanges) {
  const std::string path(100, 'p');
  SocketAddress address = *SocketAddress::FromUnixPath(path);
  const SocketAddress copy = address;
  const SocketAddress moved = std::move(address);
  EXPECT_EQ(address.path(), path);  // NOLINT(bugprone-use-after-move)
  address = *SocketAddress::FromIp("1.2.3.4", 5);
  EXPECT_EQ(address.ToString(), "1.2.3.4:5");
  EXPECT_EQ(copy.path(), path);
  EXPECT_EQ(moved.path(), path);
  EXPECT_EQ(SocketAddress::FromNative(copy.native(), copy.native_length()),
            copy);
}

TEST(SocketAddressTest, ParsesWhatToStringWrites) {
  for (const char* const text :
       {"1.2.3.4:0", "[::1]:443", "[fe80::1%2]:1", "unix:/a:b", "unix:@name"}) {
    const auto address = SocketAddress::Parse(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->ToString(), text);
  }
  for (const char* const text :
       {"", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "1.2.3.4:+1",
        "::1:80", "[::1]", "[1.2.3.4]:80", "host:80", "unix:"}) {
    EXPECT_FALSE(SocketAddress::Parse(text).ok()) << text;
  }
}

TEST(SocketAddressTest, FromTheKernels) {
  const auto address = SocketAddress::FromIp("1.2.3.4", 5);
  EXPECT_EQ(
      SocketAddress::FromNative(address->native(), address->native_length()),
      *address);
  // Cut short, or of a family that this isn't for.
  EXPECT_EQ(SocketAddress::FromNative(address->native(), 4).family(),
            AddressFamily::kUnspecified);
  sockaddr other = {};
  other.sa_family = AF_NETLINK;
  EXPECT_EQ(SocketAddress::FromNative(&other, sizeof other).ToString(), "");
  sockaddr_in6 inet6 = {};
  inet6.sin6_family = AF_INET6;
  inet6.sin6_flowinfo = htonl(0x12345);
  EXPECT_EQ(SocketAddress::FromNative(reinterpret_cast<sockaddr*>(&inet6),
                                      sizeof inet6)
                .flow_info(),
            0x12345u);
  // A Unix socket without a name.
  other.sa_family = AF_UNIX;
  const SocketAddress unnamed =
      SocketAddress::FromNative(&other, sizeof other.sa_family);
  EXPECT_EQ(unnamed.family(), AddressFamily::kUnix);
  EXPECT_EQ(unnamed.path(), "");
  EXPECT_FALSE(unnamed.is_abstract());
  EXPECT_NE(unnamed, SocketAddress());
}

}  // namespace
}  // namespace streams
