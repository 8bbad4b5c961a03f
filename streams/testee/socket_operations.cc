// SPDX-License-Identifier: Apache-2.0

#include <cerrno>
#include <cstdint>
#include <optional>

#include "streams/streams.h"
#include "streams/testee/objects.h"
#include "streams/testee/operation.h"
#include "streams/testee/transport_calls.h"

namespace streams::testee {
namespace {

template <class T>
absl::StatusOr<Answer> FileNumber(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(
      conformance::Value(static_cast<int64_t>(call.self<T>()->socket->fd())));
}

template <class T>
absl::StatusOr<Answer> GetSockName(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  const auto address = call.self<T>()->socket->GetSockName();
  // Closed: there is nothing else that could be wrong with a bound socket.
  if (!address.has_value()) return OsError(EBADF);
  return Item(AddressToValue(&*address));
}

absl::StatusOr<Answer> Close(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  call.self<SocketObject>()->socket->Close();
  return Item();
}

constexpr Operation kOperations[] = {
    {"close", Close},
    {"fileno", FileNumber<SocketObject>},
    {"getsockname", GetSockName<SocketObject>},
};

constexpr Operation kTransportSocketOperations[] = {
    {"fileno", FileNumber<TransportSocketObject>},
    {"getsockname", GetSockName<TransportSocketObject>},
};

}  // namespace

absl::Span<const Operation> SocketOperations() { return kOperations; }
absl::Span<const Operation> TransportSocketOperations() {
  return kTransportSocketOperations;
}

}  // namespace streams::testee
