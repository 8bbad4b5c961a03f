// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/timeout.h"

#include <utility>

#include "absl/base/macros.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "streams/coro/ready_queue.h"
#include "streams/os/error.h"

namespace streams {
namespace {

internal::TaskBase* CurrentTask(EventLoop& loop) {
  internal::TaskBase* const task = loop.current_task();
  // Outside of a task there is nothing that it could cancel.
  ABSL_HARDENING_ASSERT(task != nullptr);
  return task;
}

}  // namespace

Timeout::Timeout(EventLoop& loop, absl::Duration delay)
    : loop_(loop),
      task_(CurrentTask(loop)),
      cancel_requests_before_(task_->cancel_requests()) {
  Reschedule(loop_.Time() + delay);
}

bool Timeout::Reschedule(absl::Duration when) {
  if (state_ != State::kEntered) return false;
  when_ = when;
  timer_.Cancel();
  if (when <= loop_.Time()) {
    loop_.CallSoon(timer_);
  } else {
    loop_.CallAt(timer_, when);
  }
  return true;
}

void Timeout::OnTime() {
  state_ = State::kExpiring;
  task_->Cancel();
}

absl::Status Timeout::End(absl::Status result) {
  if (state_ == State::kEntered) {
    timer_.Cancel();
    state_ = State::kExited;
  } else if (state_ == State::kExpiring) {
    state_ = State::kExpired;
    // Somebody else may have cancelled it too: then it is cancelled.
    const bool is_ours = task_->Uncancel() <= cancel_requests_before_;
    if (is_ours && absl::IsCancelled(result)) {
      return MakeError(ErrorKind::kTimeout, "");
    }
  }
  return result;
}

}  // namespace streams
