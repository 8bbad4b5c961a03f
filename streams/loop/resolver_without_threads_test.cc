// SPDX-License-Identifier: Apache-2.0

// On its own: the threads of another test would answer.
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>

#include <cstddef>

#include "gtest/gtest.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/resolver.h"
#include "streams/os/address_lookup.h"
#include "streams/os/error.h"

namespace streams {
namespace {

AddressQuery ForAThread() {
  return AddressQuery()
      .set_port(80)
      .set_flags(AI_PASSIVE)
      .set_protocol(IPPROTO_TCP);
}

TEST(ResolverWithoutThreadsTest, FailsAndLaterWorks) {
  EventLoop loop;
  pthread_attr_t before;
  ASSERT_EQ(::pthread_getattr_default_np(&before), 0);
  pthread_attr_t huge;
  ASSERT_EQ(::pthread_attr_init(&huge), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&huge, std::size_t{1} << 50), 0);
  ASSERT_EQ(::pthread_setattr_default_np(&huge), 0);
  for (int i = 0; i < 3; ++i) {
    const auto answers = loop.RunUntilComplete(Resolve(loop, ForAThread()));
    EXPECT_EQ(GetErrorKind(answers.status()), ErrorKind::kRuntime);
  }
  ASSERT_EQ(::pthread_setattr_default_np(&before), 0);
  const auto answers = loop.RunUntilComplete(Resolve(loop, ForAThread()));
  ASSERT_TRUE(answers.ok()) << answers.status().message();
  EXPECT_FALSE(answers->empty());
  ::pthread_attr_destroy(&huge);
  ::pthread_attr_destroy(&before);
}

}  // namespace
}  // namespace streams
