// SPDX-License-Identifier: Apache-2.0

#include "streams/waiter_list.h"

#include "absl/status/status.h"

namespace streams::internal {

void WaiterList::Node::Unlink() {
  if (list_ == nullptr) return;
  (previous_ != nullptr ? previous_->next_ : list_->first_) = next_;
  (next_ != nullptr ? next_->previous_ : list_->last_) = previous_;
  list_ = nullptr;
}

void WaiterList::CancelAll() {
  while (first_ != nullptr) {
    Node& node = *first_;
    node.Unlink();
    node.waiter_.Cancel();
  }
}

void WaiterList::Add(Node& node) {
  node.list_ = this;
  node.previous_ = last_;
  node.next_ = nullptr;
  (last_ != nullptr ? last_->next_ : first_) = &node;
  last_ = &node;
}

void WaiterList::SetResults(const absl::Status& status) {
  // They leave the list when they are woken, which is in the next turn at the
  // earliest: nothing changes it meanwhile.
  for (Node* node = first_; node != nullptr; node = node->next_) {
    node->waiter_.SetResult(status);
  }
}

}  // namespace streams::internal
