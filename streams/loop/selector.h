// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_SELECTOR_H_
#define STREAMS_LOOP_SELECTOR_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "streams/coro/ready_queue.h"
#include "streams/loop/io_handler.h"
#include "streams/os/epoll.h"
#include "streams/os/event_fd.h"

namespace streams {

// The descriptors of an EventLoop, on epoll.
//
// Theory of operation. A handler's first registration goes to the kernel at
// once, since it may fail; later changes of what is wanted are kept until the
// next Poll(), so that pausing and resuming within a turn costs nothing.
// Every registration has a generation, and an event carries that of its
// registration: an event of a descriptor that was closed, its number perhaps
// reused, finds another generation and is dropped. No code of handlers is run
// here; they are queued, in the order of the kernel's events.
//
// The kernel forgets a registration when the last copy of its descriptor is
// closed. If a child process that was forked has one, nobody can take the
// registration back, and its events would wake the loop again and again: when
// they come twice, a new epoll instance takes the place of the old one.
//
// A connection among a thousand has left the processor's nearer caches when it
// is heard of again, and what it takes to serve it lies behind several
// pointers, so that one wait for memory would follow another. So the handlers
// of a batch are asked to prefetch step by step, see IoHandler::Prefetch().
class Selector final : public internal::IoRegistrar {
 public:
  explicit Selector(ReadyQueue& queue);
  Selector(const Selector&) = delete;
  Selector& operator=(const Selector&) = delete;
  ~Selector();

  absl::Status AddReader(IoHandler& handler);
  absl::Status AddWriter(IoHandler& handler);
  bool RemoveReader(IoHandler& handler);
  bool RemoveWriter(IoHandler& handler);
  void Unregister(IoHandler& handler) override;
  void SilenceForClose(IoHandler& handler);
  void UnregisterForClose(IoHandler& handler);

  // Tells the kernel what changed, waits, and keeps what it says. Only when
  // has_events() is false.
  void Poll(int timeout_ms) {
    const bool is_full = event_count_ == events_.size();
    if (ABSL_PREDICT_FALSE(is_full || must_renew_ || !changes_.empty())) {
      PrepareToPoll();
    }
    ++polls_;
    event_count_ =
        static_cast<size_t>(epoll_.Wait(absl::MakeSpan(events_), timeout_ms));
    next_event_ = 0;
  }

  // Whether there is anything left of what Poll() brought.
  bool has_events() const { return next_event_ < event_count_; }

  // Whether that was one event.
  bool has_single_event() const { return event_count_ == 1; }

  // Queues the handlers of those events: all of them, or a batch that is small
  // enough to stay in the processor's cache. Returns how many. Sets *woken when
  // Wake() was called. Only when has_events() is true.
  size_t QueueHandlers(bool all, bool* woken);

  // Ends a Poll() of the loop's thread. Any thread.
  void Wake() { wake_.Notify(); }

 private:
  struct Slot {
    IoHandler* handler = nullptr;
    uint32_t generation = 0;
  };

  absl::Status Want(IoHandler& handler, uint8_t interest);
  bool Refuse(IoHandler& handler, uint8_t interest);
  absl::Status Register(IoHandler& handler);
  void Release(IoHandler& handler);
  void NoteChange(IoHandler& handler);
  void ForgetChange(IoHandler& handler);
  // Makes room, renews, tells the kernel: what is seldom needed before a wait.
  void PrepareToPoll();
  void FlushChanges();
  void Apply(IoHandler& handler);
  // An event of a registration whose owner is gone and hasn't closed the
  // descriptor yet.
  ABSL_ATTRIBUTE_NOINLINE void OnLeftover(uint64_t data);
  void NoteLeftover(uint64_t data);
  void Renew();
  void PrefetchBatch() const;
  // Null if there is nobody to be told.
  inline IoHandler* Queue(const epoll_event& event);
  // The kernel's bits as an IoHandler's.
  ABSL_ATTRIBUTE_NOINLINE static uint8_t ReadyBy(uint32_t events);
  uint64_t DataOf(const IoHandler& handler) const;

  Epoll epoll_;
  EventFd wake_;
  std::vector<Slot> slots_;  // By descriptor.
  std::vector<IoHandler*> changes_;
  std::vector<epoll_event> events_;
  // Those of Poll() that are yet to be taken.
  size_t next_event_ = 0;
  size_t event_count_ = 0;
  // A registration that nobody can take back, and the Poll() it was last seen
  // in.
  uint64_t leftover_ = 0;
  uint64_t leftover_poll_ = 0;
  uint64_t polls_ = 0;
  bool must_renew_ = false;
};

}  // namespace streams

#endif  // STREAMS_LOOP_SELECTOR_H_
