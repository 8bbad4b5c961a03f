// SPDX-License-Identifier: Apache-2.0
#include "streams/os/event_fd.h"

#include <poll.h>

#include <thread>

#include "gtest/gtest.h"

namespace streams {
namespace {

bool IsReadable(const EventFd& event, int timeout_ms) {
  pollfd entry = {event.fd(), POLLIN, 0};
  return ::poll(&entry, 1, timeout_ms) == 1;
}

TEST(EventFdTest, IsReadableFromNotifyToClear) {
  EventFd event;
  EXPECT_FALSE(IsReadable(event, 0));
  event.Notify();
  event.Notify();
  EXPECT_TRUE(IsReadable(event, 0));
  event.Clear();
  EXPECT_FALSE(IsReadable(event, 0));
  event.Clear();  // Doesn't block.
}

TEST(EventFdTest, AnotherThreadNotifies) {
  EventFd event;
  std::thread thread([&] { event.Notify(); });
  EXPECT_TRUE(IsReadable(event, -1));
  thread.join();
}

}  // namespace
}  // namespace streams
