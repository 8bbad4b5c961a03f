// SPDX-License-Identifier: Apache-2.0
#include "streams/os/thread.h"

#include <pthread.h>

#include <cstddef>
#include <future>
#include <thread>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "streams/os/error.h"

namespace streams::os {
namespace {

TEST(StartDetachedThreadTest, RunsTheFunctionOnAnotherThread) {
  std::promise<std::thread::id> promise;
  ASSERT_TRUE(StartDetachedThread([&promise] {
                promise.set_value(std::this_thread::get_id());
              }).ok());
  EXPECT_NE(promise.get_future().get(), std::this_thread::get_id());
}

TEST(StartDetachedThreadTest, WithoutRoomForAStackItFails) {
  pthread_attr_t before;
  ASSERT_EQ(::pthread_getattr_default_np(&before), 0);
  pthread_attr_t huge;
  ASSERT_EQ(::pthread_attr_init(&huge), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&huge, std::size_t{1} << 50), 0);
  ASSERT_EQ(::pthread_setattr_default_np(&huge), 0);
  const absl::Status status = StartDetachedThread([] { FAIL(); });
  EXPECT_EQ(GetErrorKind(status), ErrorKind::kRuntime);
  EXPECT_EQ(status.message(), "can't start new thread");
  EXPECT_EQ(::pthread_setattr_default_np(&before), 0);
  ::pthread_attr_destroy(&huge);
  ::pthread_attr_destroy(&before);
}

}  // namespace
}  // namespace streams::os
