// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/task_state.h"

#include <utility>

#include "absl/status/status.h"
#include "streams/coro/cancelled.h"
#include "streams/coro/suspension.h"

namespace streams {
namespace internal {

TaskState::~TaskState() {
  const absl::Status& status = completion_.status();
  if (!is_retrieved_ && !status.ok() && !absl::IsCancelled(status)) {
    ReportNeverRetrieved(status);
  }
}

bool TaskState::Cancel() {
  if (completion_.done()) return false;
  CountCancelRequest();
  if (suspension() == nullptr || !suspension()->CancelAwaited()) {
    // Its next step is on the way, or it runs: that, or the next await, tells.
    set_must_cancel(true);
  }
  return true;
}

void TaskState::Run() {
  if (must_cancel()) {
    // As asyncio: CancelledError is thrown into a coroutine that hasn't begun,
    // hence runs none of its code.
    Drop();
  } else {
    Resume(root());
  }
}

void TaskState::Finish() {
  absl::Status status = StoreOutcome();
  if (must_cancel() && status.ok()) {
    // Cancelled while it ran, and it didn't suspend again: still cancelled.
    StoreCancelled();
    status = CancelledError();
  }
  Conclude(std::move(status));
}

void TaskState::Drop() {
  if (completion_.done()) return;
  StoreCancelled();
  Conclude(CancelledError());
}

void TaskState::Conclude(absl::Status status) {
  // Done before anything else hears of it: the coroutine's destructors may call
  // Cancel() or destroy the handle.
  Retire();
  Unlink();  // If it hasn't begun.
  completion_.SetResult(std::move(status));
  DestroyRoot();
  Unref();
}

}  // namespace internal
}  // namespace streams
