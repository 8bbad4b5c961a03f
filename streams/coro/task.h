// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_TASK_H_
#define STREAMS_CORO_TASK_H_

#include <coroutine>
#include <cstdlib>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "streams/coro/frame_pool.h"

namespace streams {

template <class T = void>
class Task;

namespace internal {

// What Task<T> and Task<void> have in common.
class TaskPromiseBase : public PoolAllocated {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }
  auto final_suspend() noexcept { return FinalAwaiter(); }
  [[noreturn]] void unhandled_exception() noexcept { std::abort(); }

  void set_continuation(std::coroutine_handle<> handle) {
    continuation_ = handle;
  }

 private:
  // Goes straight to whoever awaits, on the same stack: a million completions
  // in a row need no more of it than one.
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> finished) noexcept {
      return finished.promise().continuation_;
    }
    void await_resume() noexcept {}
  };

  // Nobody: the task that runs the outermost coroutine looks at done() itself.
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  void return_value(T value) { result_.emplace(std::move(value)); }
  T TakeResult() { return *std::move(result_); }

 private:
  std::optional<T> result_;
};

// The most frequent one, in a word less: a status can be made before its time.
template <>
class TaskPromise<absl::Status> final : public TaskPromiseBase {
 public:
  Task<absl::Status> get_return_object() noexcept;
  void return_value(absl::Status value) { result_ = std::move(value); }
  const absl::Status& result() const { return result_; }
  absl::Status TakeResult() { return std::move(result_); }

 private:
  absl::Status result_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void TakeResult() noexcept {}
};

class RootTask;

}  // namespace internal

// The result of a coroutine that is yet to run: calling a function that returns
// a Task runs nothing; `co_await F()` runs it, as a plain call would, without a
// turn of the loop in between. [A coroutine object of Python.]
//
//   Task<absl::StatusOr<int>> Sum(StreamReader& reader) {
//     STREAMS_CO_ASSIGN_OR_RETURN(const int a, co_await ReadInt(reader));
//     STREAMS_CO_ASSIGN_OR_RETURN(const int b, co_await ReadInt(reader));
//     co_return a + b;
//   }
//
// T is anything movable, or void; an absl::Status or StatusOr for whatever can
// fail, and for whatever waits: cancellation arrives as one.
//
// Ownership: the Task owns the coroutine. Dropping it destroys the coroutine,
// wherever it is parked, and with it all it awaits; dropping one that never ran
// is fine too. One that outlives the task that awaits it stays where it is
// parked until it is dropped. Parameters are copied or moved into the
// coroutine: what is passed by reference must outlive it.
// Threads: that of the loop on which it is awaited. Awaited once, as an rvalue.
// To run one beside others, Spawn() it (task_handle.h).
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::TaskPromise<T>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() && noexcept { return Awaiter(handle_); }

 private:
  friend internal::TaskPromise<T>;
  friend internal::RootTask;

  class Awaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> handle) noexcept
        : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<> continuation) noexcept {
      handle_.promise().set_continuation(continuation);
      return handle_;
    }
    T await_resume() { return handle_.promise().TakeResult(); }

   private:
    std::coroutine_handle<promise_type> handle_;
  };

  explicit Task(std::coroutine_handle<promise_type> handle) noexcept
      : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

namespace internal {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<absl::Status>
TaskPromise<absl::Status>::get_return_object() noexcept {
  return Task<absl::Status>(
      std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_CORO_TASK_H_
