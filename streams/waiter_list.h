// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_WAITER_LIST_H_
#define STREAMS_WAITER_LIST_H_

#include "absl/status/status.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/waiter.h"

namespace streams::internal {

// Coroutines that wait for the same occasion, each with a waiter of its own, so
// that cancelling one does not touch the others. The waiters live with those
// who wait; nothing is allocated.
class WaiterList {
 public:
  // One that waits. It leaves the list when it is destroyed.
  class Node {
   public:
    explicit Node(ReadyQueue& queue) : waiter_(queue) {}
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node() { Unlink(); }

    Waiter& waiter() { return waiter_; }

   private:
    friend class WaiterList;

    void Unlink();

    Waiter waiter_;
    Node* next_ = nullptr;
    Node* previous_ = nullptr;
    WaiterList* list_ = nullptr;
  };

  WaiterList() = default;
  WaiterList(const WaiterList&) = delete;
  WaiterList& operator=(const WaiterList&) = delete;
  // Whoever still waits is cancelled.
  ~WaiterList() {
    if (first_ != nullptr) CancelAll();
  }

  // `node` must not be on a list.
  void Add(Node& node);

  // Completes all that wait, in the order in which they came.
  void SetResults(const absl::Status& status);

 private:
  void CancelAll();

  Node* first_ = nullptr;
  Node* last_ = nullptr;
};

}  // namespace streams::internal

#endif  // STREAMS_WAITER_LIST_H_
