// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/root_task.h"

#include "streams/coro/suspension.h"

namespace streams::internal {

bool RootTask::Cancel() {
  if (IsDone()) return false;
  CountCancelRequest();
  if (suspension() == nullptr || !suspension()->CancelAwaited()) {
    // Its next step is on the way, or it runs: that, or the next await, tells.
    set_must_cancel(true);
  }
  return true;
}

void RootTask::Run() {
  if (must_cancel()) {
    // As asyncio: CancelledError is thrown into a coroutine that hasn't begun,
    // hence runs none of its code.
    Drop();
  } else {
    Resume(root());
  }
}

void RootTask::DestroyCoroutine() {
  DestroyRoot();
  if (suspension() != nullptr) suspension()->ForgetTask();
}

}  // namespace streams::internal
