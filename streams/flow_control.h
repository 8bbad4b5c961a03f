// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_FLOW_CONTROL_H_
#define STREAMS_FLOW_CONTROL_H_

#include <utility>

#include "absl/status/status.h"
#include "streams/coro/callback.h"
#include "streams/coro/completion.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/suspension.h"

namespace streams::internal {

// Who waits in StreamWriter::Drain() for a transport's write buffer to sink:
// the part of a protocol that a drain needs.
//
// asyncio: streams.FlowControlMixin.
class FlowControl {
 public:
  // One drain that waits.
  class Waiter {
   public:
    explicit Waiter(ReadyQueue& queue) : drained_(queue) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { Unlink(); }

    Completion& drained() { return drained_; }

   private:
    friend class FlowControl;

    void Unlink();

    Completion drained_;
    Waiter* next_ = nullptr;
    Waiter* previous_ = nullptr;
    FlowControl* flow_control_ = nullptr;
  };

  FlowControl() = default;
  FlowControl(const FlowControl&) = delete;
  FlowControl& operator=(const FlowControl&) = delete;
  // Whoever still waits is cancelled.
  ~FlowControl();

  void Pause() { is_paused_ = true; }
  void Resume();
  void LoseConnection(const absl::Status& error);

  bool is_paused() const { return is_paused_; }
  bool is_lost() const { return is_lost_; }

  // `waiter` completes at the next Resume() or LoseConnection().
  void Add(Waiter& waiter);

 private:
  void Complete(const absl::Status& status);

  // In the order in which they came, which is the order of waking up.
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  bool is_paused_ = false;
  bool is_lost_ = false;
};

}  // namespace streams::internal

#endif  // STREAMS_FLOW_CONTROL_H_
