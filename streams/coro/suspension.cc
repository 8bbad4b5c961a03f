// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/suspension.h"

#include <utility>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "streams/coro/cancelled.h"

namespace streams {

void Suspension::Wait() {
  if (completion() != nullptr) completion()->Listen(*this);
  if (task_->must_cancel() && CancelAwaited()) task_->set_must_cancel(false);
}

bool Suspension::CancelAwaited() {
  if (completion() != nullptr) return completion()->Cancel();
  if (linked()) return false;  // Its wake-up is on the way.
  // It waits for Wake(), or for a completion that was destroyed.
  set_status(CancelledError());
  CallSoon();
  return true;
}

ABSL_ATTRIBUTE_HOT void Suspension::Run() {
  internal::TaskBase* const task = task_;
  task->set_suspension(nullptr);
  absl::Status status = TakeStatus();
  if (task->must_cancel()) {
    task->set_must_cancel(false);
    status = CancelledError();
  }
  if (OnWake(std::move(status))) {
    task->Resume(handle_);  // `this` may be gone now.
  } else {
    Park();
  }
}

}  // namespace streams
