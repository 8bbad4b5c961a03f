// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_STATUS_MACROS_H_
#define STREAMS_CORO_STATUS_MACROS_H_

#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

// "Go on if it is well, else return the error", for functions that return an
// absl::Status or StatusOr; the CO_ forms for coroutines (return is not allowed
// in those). What `expression` gives is evaluated once and may be a co_await.
//
//   STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
//   STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
//                               co_await reader->ReadLine());

#define STREAMS_RETURN_IF_ERROR(expression) \
  STREAMS_INTERNAL_RETURN_IF_ERROR(return, expression)

#define STREAMS_CO_RETURN_IF_ERROR(expression) \
  STREAMS_INTERNAL_RETURN_IF_ERROR(co_return, expression)

// `target` is a variable, or a declaration of one.
#define STREAMS_ASSIGN_OR_RETURN(target, expression)                      \
  STREAMS_INTERNAL_ASSIGN_OR_RETURN(                                      \
      STREAMS_INTERNAL_CONCAT(streams_result_, __LINE__), return, target, \
      expression)

#define STREAMS_CO_ASSIGN_OR_RETURN(target, expression)                      \
  STREAMS_INTERNAL_ASSIGN_OR_RETURN(                                         \
      STREAMS_INTERNAL_CONCAT(streams_result_, __LINE__), co_return, target, \
      expression)

// Implementation.

#define STREAMS_INTERNAL_CONCAT(a, b) STREAMS_INTERNAL_CONCAT_NOW(a, b)
#define STREAMS_INTERNAL_CONCAT_NOW(a, b) a##b

#define STREAMS_INTERNAL_RETURN_IF_ERROR(return_keyword, expression) \
  do {                                                               \
    if (::absl::Status streams_status = (expression);                \
        ABSL_PREDICT_FALSE(!streams_status.ok())) {                  \
      return_keyword ::absl::Status(std::move(streams_status));      \
    }                                                                \
  } while (false)

#define STREAMS_INTERNAL_ASSIGN_OR_RETURN(result, return_keyword, target, \
                                          expression)                     \
  auto result = (expression);                                             \
  if (ABSL_PREDICT_FALSE(!result.ok())) {                                 \
    return_keyword ::absl::Status(std::move(result).status());            \
  }                                                                       \
  target = *std::move(result)

#endif  // STREAMS_CORO_STATUS_MACROS_H_
