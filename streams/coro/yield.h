// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_YIELD_H_
#define STREAMS_CORO_YIELD_H_

#include <utility>

#include "absl/status/status.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/suspension.h"

namespace streams {

// `co_await Yield(loop)`: lets everything that is ready run, and goes on in the
// next turn. OK, or kCancelled. [asyncio.sleep(0)]
class [[nodiscard]] Yield final : private Suspension {
 public:
  explicit Yield(ReadyQueue& queue) : queue_(queue) {}

  using Suspension::await_suspend;
  bool await_ready() {
    ArmYield(queue_);
    return false;
  }
  absl::Status await_resume() { return std::move(result_); }

 private:
  bool OnWake(absl::Status status) override {
    result_ = std::move(status);
    return true;
  }

  ReadyQueue& queue_;
  absl::Status result_;
};

}  // namespace streams

#endif  // STREAMS_CORO_YIELD_H_
