// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/timer.h"

#include <cstddef>
#include <utility>

#include "absl/time/time.h"

namespace streams {

void Timer::Cancel() {
  Unlink();
  if (queue_ != nullptr) queue_->Remove(*this);
}

TimerQueue::~TimerQueue() {
  for (Timer* const timer : heap_) timer->queue_ = nullptr;
}

bool TimerQueue::Before(const Timer& a, const Timer& b) {
  if (a.when_ != b.when_) return a.when_ < b.when_;
  return a.sequence_ < b.sequence_;
}

void TimerQueue::Add(Timer& timer, absl::Duration when) {
  timer.Cancel();
  timer.when_ = when;
  timer.sequence_ = next_sequence_++;
  timer.queue_ = this;
  heap_.push_back(&timer);
  SiftUp(heap_.size() - 1);
}

void TimerQueue::Remove(Timer& timer) {
  const size_t index = timer.index_;
  timer.queue_ = nullptr;
  Timer* const last = heap_.back();
  heap_.pop_back();
  if (last == &timer) return;
  Place(last, index);
  SiftUp(index);
  SiftDown(last->index_);
}

void TimerQueue::Place(Timer* timer, size_t index) {
  heap_[index] = timer;
  timer->index_ = index;
}

void TimerQueue::SiftUp(size_t index) {
  Timer* const timer = heap_[index];
  while (index > 0) {
    const size_t parent = (index - 1) / 2;
    if (!Before(*timer, *heap_[parent])) break;
    Place(heap_[parent], index);
    index = parent;
  }
  Place(timer, index);
}

void TimerQueue::SiftDown(size_t index) {
  Timer* const timer = heap_[index];
  for (;;) {
    size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && Before(*heap_[child + 1], *heap_[child])) {
      ++child;
    }
    if (!Before(*heap_[child], *timer)) break;
    Place(heap_[child], index);
    index = child;
  }
  Place(timer, index);
}

}  // namespace streams
