// SPDX-License-Identifier: Apache-2.0
#include "streams/os/thread.h"

#include <pthread.h>

#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "streams/os/error.h"

namespace streams::os {
namespace {

using Function = absl::AnyInvocable<void()>;

void* Run(void* argument) {
  const std::unique_ptr<Function> function(static_cast<Function*>(argument));
  (*function)();
  return nullptr;
}

}  // namespace

absl::Status StartDetachedThread(Function function) {
  auto argument = std::make_unique<Function>(std::move(function));
  pthread_t thread;
  if (::pthread_create(&thread, nullptr, Run, argument.get()) != 0) {
    return MakeError(ErrorKind::kRuntime, "can't start new thread");
  }
  ::pthread_detach(thread);
  (void)argument.release();  // Run() has it, and may be done with it.
  return absl::OkStatus();
}

}  // namespace streams::os
