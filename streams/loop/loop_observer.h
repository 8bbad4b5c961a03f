// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_LOOP_OBSERVER_H_
#define STREAMS_LOOP_LOOP_OBSERVER_H_

namespace streams {

// Hears of the end of an EventLoop: for what keeps itself alive while the loop
// runs, and must let go when the loop goes first. See EventLoop::AddObserver().
// Destroying an observer removes it.
class LoopObserver {
 public:
  LoopObserver() = default;
  LoopObserver(const LoopObserver&) = delete;
  LoopObserver& operator=(const LoopObserver&) = delete;
  virtual ~LoopObserver() { Remove(); }

  // Called once, from ~EventLoop(), when its tasks and callbacks are gone
  // already; the observer has been removed, and may be destroyed by it.
  // Descriptors can still be unregistered.
  virtual void OnLoopDestroyed() = 0;

 private:
  friend class EventLoop;

  void Insert(LoopObserver*& first) {
    Remove();
    link_ = &first;
    next_ = first;
    if (next_ != nullptr) next_->link_ = &next_;
    first = this;
  }
  void Remove() {
    if (link_ == nullptr) return;
    *link_ = next_;
    if (next_ != nullptr) next_->link_ = link_;
    link_ = nullptr;
    next_ = nullptr;
  }

  LoopObserver* next_ = nullptr;
  LoopObserver** link_ = nullptr;
};

}  // namespace streams

#endif  // STREAMS_LOOP_LOOP_OBSERVER_H_
