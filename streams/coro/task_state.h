// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_TASK_STATE_H_
#define STREAMS_CORO_TASK_STATE_H_

#include <optional>
#include <type_traits>
#include <utility>

#include "absl/base/macros.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/coro/cancelled.h"
#include "streams/coro/completion.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/root_task.h"
#include "streams/coro/task.h"

namespace streams {
namespace internal {

template <class T>
struct OutcomeOf {
  using type = absl::StatusOr<T>;
};
template <>
struct OutcomeOf<void> {
  using type = absl::Status;
};
template <>
struct OutcomeOf<absl::Status> {
  using type = absl::Status;
};
template <class U>
struct OutcomeOf<absl::StatusOr<U>> {
  using type = absl::StatusOr<U>;
};

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <class U>
const absl::Status& StatusOf(const absl::StatusOr<U>& result) {
  return result.status();
}

}  // namespace internal

// What a spawned Task<T> ends with: see TaskHandle.
template <class T>
using TaskOutcome = typename internal::OutcomeOf<T>::type;

namespace internal {

// A spawned task, whatever its type: counted references from its handle and
// from those who await it, and one of its own until it is done.
class TaskState : public RootTask {
 public:
  Completion& completion() { return completion_; }
  const Completion& completion() const { return completion_; }

  // Somebody has looked at its outcome, or never will, and knows.
  void set_retrieved() { is_retrieved_ = true; }

  void Ref() { ++references_; }
  void Unref() {
    if (--references_ == 0) delete this;
  }

 protected:
  template <class T>
  TaskState(ReadyQueue& queue, Task<T> task)
      : RootTask(queue, std::move(task)), completion_(queue) {}
  ~TaskState() override;

  // Takes the outcome from the finished coroutine and returns its status.
  virtual absl::Status StoreOutcome() = 0;
  virtual void StoreCancelled() = 0;

 private:
  void Finish() final;
  void Drop() final;
  bool IsDone() const final { return completion_.done(); }
  // It is done; may destroy the task.
  void Conclude(absl::Status status);

  // Behind it is room for what follows.
  [[no_unique_address]] Completion completion_;
  bool is_retrieved_ = false;
  int references_ = 1;  // Its own, until it is done.
};

// A counted reference to a TypedTaskState<T>.
template <class State>
class StatePtr {
 public:
  StatePtr() = default;
  explicit StatePtr(State* state) : state_(state) {
    if (state_ != nullptr) state_->Ref();
  }
  StatePtr(const StatePtr& other) : StatePtr(other.state_) {}
  StatePtr(StatePtr&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)) {}
  StatePtr& operator=(StatePtr other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~StatePtr() {
    if (state_ != nullptr) state_->Unref();
  }

  void reset() { *this = StatePtr(); }
  State* operator->() const { return state_; }
  bool operator!=(std::nullptr_t) const { return state_ != nullptr; }

 private:
  State* state_ = nullptr;
};

template <class T>
class TypedTaskState final : public TaskState {
 public:
  static StatePtr<TypedTaskState> Start(ReadyQueue& queue, Task<T> task) {
    return StatePtr<TypedTaskState>(new TypedTaskState(queue, std::move(task)));
  }

  const TaskOutcome<T>& outcome() {
    ABSL_HARDENING_ASSERT(completion().done());
    set_retrieved();
    if constexpr (kIsStatus) {
      return completion().status();
    } else {
      return *outcome_;
    }
  }
  TaskOutcome<T> TakeOutcome() {
    if constexpr (kIsStatus) {
      return outcome();
    } else {
      ABSL_HARDENING_ASSERT(completion().done());
      set_retrieved();
      return *std::move(outcome_);
    }
  }
  TaskOutcome<T> CopyOrTakeOutcome() {
    if constexpr (std::is_copy_constructible_v<TaskOutcome<T>>) {
      return outcome();
    } else {
      return TakeOutcome();
    }
  }

 private:
  // Then the completion's is the outcome.
  static constexpr bool kIsStatus =
      std::is_same_v<TaskOutcome<T>, absl::Status>;
  struct Nothing {};

  TypedTaskState(ReadyQueue& queue, Task<T> task)
      : TaskState(queue, std::move(task)) {}

  absl::Status StoreOutcome() override {
    if constexpr (std::is_void_v<T>) {
      return absl::OkStatus();
    } else if constexpr (kIsStatus) {
      return PromiseOf<T>().TakeResult();
    } else {
      outcome_.emplace(PromiseOf<T>().TakeResult());
      return StatusOf(*outcome_);
    }
  }
  void StoreCancelled() override {
    if constexpr (!kIsStatus) outcome_.emplace(CancelledError());
  }
  [[no_unique_address]] std::conditional_t<kIsStatus, Nothing,
                                           std::optional<TaskOutcome<T>>>
      outcome_;
};

template <class T>
using TaskStatePtr = StatePtr<TypedTaskState<T>>;

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_CORO_TASK_STATE_H_
