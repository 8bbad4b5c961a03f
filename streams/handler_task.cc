// SPDX-License-Identifier: Apache-2.0

#include "streams/handler_task.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "streams/loop/exception_context.h"

namespace streams::internal {

void HandlerTask::Start(EventLoop& loop, std::shared_ptr<Transport> transport,
                        Task<absl::Status> handler) {
  new HandlerTask(loop, std::move(transport), std::move(handler));
}

HandlerTask::HandlerTask(EventLoop& loop, std::shared_ptr<Transport> transport,
                         Task<absl::Status> handler)
    : RootTask(loop, std::move(handler)), transport_(std::move(transport)) {}

void HandlerTask::Run() {
  if (!IsDone()) {
    RootTask::Run();  // It begins.
    return;
  }
  if (absl::IsCancelled(result())) {
    transport_->Close();
  } else {
    TellOfFailure(loop(), *transport_, result());
  }
  Conclude();
}

void HandlerTask::Finish() {
  if (result().ok() || queue() == nullptr) {  // The loop ends.
    Conclude();
  } else {
    Retire();
    loop().CallSoon(*this);
  }
}

void HandlerTask::Drop() {
  if (root()) Conclude();  // Unless it is about to.
}

void HandlerTask::Conclude() {
  // Done before anything else hears of it: the coroutine's destructors may end
  // the loop.
  Retire();
  Unlink();
  DestroyCoroutine();
  delete this;
}

void HandlerTask::TellOfFailure(EventLoop& loop, Transport& transport,
                                const absl::Status& error) {
  loop.CallExceptionHandler({"Unhandled exception in client_connected_cb",
                             error, "", "<SocketTransport>", ""});
  transport.Close();
}

}  // namespace streams::internal
