// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <utility>
#include <vector>

#include "streams/streams.h"
#include "streams/testee/objects.h"
#include "streams/testee/operation.h"

namespace streams::testee {
namespace {

Server& Self(Call& call) { return *call.self<ServerObject>()->server; }

absl::StatusOr<Answer> Close(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  Self(call).Close();
  return Item();
}

absl::StatusOr<Answer> CloseClients(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  Self(call).CloseClients();
  return Item();
}

absl::StatusOr<Answer> AbortClients(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  Self(call).AbortClients();
  return Item();
}

absl::StatusOr<Answer> IsServing(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(conformance::Value(Self(call).IsServing()));
}

absl::StatusOr<Answer> GetLoop(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(std::make_shared<OpaqueObject>("AsyncioLoop"));
}

// What all the awaited calls are: a task of nothing but success or failure. It
// keeps the server alive by itself.
Pending Await(Task<absl::Status> task) {
  STREAMS_CO_RETURN_IF_ERROR(co_await std::move(task));
  co_return Item();
}

absl::StatusOr<Answer> StartServing(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Await(Self(call).StartServing());
}

absl::StatusOr<Answer> ServeForever(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Await(Self(call).ServeForever());
}

absl::StatusOr<Answer> WaitClosed(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Await(Self(call).WaitClosed());
}

absl::StatusOr<Answer> GetSockets(Call& call) {
  std::vector<Item> sockets;
  for (auto& socket : Self(call).Sockets()) {
    sockets.push_back(
        Item(std::make_shared<TransportSocketObject>(std::move(socket))));
  }
  return Item::TupleOf(std::move(sockets));
}

constexpr Operation kOperations[] = {
    {"abort_clients", AbortClients},
    {"close", Close},
    {"close_clients", CloseClients},
    {"get_loop", GetLoop},
    {"is_serving", IsServing},
    {"serve_forever", ServeForever, Operation::Form::kCoroutine},
    {"sockets", GetSockets, Operation::Form::kGet},
    {"start_serving", StartServing, Operation::Form::kCoroutine},
    {"wait_closed", WaitClosed, Operation::Form::kCoroutine},
};

}  // namespace

absl::Span<const Operation> ServerOperations() { return kOperations; }

}  // namespace streams::testee
