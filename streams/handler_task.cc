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
    : TypedTaskState(loop, std::move(handler)),
      transport_(std::move(transport)) {}

void HandlerTask::Run() {
  if (error_.ok()) {
    TypedTaskState::Run();  // It begins.
    return;
  }
  if (absl::IsCancelled(error_)) {
    transport_->Close();
  } else {
    TellOfFailure(loop(), *transport_, error_);
  }
  Conclude(absl::OkStatus());
}

void HandlerTask::Finish() {
  error_ = StoreOutcome();
  if (error_.ok() || queue() == nullptr) {  // The loop ends.
    Conclude(absl::OkStatus());
  } else {
    loop().CallSoon(*this);
  }
}

void HandlerTask::TellOfFailure(EventLoop& loop, Transport& transport,
                                const absl::Status& error) {
  loop.CallExceptionHandler({"Unhandled exception in client_connected_cb",
                             error, "", "<SocketTransport>", ""});
  transport.Close();
}

}  // namespace streams::internal
