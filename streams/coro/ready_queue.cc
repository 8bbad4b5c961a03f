// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/ready_queue.h"

#include <coroutine>
#include <cstddef>

#include "absl/status/status.h"
#include "streams/coro/callback.h"

namespace streams {
namespace internal {

TaskBase::TaskBase(ReadyQueue& queue, std::coroutine_handle<> root)
    : root_(root), queue_(&queue) {
  next_ = queue.first_task_;
  if (next_ != nullptr) next_->prev_ = this;
  queue.first_task_ = this;
  ++queue.live_tasks_;
}

TaskBase::~TaskBase() {
  LeaveQueue();
  DestroyRoot();
}

int TaskBase::Uncancel() {
  if (cancel_requests_ == 0) return 0;
  --cancel_requests_;
  // Nobody wants it any more: also if it is yet to arrive.
  if (cancel_requests_ == 0) must_cancel_ = false;
  return cancel_requests_;
}

void TaskBase::Retire() {
  if (!is_live_) return;
  is_live_ = false;
  if (queue_ != nullptr) --queue_->live_tasks_;
}

void TaskBase::LeaveQueue() {
  if (queue_ == nullptr) return;
  Retire();
  (prev_ != nullptr ? prev_->next_ : queue_->first_task_) = next_;
  if (next_ != nullptr) next_->prev_ = prev_;
  next_ = prev_ = nullptr;
  queue_ = nullptr;
}

void TaskBase::ReportNeverRetrieved(const absl::Status& error) {
  if (queue_ != nullptr) queue_->OnErrorNeverRetrieved(error);
}

void TaskBase::Abandon() {
  if (is_running_) {
    is_abandoned_ = true;
  } else {
    Drop();
  }
}

}  // namespace internal

void ReadyQueue::Shutdown() {
  // Not "if it wasn't before": what was destroyed may have spawned more.
  shut_down_ = true;
  while (internal::TaskBase* const task = first_task_) {
    task->LeaveQueue();
    task->Abandon();
  }
  running_.Append(ready_);
  while (Callback* const callback = running_.PopFront()) callback->Discard();
}

}  // namespace streams
