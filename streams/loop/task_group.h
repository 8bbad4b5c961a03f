// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_TASK_GROUP_H_
#define STREAMS_LOOP_TASK_GROUP_H_

#include <list>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "streams/coro/awaited_result.h"
#include "streams/coro/completion.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/waiter.h"

namespace streams {

// Tasks that belong together: they are waited for together, and when one fails
// the others are cancelled.
//
//   TaskGroup group(loop);
//   group.CreateTask(Upload(*client, *writer));
//   TaskReference<absl::StatusOr<int>> count =
//       group.CreateTask(Count(*reader));
//   STREAMS_CO_RETURN_IF_ERROR(co_await group.Wait());
//   co_return *count.result();
//
// Wait() waits for all tasks, also for those that are added meanwhile. The
// first error cancels all the others; kCancelled of a task is no error. When
// all have ended and there were errors, Wait() returns a kExceptionGroup of
// them, even if it is one (GetExceptions(), os/exception_group.h).
// Wait(body) awaits `body` first, as the body of `async with`: it is cancelled
// too when a task fails, and its error cancels the tasks. What is awaited
// beside Wait() is not.
//
// A task that is added when the group is being cancelled, or has been waited
// for, is cancelled before it begins. (asyncio raises RuntimeError.)
// Cancelled: Wait() cancels the tasks, waits for them all the same, and returns
//   kCancelled, or the errors that there were.
// Ownership and lifetime: the group owns its tasks until they are done; a
//   long-lived one does not grow. Destroying it, or dropping Wait(), drops no
//   more than it says: the group's end destroys tasks that are not done, the
//   end of Wait() does not. It must outlive Wait().
// A second concurrent Wait(): not allowed.
// Threads: the loop's. Limits: none; bound what a peer can make you add.
//
// asyncio: asyncio.TaskGroup.
class TaskGroup {
 public:
  explicit TaskGroup(ReadyQueue& loop) : completed_(loop) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts, in the next turn, a task that awaits `awaitable`: a Task<T> or an
  // operation. An outcome that is an error is this group's to tell.
  // [TaskGroup.create_task]
  template <class Awaitable>
  TaskReference<AwaitedResult<Awaitable>> CreateTask(Awaitable awaitable) {
    auto task = Spawn(completed_.queue(), std::move(awaitable));
    const auto reference = task.Refer();
    if (is_aborting_ || is_finished_) task.Cancel();
    Add(std::make_unique<TypedMember<AwaitedResult<Awaitable>>>(
        *this, std::move(task)));
    return reference;
  }

  // See above. [async with TaskGroup()]
  Task<absl::Status> Wait() { return Exit(absl::OkStatus()); }
  template <class Awaitable>
  Task<absl::Status> Wait(Awaitable body) {
    const ParentScope scope(*this);
    absl::Status status = internal::StatusOf(co_await std::move(body));
    co_return co_await Exit(std::move(status));
  }

  // Cancels all tasks, and a body. Wait() then returns OK, if there was no
  // error. [TaskGroup.cancel]
  void Cancel();

  // How many are not done, or were not seen to be done yet.
  size_t size() const { return members_.size(); }

 private:
  // A task, and who hears of its end.
  class Member : public Completion::Listener {
   public:
    explicit Member(TaskGroup& group) : group_(group) {}
    virtual void CancelTask() = 0;

   private:
    friend class TaskGroup;

    void Run() override { group_.MemberDone(*this, TakeStatus()); }

    TaskGroup& group_;
    std::list<std::unique_ptr<Member>>::iterator position_;
  };

  template <class T>
  class TypedMember final : public Member {
   public:
    TypedMember(TaskGroup& group, TaskHandle<T> task)
        : Member(group), task_(std::move(task)) {
      task_.Listen(*this);
    }
    ~TypedMember() override {
      if (task_.done()) task_.Forget();
    }
    void CancelTask() override { task_.Cancel(); }

   private:
    TaskHandle<T> task_;
  };

  // The task that waits, while it does.
  class ParentScope {
   public:
    explicit ParentScope(TaskGroup& group);
    ~ParentScope();

   private:
    TaskGroup& group_;
    const bool is_outermost_;
  };

  void Add(std::unique_ptr<Member> member);
  void MemberDone(Member& member, absl::Status status);
  // Cancels the tasks; then who waits for them.
  void AbortTasks();
  void CancelParent();
  Task<absl::Status> Exit(absl::Status body_status);
  absl::Status Conclude(absl::Status body_status, bool is_cancelled,
                        bool was_cancelled_again);

  Waiter completed_;
  internal::TaskBase* parent_ = nullptr;
  bool is_parent_cancelled_ = false;  // By this group.
  bool is_aborting_ = false;
  bool is_finished_ = false;
  std::vector<absl::Status> errors_;
  std::list<std::unique_ptr<Member>> members_;
};

}  // namespace streams

#endif  // STREAMS_LOOP_TASK_GROUP_H_
