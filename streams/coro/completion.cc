// SPDX-License-Identifier: Apache-2.0
#include "streams/coro/completion.h"

#include <utility>

#include "absl/status/status.h"
#include "streams/coro/callback.h"
#include "streams/coro/cancelled.h"

namespace streams {

bool Completion::cancelled() const {
  return done_ && absl::IsCancelled(status_);
}

void Completion::CallListeners() {
  while (Callback* const node = listeners_.PopFront()) {
    Listener& listener = static_cast<Listener&>(*node);
    // Each gets its own copy: this object may be gone when they are called.
    listener.completion_ = nullptr;
    listener.status_ = status_;
    queue_->CallSoon(listener);
  }
}

bool Completion::Cancel() { return SetResult(CancelledError()); }

void Completion::Reset() {
  Forget();
  done_ = false;
  status_ = absl::OkStatus();
}

void Completion::Listen(Listener& listener) {
  if (done_) {
    listener.completion_ = nullptr;
    listener.status_ = status_;
    queue_->CallSoon(listener);
    return;
  }
  listener.completion_ = this;
  listeners_.PushBack(listener);
}

void Completion::Forget() {
  while (Callback* const node = listeners_.PopFront()) {
    static_cast<Listener&>(*node).completion_ = nullptr;
  }
}

}  // namespace streams
