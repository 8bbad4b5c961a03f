// SPDX-License-Identifier: Apache-2.0

#include "streams/flow_control.h"

#include "absl/status/status.h"
#include "streams/coro/cancelled.h"

namespace streams::internal {

void FlowControl::Waiter::Unlink() {
  if (flow_control_ == nullptr) return;
  (previous_ != nullptr ? previous_->next_ : flow_control_->first_) = next_;
  (next_ != nullptr ? next_->previous_ : flow_control_->last_) = previous_;
  flow_control_ = nullptr;
}

FlowControl::~FlowControl() {
  while (first_ != nullptr) {
    Waiter& waiter = *first_;
    waiter.Unlink();
    waiter.drained_.Cancel();
  }
}

void FlowControl::Add(Waiter& waiter) {
  waiter.flow_control_ = this;
  waiter.previous_ = last_;
  waiter.next_ = nullptr;
  (last_ != nullptr ? last_->next_ : first_) = &waiter;
  last_ = &waiter;
}

void FlowControl::Resume() {
  is_paused_ = false;
  Complete(absl::OkStatus());
}

void FlowControl::LoseConnection(const absl::Status& error) {
  is_lost_ = true;
  if (is_paused_) Complete(error);
}

void FlowControl::Complete(const absl::Status& status) {
  // They stay linked until they have run, which is in the next turn at the
  // earliest: nothing changes the list meanwhile.
  for (Waiter* waiter = first_; waiter != nullptr; waiter = waiter->next_) {
    waiter->drained_.SetResult(status);
  }
}

}  // namespace streams::internal
