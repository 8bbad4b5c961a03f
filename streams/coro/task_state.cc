// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/task_state.h"

#include <utility>

#include "absl/status/status.h"
#include "streams/coro/cancelled.h"

namespace streams {
namespace internal {

TaskState::~TaskState() {
  const absl::Status& status = completion_.status();
  if (!is_retrieved_ && !status.ok() && !absl::IsCancelled(status)) {
    ReportNeverRetrieved(status);
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
  DestroyCoroutine();
  Unref();
}

}  // namespace internal
}  // namespace streams
