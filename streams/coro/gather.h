// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_GATHER_H_
#define STREAMS_CORO_GATHER_H_

#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/coro/awaited_result.h"
#include "streams/coro/gather_operation.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"

// Several things at the same time, and the results of all:
//
//   auto both = co_await Gather(loop, reader->ReadLine(), writer->Drain());
//   // absl::StatusOr<std::tuple<std::string, std::monostate>>
//
//   std::vector<Task<absl::StatusOr<int>>> fetches = ...;
//   absl::StatusOr<std::vector<int>> sizes =
//       co_await Gather(loop, std::move(fetches));
//
// What is given may be an operation (ReadLine(), OpenConnection() ...), a
// Task<T>, or a TaskHandle<T>, which is taken. All but the latter become tasks,
// which start in the next turn after the await, in the order in which they are
// given. The results come in that order too, whatever the order of their ends:
// a tuple, or, of a vector, a vector.
//
// Gather(): the first error, or cancellation, of a task is the result, at once;
//   the others go on, owned by the loop, and their results and errors are
//   dropped. A task that only gives an absl::Status has no value:
//   std::monostate in a tuple; if none has one, the result is an absl::Status.
// GatherOutcomes(): waits for all, whatever they come to, and gives each one's
//   TaskOutcome; an error only if it was cancelled itself.
//
// Cancelled: all tasks that are not done are. Gather() then ends with the first
//   of them that is, or that makes an error of it, which is the result then;
//   GatherOutcomes() when all have ended. Otherwise it is kCancelled, also if
//   the tasks carry on.
// Dropped while it waits: so are the tasks (asyncio's run on).
// Awaited once; may be moved before. `loop` and what the tasks refer to must
// outlive the tasks: with Gather(), that may be longer than the await.
// Threads: the loop's. Limits: none; a task for each.
//
// asyncio: asyncio.gather; GatherOutcomes() is return_exceptions=True.
namespace streams {

namespace internal {

// The value of an outcome.
template <class Outcome>
struct GatheredValueOf;
template <>
struct GatheredValueOf<absl::Status> {
  using type = std::monostate;
  static type Take(absl::Status) { return {}; }
};
template <class T>
struct GatheredValueOf<absl::StatusOr<T>> {
  using type = T;
  static type Take(absl::StatusOr<T> outcome) { return *std::move(outcome); }
};

// Of what kind the task of an awaitable is.
template <class Awaitable>
struct GatheredTask {
  using Handle = TaskHandle<AwaitedResult<Awaitable>>;
  using Outcome = TaskOutcome<AwaitedResult<Awaitable>>;

  static Handle Start(ReadyQueue& queue, Awaitable awaitable) {
    return Spawn(queue, std::move(awaitable));
  }
};
template <class T>
struct GatheredTask<TaskHandle<T>> {
  using Handle = TaskHandle<T>;
  using Outcome = TaskOutcome<T>;

  static Handle Start(ReadyQueue& /*queue*/, Handle task) { return task; }
};

template <class Outcomes>
inline constexpr bool kHaveNoValue = false;
template <class... Outcome>
inline constexpr bool kHaveNoValue<std::tuple<Outcome...>> =
    (std::is_same_v<Outcome, absl::Status> && ...);

template <class Awaitable>
class GatherChild final : public GatherOperation::ChildListener {
 public:
  using Outcome = typename GatheredTask<Awaitable>::Outcome;
  using Value = GatheredValueOf<Outcome>;

  // Null if it is done already; `gather` is told of that by the caller.
  void Start(ReadyQueue& queue, Awaitable awaitable, GatherOperation& gather) {
    task_ = GatheredTask<Awaitable>::Start(queue, std::move(awaitable));
    set_gather(gather);
    if (!task_.done()) task_.Listen(*this);
  }

  bool done() const { return task_.done(); }
  absl::Status status() const { return StatusOf(task_.result()); }
  bool Cancel() { return task_.Cancel(); }
  void Forget() {
    Unlink();
    task_.Forget();
  }
  Outcome TakeOutcome() { return task_.TakeResult(); }
  typename Value::type TakeValue() { return Value::Take(task_.TakeResult()); }

 private:
  typename GatheredTask<Awaitable>::Handle task_;
};

template <bool kReturnErrors, class... Awaitable>
class [[nodiscard]] GatherTuple final : public GatherOperation {
 public:
  explicit GatherTuple(ReadyQueue& queue, Awaitable... awaitables)
      : GatherOperation(queue,
                        kReturnErrors ? Errors::kReturn : Errors::kRaise),
        awaitables_(std::move(awaitables)...) {}
  GatherTuple(GatherTuple&& other) noexcept
      : GatherOperation(std::move(other)),
        awaitables_(std::move(other.awaitables_)) {}

  bool await_ready() {
    StartAll(std::index_sequence_for<Awaitable...>());
    TellOfThoseDone(std::index_sequence_for<Awaitable...>());
    return IsReady(sizeof...(Awaitable));
  }
  auto await_resume() {
    return Result(std::index_sequence_for<Awaitable...>());
  }

 private:
  using Children = std::tuple<GatherChild<Awaitable>...>;
  using Outcomes = std::tuple<typename GatherChild<Awaitable>::Outcome...>;
  using Values = std::tuple<typename GatherChild<Awaitable>::Value::type...>;

