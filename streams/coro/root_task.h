// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_ROOT_TASK_H_
#define STREAMS_CORO_ROOT_TASK_H_

#include <coroutine>
#include <utility>

#include "streams/coro/frame_pool.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task.h"

namespace streams::internal {

// How every task begins, and how it is cancelled: from the next turn on it runs
// its coroutine, until that has ended (Finish()) or is dropped (Drop()).
//
// asyncio: the first Task.__step; Task.cancel.
class RootTask : public TaskBase, public PoolAllocated {
 public:
  bool Cancel() final;

 protected:
  template <class T>
  RootTask(ReadyQueue& queue, Task<T> task)
      : TaskBase(queue, std::exchange(task.handle_, nullptr)) {
    queue.CallSoon(*this);
  }

  // Where the result is, of a task that was made of a Task<T> and has run to
  // its end.
  template <class T>
  TaskPromise<T>& PromiseOf() const {
    using Handle = std::coroutine_handle<TaskPromise<T>>;
    return Handle::from_address(root().address()).promise();
  }

  void Run() override;

  // Destroys the coroutine, and with it all that it awaits; what others own of
  // that is parked for good.
  void DestroyCoroutine();

  // Whether it has ended, in either way.
  virtual bool IsDone() const = 0;
};

}  // namespace streams::internal

#endif  // STREAMS_CORO_ROOT_TASK_H_
