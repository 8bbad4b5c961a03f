// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_HANDLER_TASK_H_
#define STREAMS_HANDLER_TASK_H_

#include <memory>

#include "absl/status/status.h"
#include "streams/coro/task.h"
#include "streams/coro/task_state.h"
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
class HandlerTask final : public TypedTaskState<absl::Status> {
 public:
  // Runs `handler`, from the next turn on. The loop owns the task.
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

  EventLoop& loop() const { return static_cast<EventLoop&>(*queue()); }

  std::shared_ptr<Transport> transport_;
  absl::Status error_;  // Since it failed.
};

}  // namespace streams::internal

#endif  // STREAMS_HANDLER_TASK_H_
