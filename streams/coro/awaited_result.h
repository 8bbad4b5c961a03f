// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_CORO_AWAITED_RESULT_H_
#define STREAMS_CORO_AWAITED_RESULT_H_

#include <type_traits>
#include <utility>

#include "streams/coro/task.h"

namespace streams {
namespace internal {

template <class A>
decltype(auto) GetAwaiter(A&& awaitable) {
  if constexpr (requires { std::forward<A>(awaitable).operator co_await(); }) {
    return std::forward<A>(awaitable).operator co_await();
  } else {
    return std::forward<A>(awaitable);
  }
}

}  // namespace internal

// The type of `co_await a` for an rvalue `a` of type Awaitable.
template <class Awaitable>
using AwaitedResult = std::decay_t<
    decltype(internal::GetAwaiter(std::declval<Awaitable>()).await_resume())>;

// A coroutine that does nothing but await.
template <class Awaitable>
Task<AwaitedResult<Awaitable>> AsTask(Awaitable awaitable) {
  co_return co_await std::move(awaitable);
}

}  // namespace streams

#endif  // STREAMS_CORO_AWAITED_RESULT_H_
