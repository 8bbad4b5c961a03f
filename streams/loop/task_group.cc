// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/task_group.h"

#include <iterator>
#include <memory>
#include <utility>

#include "absl/base/macros.h"
#include "absl/status/status.h"
#include "streams/coro/cancelled.h"
#include "streams/coro/task.h"
#include "streams/os/exception_group.h"

namespace streams {

TaskGroup::ParentScope::ParentScope(TaskGroup& group)
    : group_(group), is_outermost_(group.parent_ == nullptr) {
  if (!is_outermost_) return;
  group_.parent_ = group_.completed_.queue().current_task();
  ABSL_HARDENING_ASSERT(group_.parent_ != nullptr);
  // What went wrong before anybody waited.
  if (group_.is_aborting_) group_.CancelParent();
}

TaskGroup::ParentScope::~ParentScope() {
  if (!is_outermost_) return;
  // Dropped, or else Conclude() has done it.
  if (group_.is_parent_cancelled_) group_.parent_->Uncancel();
  group_.is_parent_cancelled_ = false;
  group_.parent_ = nullptr;
}

void TaskGroup::Add(std::unique_ptr<Member> member) {
  members_.push_back(std::move(member));
  members_.back()->position_ = std::prev(members_.end());
}

void TaskGroup::MemberDone(Member& member, absl::Status status) {
  const std::unique_ptr<Member> done = std::move(*member.position_);
  members_.erase(done->position_);
  if (members_.empty()) completed_.SetResult();
  if (status.ok() || absl::IsCancelled(status)) return;
  errors_.push_back(std::move(status));
  Cancel();
}

void TaskGroup::Cancel() {
  if (is_aborting_ || is_finished_) return;
  AbortTasks();
  if (parent_ != nullptr) CancelParent();
}

void TaskGroup::AbortTasks() {
  is_aborting_ = true;
  // Cancelling runs no code of the tasks, so the list stays as it is.
  for (const auto& member : members_) member->CancelTask();
}

void TaskGroup::CancelParent() {
  if (is_parent_cancelled_) return;
  is_parent_cancelled_ = true;
  parent_->Cancel();
}

Task<absl::Status> TaskGroup::Exit(absl::Status body_status) {
  const ParentScope scope(*this);
  bool is_cancelled = absl::IsCancelled(body_status);
  bool was_cancelled_again = false;
  if (!body_status.ok() && !is_aborting_) AbortTasks();
  // More than once: the parent may be cancelled while it waits for those that
  // were cancelled, and tasks may be added.
  while (!members_.empty()) {
    completed_.Reset();
    const absl::Status status = co_await completed_;
    if (status.ok()) continue;
    was_cancelled_again = true;
    if (is_aborting_) continue;
    is_cancelled = true;
    AbortTasks();
  }
  is_finished_ = true;
  co_return Conclude(std::move(body_status), is_cancelled, was_cancelled_again);
}

absl::Status TaskGroup::Conclude(absl::Status body_status, bool is_cancelled,
                                 bool was_cancelled_again) {
  if (is_parent_cancelled_) {
    is_parent_cancelled_ = false;
    if (parent_->Uncancel() == 0) {
      is_cancelled = false;
    } else if (was_cancelled_again) {
      is_cancelled = true;  // By somebody else as well.
    }
  }
  if (is_cancelled && errors_.empty()) return CancelledError();
  if (!body_status.ok() && !absl::IsCancelled(body_status)) {
    errors_.push_back(std::move(body_status));
  }
  if (errors_.empty()) return absl::OkStatus();
  // The error is told, not the cancellation: that comes at the next await.
  if (parent_->cancel_requests() > 0) {
    parent_->Uncancel();
    parent_->Cancel();
  }
  return ExceptionGroupError("unhandled errors in a TaskGroup", errors_);
}

}  // namespace streams
