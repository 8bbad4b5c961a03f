// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/status_macros.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"

namespace streams {
namespace {

using Box = std::unique_ptr<int>;

absl::StatusOr<Box> MakeBox(bool well) {
  if (!well) return absl::NotFoundError("no box");
  return std::make_unique<int>(4);
}
absl::Status Check(bool well) {
  return well ? absl::OkStatus() : absl::AbortedError("bad");
}

absl::StatusOr<int> Plain(bool check, bool box) {
  STREAMS_RETURN_IF_ERROR(Check(check));
  STREAMS_ASSIGN_OR_RETURN(const Box result, MakeBox(box));
  Box again;
  STREAMS_ASSIGN_OR_RETURN(again, MakeBox(box));
  return *result + *again;
}

Task<absl::Status> CheckLater(bool well) { co_return Check(well); }
Task<absl::StatusOr<Box>> BoxLater(bool well) { co_return MakeBox(well); }
Task<absl::StatusOr<int>> Coroutine(bool check, bool box) {
  STREAMS_CO_RETURN_IF_ERROR(co_await CheckLater(check));
  STREAMS_CO_ASSIGN_OR_RETURN(const Box result, co_await BoxLater(box));
  co_return *result;
}

absl::StatusOr<int> RunTask(bool check, bool box) {
  ReadyQueue queue;
  auto task = Spawn(queue, Coroutine(check, box));
  while (queue.has_ready()) queue.RunReady();
  return task.TakeResult();
}

TEST(StatusMacrosTest, InFunctions) {
  EXPECT_EQ(*Plain(true, true), 8);
  EXPECT_EQ(Plain(false, true).status(), absl::AbortedError("bad"));
  EXPECT_EQ(Plain(true, false).status(), absl::NotFoundError("no box"));
}

TEST(StatusMacrosTest, InCoroutines) {
  EXPECT_EQ(*RunTask(true, true), 4);
  EXPECT_EQ(RunTask(false, true).status(), absl::AbortedError("bad"));
  EXPECT_EQ(RunTask(true, false).status(), absl::NotFoundError("no box"));
}

}  // namespace
}  // namespace streams
