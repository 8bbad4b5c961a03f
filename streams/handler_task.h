// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_HANDLER_TASK_H_
#define STREAMS_HANDLER_TASK_H_

#include <memory>

#include "absl/status/status.h"
#include "streams/coro/root_task.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/transport/transport.h"

namespace streams::internal {

// The task of a coroutine that a server's callback has returned. It is not
// awaited by another coroutine, which every connection would have to keep: what
// follows when it fails is done by the task itself.
//
// One turn after that, as in asyncio, where it is for the task's done callback.
// The coroutine's locals, the writer perhaps among them, live on meanwhile: so
// they do in the traceback there.
//
// asyncio: the task, and `callback`, in StreamReaderProtocol.connection_made.
class HandlerTask final : public RootTask {
 public:
  // Runs `handler`, from the next turn on. The task owns itself, until it has
  // ended or the loop does.
  static void Start(EventLoop& loop, std::shared_ptr<Transport> transport,
                    Task<absl::Status> handler);

  // Tells the loop of `error`, and closes the connection.
  static void TellOfFailure(EventLoop& loop, Transport& transport,
                            const absl::Status& error);

 private:
  HandlerTask(EventLoop& loop, std::shared_ptr<Transport> transport,
              Task<absl::Status> handler);

  void Run() override;
  void Finish() override;
  void Drop() override;
  bool IsDone() const override { return !root() || root().done(); }
  // Destroys the task.
  void Conclude();

  const absl::Status& result() const {
    return PromiseOf<absl::Status>().result();
  }
  EventLoop& loop() const { return static_cast<EventLoop&>(*queue()); }

  // Small: nobody waits for it, so that it has no Completion, and what the
  // coroutine has returned stays where it is.
  std::shared_ptr<Transport> transport_;
};

}  // namespace streams::internal

#endif  // STREAMS_HANDLER_TASK_H_