  template <size_t... i>
  void StartAll(std::index_sequence<i...>) {
    (std::get<i>(children_).Start(queue(), std::move(std::get<i>(awaitables_)),
                                  *this),
     ...);
  }
  // After all have started: the first error forgets them all.
  template <size_t... i>
  void TellOfThoseDone(std::index_sequence<i...>) {
    (TellIfDone(std::get<i>(children_)), ...);
  }
  template <class Child>
  void TellIfDone(const Child& child) {
    if (!is_forgotten() && child.done()) ChildDone(child.status());
  }
  template <size_t... i>
  auto Result(std::index_sequence<i...>) {
    absl::Status status = TakeFinalStatus();
    if constexpr (kReturnErrors) {
      if (!status.ok()) return absl::StatusOr<Outcomes>(std::move(status));
      return absl::StatusOr<Outcomes>(
          Outcomes(std::get<i>(children_).TakeOutcome()...));
    } else if constexpr (kHaveNoValue<Outcomes>) {
      return status;
    } else {
      if (!status.ok()) return absl::StatusOr<Values>(std::move(status));
      return absl::StatusOr<Values>(
          Values(std::get<i>(children_).TakeValue()...));
    }
  }

  bool CancelChildren() override {
    bool was_one_cancelled = false;
    std::apply(
        [&was_one_cancelled](auto&... child) {
          ((was_one_cancelled = child.Cancel() || was_one_cancelled), ...);
        },
        children_);
    return was_one_cancelled;
  }
  void ForgetChildren() override {
    std::apply([](auto&... child) { (child.Forget(), ...); }, children_);
  }

  std::tuple<Awaitable...> awaitables_;
  Children children_;
};

template <bool kReturnErrors, class Awaitable>
class [[nodiscard]] GatherVector final : public GatherOperation {
 public:
  GatherVector(ReadyQueue& queue, std::vector<Awaitable> awaitables)
      : GatherOperation(queue,
                        kReturnErrors ? Errors::kReturn : Errors::kRaise),
        awaitables_(std::move(awaitables)) {}
  GatherVector(GatherVector&& other) noexcept
      : GatherOperation(std::move(other)),
        awaitables_(std::move(other.awaitables_)) {}

  bool await_ready() {
    size_ = awaitables_.size();
    children_ = std::make_unique<Child[]>(size_);
    for (size_t i = 0; i < size_; ++i) {
      children_[i].Start(queue(), std::move(awaitables_[i]), *this);
    }
    awaitables_.clear();
    for (size_t i = 0; i < size_ && !is_forgotten(); ++i) {
      if (children_[i].done()) ChildDone(children_[i].status());
    }
    return IsReady(size_);
  }
  auto await_resume() {
    absl::Status status = TakeFinalStatus();
    if constexpr (kReturnErrors) {
      return Results<typename Child::Outcome>(
          std::move(status), [](Child& child) { return child.TakeOutcome(); });
    } else if constexpr (kHaveNoValue<std::tuple<typename Child::Outcome>>) {
      return status;
    } else {
      return Results<typename Child::Value::type>(
          std::move(status), [](Child& child) { return child.TakeValue(); });
    }
  }

 private:
  using Child = GatherChild<Awaitable>;

  template <class Result, class Take>
  absl::StatusOr<std::vector<Result>> Results(absl::Status status, Take take) {
    if (!status.ok()) return status;
    std::vector<Result> results;
    results.reserve(size_);
    for (size_t i = 0; i < size_; ++i) results.push_back(take(children_[i]));
    return results;
  }

  bool CancelChildren() override {
    bool was_one_cancelled = false;
    for (size_t i = 0; i < size_; ++i) {
      if (children_[i].Cancel()) was_one_cancelled = true;
    }
    return was_one_cancelled;
  }
  void ForgetChildren() override {
    for (size_t i = 0; i < size_; ++i) children_[i].Forget();
  }

  std::vector<Awaitable> awaitables_;
  std::unique_ptr<Child[]> children_;
  size_t size_ = 0;
};

}  // namespace internal

template <class... Awaitable>
internal::GatherTuple<false, Awaitable...> Gather(ReadyQueue& loop,
                                                  Awaitable... awaitables) {
  return internal::GatherTuple<false, Awaitable...>(loop,
                                                    std::move(awaitables)...);
}
template <class Awaitable>
internal::GatherVector<false, Awaitable> Gather(
    ReadyQueue& loop, std::vector<Awaitable> awaitables) {
  return internal::GatherVector<false, Awaitable>(loop, std::move(awaitables));
}

template <class... Awaitable>
internal::GatherTuple<true, Awaitable...> GatherOutcomes(
    ReadyQueue& loop, Awaitable... awaitables) {
  return internal::GatherTuple<true, Awaitable...>(loop,
                                                   std::move(awaitables)...);
}
template <class Awaitable>
internal::GatherVector<true, Awaitable> GatherOutcomes(
    ReadyQueue& loop, std::vector<Awaitable> awaitables) {
  return internal::GatherVector<true, Awaitable>(loop, std::move(awaitables));
}

}  // namespace streams

#endif  // STREAMS_CORO_GATHER_H_
