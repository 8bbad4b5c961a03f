// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/resolver.h"

#include <netdb.h>
#include <netinet/in.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/coro/task_handle.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address_lookup.h"
#include "streams/os/error.h"

namespace streams {
namespace {

using Answers = absl::StatusOr<std::vector<AddressInfo>>;

// Not a literal to asyncio, hence for a thread; and nobody else is asked.
AddressQuery ForAThread(std::string host) {
  return AddressQuery()
      .set_host(std::move(host))
      .set_service("80")
      .set_protocol(IPPROTO_TCP)
      .set_flags(AI_NUMERICHOST | AI_CANONNAME);
}

TEST(ResolverTest, LiteralsNeedNoTurn) {
  EventLoop loop;
  AddressQuery query;
  query.set_host("::1").set_port(80);
  auto task = Spawn(loop, Resolve(loop, query));
  loop.RunTurn(absl::ZeroDuration());
  ASSERT_TRUE(task.done());
  const Answers answers = task.TakeResult();
  ASSERT_TRUE(answers.ok());
  ASSERT_EQ(answers->size(), 1u);
  EXPECT_EQ((*answers)[0].address.ToString(), "[::1]:80");
}

TEST(ResolverTest, OthersAreAskedOnAThread) {
  EventLoop loop;
  AddressQuery query;
  query.set_port(80).set_flags(AI_PASSIVE).set_family(AddressFamily::kInet);
  const Answers answers = loop.RunUntilComplete(Resolve(loop, query));
  ASSERT_TRUE(answers.ok());
  ASSERT_EQ(answers->size(), 1u);
  EXPECT_EQ((*answers)[0].address.ToString(), "0.0.0.0:80");
}

TEST(ResolverTest, GivesTheSystemsError) {
  EventLoop loop;
  const Answers answers =
      loop.RunUntilComplete(Resolve(loop, ForAThread("not a literal")));
  EXPECT_EQ(GetErrorKind(answers.status()), ErrorKind::kAddressLookup);
  EXPECT_EQ(GetErrno(answers.status()), EAI_NONAME);
}

TEST(ResolverTest, MoreQuestionsThanThreads) {
  EventLoop loop;
  std::vector<TaskHandle<Answers>> tasks;
  for (int i = 0; i < 4 * kMaxResolverThreads; ++i) {
    tasks.push_back(Spawn(loop, Resolve(loop, ForAThread("fe80::1%1"))));
  }
  for (TaskHandle<Answers>& task : tasks) {
    const Answers answers = loop.RunUntilDone(task);
    ASSERT_TRUE(answers.ok()) << answers.status();
    EXPECT_EQ((*answers)[0].address.ToString(), "[fe80::1%1]:80");
  }
}

TEST(ResolverTest, CancelledDroppedOrWithoutLoop) {
  for (int round = 0; round < 20; ++round) {
    auto loop = std::make_unique<EventLoop>();
    auto cancelled = Spawn(*loop, Resolve(*loop, ForAThread("x y")));
    auto dropped = Spawn(*loop, Resolve(*loop, ForAThread("x y")));
    auto orphan = Spawn(*loop, Resolve(*loop, ForAThread("x y")));
    loop->RunTurn(absl::ZeroDuration());
    cancelled.Cancel();
    dropped.Reset();
    EXPECT_EQ(GetErrorKind(loop->RunUntilDone(cancelled).status()),
              ErrorKind::kCancelled);
    loop.reset();
    EXPECT_TRUE(orphan.done());
  }
}

}  // namespace
}  // namespace streams
