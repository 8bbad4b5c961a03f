// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_CLIENT_CONNECTED_CALLBACK_H_
#define STREAMS_CLIENT_CONNECTED_CALLBACK_H_

#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "streams/coro/task.h"

namespace streams {

class StreamReader;
class StreamWriter;

// What a server calls for each connection: a function, of any kind that can be
// called more than once, which takes
//
//   (std::unique_ptr<StreamReader>, std::unique_ptr<StreamWriter>)
//
// and returns void, an absl::Status (an error is what raising is to Python), or
// a Task<void> or Task<absl::Status>, which then runs on the loop, beside
// others. It is called on the loop's thread, and lives as long as its server
// accepts, and as the connections that are about to be made.
//
// asyncio: the `client_connected_cb` of start_server().
class ClientConnectedCallback {
 public:
  using Result = std::variant<absl::Status, Task<absl::Status>>;

  template <class Function,
            class = std::enable_if_t<!std::is_same_v<std::decay_t<Function>,
                                                     ClientConnectedCallback>>>
  ClientConnectedCallback(Function function)  // NOLINT(runtime/explicit)
      : function_(Adapt(std::move(function))) {}

  Result operator()(std::unique_ptr<StreamReader> reader,
                    std::unique_ptr<StreamWriter> writer);

 private:
  using AnyFunction = absl::AnyInvocable<Result(std::unique_ptr<StreamReader>,
                                                std::unique_ptr<StreamWriter>)>;

  template <class Function>
  static AnyFunction Adapt(Function function) {
    return [function = std::move(function)](
               std::unique_ptr<StreamReader> reader,
               std::unique_ptr<StreamWriter> writer) mutable -> Result {
      using Returned = decltype(function(std::move(reader), std::move(writer)));
      if constexpr (std::is_void_v<Returned>) {
        function(std::move(reader), std::move(writer));
        return absl::OkStatus();
      } else if constexpr (std::is_same_v<Returned, Task<void>>) {
        return ReturnOk(function(std::move(reader), std::move(writer)));
      } else {
        return function(std::move(reader), std::move(writer));
      }
    };
  }

  static Task<absl::Status> ReturnOk(Task<void> task) {
    co_await std::move(task);
    co_return absl::OkStatus();
  }

  AnyFunction function_;
};

}  // namespace streams

#endif  // STREAMS_CLIENT_CONNECTED_CALLBACK_H_
