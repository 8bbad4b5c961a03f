// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_GATHER_OPERATION_H_
#define STREAMS_CORO_GATHER_OPERATION_H_

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "streams/coro/cancelled.h"
#include "streams/coro/completion.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/suspension.h"

namespace streams::internal {

// What all forms of Gather() have in common: it counts the children that are
// done, and decides when, and with what, it is done itself. The children are
// those of the derived class. [asyncio.tasks._GatheringFuture and the
// _done_callback of gather]
class GatherOperation : protected Suspension {
 public:
  using Suspension::await_suspend;

  // Hears when one child is done; base of GatherChild.
  class ChildListener : public Completion::Listener {
   public:
    void set_gather(GatherOperation& gather) { gather_ = &gather; }

   private:
    void Run() override { gather_->ChildDone(TakeStatus()); }

    GatherOperation* gather_ = nullptr;
  };

 protected:
  enum class Errors { kRaise, kReturn };

  GatherOperation(ReadyQueue& queue, Errors errors)
      : errors_(errors), outer_(queue) {}
  // Only before it is awaited.
  GatherOperation(GatherOperation&& other) noexcept
      : GatherOperation(other.outer_.queue(), other.errors_) {}

  ReadyQueue& queue() const { return outer_.queue(); }

  // The end of await_ready(): `count` children were made, and those that were
  // done already have been told of by ChildDone().
  bool IsReady(size_t count) {
    count_ = count;
    CompleteIfAllDone();
    if (outer_.done()) {
      result_ = outer_.status();
      return true;
    }
    Arm(outer_);
    return false;
  }

  void ChildDone(const absl::Status& status) {
    ++done_count_;
    if (outer_.done()) return;
    if (errors_ == Errors::kRaise && !status.ok()) {
      // The others go on, and what they come to is nobody's business.
      outer_.SetResult(status);
      Forget();
    } else {
      CompleteIfAllDone();
    }
  }

  // How it ended; the children's own results only count if it is OK. If not,
  // nobody will look at them, and an error among them is nobody's business.
  absl::Status TakeFinalStatus() {
    if (!result_.ok()) Forget();
    return std::move(result_);
  }

  bool is_forgotten() const { return is_forgotten_; }

  // True if there was one to cancel.
  virtual bool CancelChildren() = 0;
  // At most once.
  virtual void ForgetChildren() = 0;

 private:
  static constexpr size_t kNotStarted = static_cast<size_t>(-1);

  void Forget() {
    if (is_forgotten_) return;
    is_forgotten_ = true;
    ForgetChildren();
  }

  void CompleteIfAllDone() {
    if (done_count_ != count_) return;
    outer_.SetResult(is_cancel_requested_ ? CancelledError()
                                          : absl::OkStatus());
  }

  bool OnWake(absl::Status status) override {
    result_ = std::move(status);
    return true;
  }

  bool CancelAwaited() override {
    if (!listening()) return Suspension::CancelAwaited();
    if (!CancelChildren()) return false;
    is_cancel_requested_ = true;
    return true;
  }

  const Errors errors_;
  Completion outer_;
  size_t count_ = kNotStarted;
  size_t done_count_ = 0;
  bool is_cancel_requested_ = false;
  bool is_forgotten_ = false;
  absl::Status result_;
};

}  // namespace streams::internal

#endif  // STREAMS_CORO_GATHER_OPERATION_H_
