// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_COMPLETION_H_
#define STREAMS_CORO_COMPLETION_H_

#include <utility>

#include "absl/status/status.h"
#include "streams/coro/callback.h"
#include "streams/coro/ready_queue.h"

namespace streams {

// Something that happens once, and those who want to hear of it: asyncio's
// Future without a value. (A Waiter is a Completion that can be awaited.)
//
// Whoever listens is called in the turn after the one in which it happened, in
// the order of Listen(). Listeners are linked in; nothing is allocated.
//
// Lifetime: either side may be destroyed first. A listener that is destroyed is
// not called. If the completion is destroyed while pending, its listeners are
// not called; if it was done, they are.
class Completion {
 public:
  // Base of those who are called. [Future.add_done_callback]
  class Listener : public Callback {
   public:
    // True from Listen() until it happened or the completion was destroyed.
    bool listening() const { return completion_ != nullptr; }

   protected:
    // How it ended; valid in Run(). Who is not listening may keep a status of
    // its own here.
    const absl::Status& status() const { return status_; }
    absl::Status TakeStatus() { return std::exchange(status_, absl::Status()); }
    void set_status(absl::Status status) { status_ = std::move(status); }
    Completion* completion() const { return completion_; }
    // Keeps in mind where to listen, until it does.
    void set_completion(Completion* completion) { completion_ = completion; }

   private:
    friend class Completion;

    Completion* completion_ = nullptr;
    absl::Status status_;
  };

  explicit Completion(ReadyQueue& queue) : queue_(&queue) {}
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;
  ~Completion() {
    if (!listeners_.empty()) Forget();
  }

  ReadyQueue& queue() const { return *queue_; }

  // [Future.done, Future.cancelled]
  bool done() const { return done_; }
  bool cancelled() const;

  // How it ended; OK while it is pending. [Future.exception]
  const absl::Status& status() const { return status_; }

  // It happened: well, or with an error that everybody who waits gets. False,
  // and nothing changes, if it had happened before.
  // [Future.set_result, Future.set_exception]
  bool SetResult(absl::Status status = absl::OkStatus()) {
    if (done_) return false;
    done_ = true;
    status_ = std::move(status);
    if (!listeners_.empty()) CallListeners();
    return true;
  }

  // As SetResult(CancelledError()). Whoever waits is cancelled with it, as in
  // asyncio, where cancelling one task cancels the future that it waits for and
  // so every other task that waits for the same one. [Future.cancel]
  bool Cancel();

  // Makes it pending again, for the next occasion: what in asyncio would be a
  // new Future in the same variable. Listeners of a pending one are forgotten.
  void Reset();

  // `listener` must not be listening. If it already happened, the listener is
  // called in the next turn.
  void Listen(Listener& listener);

 private:
  void CallListeners();
  void Forget();

  ReadyQueue* queue_;
  CallbackList listeners_;
  absl::Status status_;
  bool done_ = false;
};

}  // namespace streams

#endif  // STREAMS_CORO_COMPLETION_H_
