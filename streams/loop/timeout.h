// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_TIMEOUT_H_
#define STREAMS_LOOP_TIMEOUT_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "streams/coro/ready_queue.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/timer.h"

namespace streams {

// A limit on the time that a part of a coroutine may take, be it one await or
// many:
//
//   Timeout timeout(loop, absl::Seconds(10));
//   absl::StatusOr<std::string> head = co_await reader->ReadUntil("\r\n\r\n");
//   if (head.ok()) body = co_await reader->ReadExactly(n);
//   head = timeout.Exit(std::move(head));   // kTimeout, if it was too late.
//
// When the time is up, the task that made it is cancelled, once: the await at
// which it is parked returns kCancelled. Exit() says kTimeout in place of that,
// unless somebody else has cancelled the task as well. For a single await there
// is WaitFor(); for cancelling in general see TaskHandle.
//
// Ownership and lifetime: a local variable of a coroutine that runs in a task;
//   it ends with Exit(), or with its scope, and takes its cancellation back
//   then. Time-outs may be nested; the inner one ends first.
// What is lost: nothing but what the await that was cancelled says that it
//   loses; a read, nothing.
// Threads: the loop's. Limits: infinite is for ever; zero and less ends at the
//   first await that waits, in the next turn.
//
// asyncio: asyncio.timeout, asyncio.timeout_at, asyncio.Timeout.
class Timeout {
 public:
  // Begins, for the task that runs now. [async with timeout(delay)]
  Timeout(EventLoop& loop, absl::Duration delay);

  Timeout(const Timeout&) = delete;
  Timeout& operator=(const Timeout&) = delete;
  ~Timeout() { End(absl::OkStatus()).IgnoreError(); }

  // Ends it. `result` is what the part came to, and comes back; kCancelled
  // becomes kTimeout if it was this time-out that cancelled. Later calls change
  // nothing. [Timeout.__aexit__]
  absl::Status Exit(absl::Status result) { return End(std::move(result)); }
  template <class T>
  absl::StatusOr<T> Exit(absl::StatusOr<T> result) {
    absl::Status status = End(result.status());
    if (!status.ok()) return status;
    return result;
  }

  // Whether its time was up before it ended. [Timeout.expired]
  bool expired() const {
    return state_ == State::kExpiring || state_ == State::kExpired;
  }

  // When it is up, by EventLoop::Time(); another time, while it is neither up
  // nor ended (false then, and nothing changes).
  // [Timeout.when, Timeout.reschedule]
  absl::Duration when() const { return when_; }
  bool Reschedule(absl::Duration when);

 private:
  enum class State { kEntered, kExpiring, kExpired, kExited };

  void OnTime();
  absl::Status End(absl::Status result);

  EventLoop& loop_;
  internal::TaskBase* const task_;
  const int cancel_requests_before_;
  State state_ = State::kEntered;
  absl::Duration when_;
  MethodTimer<&Timeout::OnTime> timer_{*this};
};

}  // namespace streams

#endif  // STREAMS_LOOP_TIMEOUT_H_
