// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_LOOP_EXCEPTION_CONTEXT_H_
#define STREAMS_LOOP_EXCEPTION_CONTEXT_H_

#include <string>

#include "absl/status/status.h"

namespace streams {

// An error that has nobody to go to: the dictionary that asyncio gives to
// loop.call_exception_handler(). Each of `protocol`, `transport` and `task` is
// a description, empty where it doesn't apply.
struct ExceptionContext {
  std::string message;
  absl::Status exception;
  std::string protocol;
  std::string transport;
  std::string task;
};

}  // namespace streams

#endif  // STREAMS_LOOP_EXCEPTION_CONTEXT_H_
