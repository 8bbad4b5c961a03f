// SPDX-License-Identifier: Apache-2.0

// A child process inherits no descriptor that is made here: it would keep a
// connection open that this one has closed, and could read a file of secrets.

#include <fcntl.h>
#include <poll.h>

#include <set>

#include "gtest/gtest.h"
#include "streams/os/address.h"
#include "streams/os/append_file.h"
#include "streams/os/epoll.h"
#include "streams/os/event_fd.h"
#include "streams/os/socket.h"

namespace streams {
namespace {

class InheritanceTest : public testing::Test {
 protected:
  static std::set<int> Inherited() {
    std::set<int> fds;
    for (int fd = 0; fd < 1024; ++fd) {
      const int flags = ::fcntl(fd, F_GETFD);
      if (flags >= 0 && (flags & FD_CLOEXEC) == 0) fds.insert(fd);
    }
    return fds;
  }

  const std::set<int> before_ = Inherited();
};

TEST_F(InheritanceTest, Sockets) {
  StreamSocket listener = *StreamSocket::Create(AddressFamily::kInet);
  ASSERT_TRUE(listener.Bind(*SocketAddress::FromIp("127.0.0.1", 0)).ok());
  ASSERT_TRUE(listener.Listen(1).ok());
  const auto client = StreamSocket::ConnectBlocking(*listener.GetSockName());
  ASSERT_TRUE(client.ok());
  pollfd entry = {listener.fd(), POLLIN, 0};
  ASSERT_EQ(::poll(&entry, 1, -1), 1);
  StreamSocket accepted;
  SocketAddress peer;
  ASSERT_EQ(listener.Accept(&accepted, &peer), 0);
  const auto pair = StreamSocket::CreatePair();
  ASSERT_TRUE(pair.ok());
  EXPECT_EQ(Inherited(), before_);
}

TEST_F(InheritanceTest, WhatALoopHas) {
  const EventFd event;
  Epoll epoll;
  EXPECT_EQ(Inherited(), before_);
  ASSERT_TRUE(epoll.Renew());
  EXPECT_EQ(Inherited(), before_);
}

TEST_F(InheritanceTest, Files) {
  os::AppendFile file;
  ASSERT_TRUE(file.Open(testing::TempDir() + "/inheritance_test").ok());
  EXPECT_EQ(Inherited(), before_);
}

}  // namespace
}  // namespace streams
