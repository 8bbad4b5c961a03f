// SPDX-License-Identifier: Apache-2.0
#include "streams/os/epoll.h"

#include <errno.h>
#include <sys/epoll.h>

#include <cstdint>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "streams/os/event_fd.h"

namespace streams {
namespace {

TEST(EpollTest, GivesTheDataOfWhatIsReady) {
  Epoll epoll;
  EventFd quiet, loud;
  epoll_event events[4];
  EXPECT_EQ(epoll.Control(EPOLL_CTL_ADD, quiet.fd(), EPOLLIN, 1), 0);
  EXPECT_EQ(epoll.Control(EPOLL_CTL_ADD, loud.fd(), EPOLLIN, ~uint64_t{5}), 0);
  EXPECT_EQ(epoll.Wait(absl::MakeSpan(events), 0), 0);
  loud.Notify();
  ASSERT_EQ(epoll.Wait(absl::MakeSpan(events), -1), 1);
  const uint64_t data = events[0].data.u64;
  EXPECT_EQ(data, ~uint64_t{5});
}

TEST(EpollTest, GivesTheErrno) {
  Epoll epoll;
  EventFd event;
  EXPECT_EQ(epoll.Control(EPOLL_CTL_MOD, event.fd(), EPOLLIN, 0), ENOENT);
  EXPECT_EQ(epoll.Control(EPOLL_CTL_ADD, -1, EPOLLIN, 0), EBADF);
}

}  // namespace
}  // namespace streams
