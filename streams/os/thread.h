// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_THREAD_H_
#define STREAMS_OS_THREAD_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace streams::os {

// Runs `function` on a thread of its own, which nobody waits for. Unlike
// std::thread, which throws, hence ends the program where exceptions are off:
// kRuntime ("can't start new thread") when the system has none to give.
// [threading.Thread.start]
absl::Status StartDetachedThread(absl::AnyInvocable<void()> function);

}  // namespace streams::os

#endif  // STREAMS_OS_THREAD_H_
