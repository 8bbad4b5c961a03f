// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/ready_queue.h"

#include <cstddef>

#include "absl/base/macros.h"
#include "streams/coro/callback.h"
#include "streams/coro/task_base.h"

namespace streams {

size_t ReadyQueue::RunReady() {
  ABSL_HARDENING_ASSERT(running_.empty());
  running_.Append(ready_);
  size_t count = 0;
  while (Callback* const callback = running_.PopFront()) {
    ++count;
    callback->Run();
  }
  return count;
}

void ReadyQueue::Shutdown() {
  if (shut_down_) return;
  shut_down_ = true;
  while (internal::TaskBase* const task = first_task_) {
    task->LeaveQueue();
    task->Abandon();
  }
  running_.Append(ready_);
  while (Callback* const callback = running_.PopFront()) callback->Discard();
}

}  // namespace streams
