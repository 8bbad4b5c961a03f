// SPDX-License-Identifier: Apache-2.0

#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "streams/streams.h"
#include "streams/testee/objects.h"
#include "streams/testee/operation.h"
#include "streams/testee/python_error.h"
#include "streams/testee/stream_functions.h"
#include "streams/testee/tls_calls.h"
#include "streams/testee/transport_calls.h"

namespace streams::testee {
namespace {

absl::StatusOr<Answer> MakeReader(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"limit"}));
  STREAMS_ASSIGN_OR_RETURN(const int64_t limit, call.Limit());
  STREAMS_ASSIGN_OR_RETURN(auto reader,
                           StreamReader::Create(call.loop(), limit));
  return Item(std::make_shared<ReaderObject>(std::move(reader)));
}

absl::StatusOr<Answer> MakeTransport(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"pausable"}));
  STREAMS_ASSIGN_OR_RETURN(const bool pausable, call.Boolean("pausable", true));
  return Item(std::make_shared<RecordingTransportObject>(
      std::make_shared<RecordingTransport>(pausable)));
}

Pending AwaitNext(std::shared_ptr<ReaderObject> self) {
  STREAMS_CO_ASSIGN_OR_RETURN(std::optional<std::string> line,
                              co_await self->reader->Next());
  if (!line.has_value()) co_return PythonError("StopAsyncIteration", "");
  co_return Item(conformance::Bytes{*std::move(line)});
}

absl::StatusOr<Answer> Next(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"reader"}, 1));
  absl::StatusOr<std::shared_ptr<ReaderObject>> reader =
      call.ObjectOf<ReaderObject>("reader");
  if (!reader.ok()) {
    return PythonError("AttributeError", "no attribute '__anext__'");
  }
  return AwaitNext(*std::move(reader));
}

absl::StatusOr<Answer> Accepted(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"server"}, 1));
  STREAMS_ASSIGN_OR_RETURN(const auto server,
                           call.ObjectOf<ServerObject>("server"));
  if (server->accepted == nullptr || server->accepted->empty()) {
    return PythonError("LookupError", "no connection has been accepted");
  }
  StreamPair pair = std::move(server->accepted->front());
  server->accepted->pop_front();
  return PairItem(std::move(pair));
}

absl::StatusOr<Answer> ServerAddress(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"server"}, 1));
  STREAMS_ASSIGN_OR_RETURN(const auto server,
                           call.ObjectOf<ServerObject>("server"));
  const auto sockets = server->server->Sockets();
  if (sockets.empty()) {
    return PythonError("LookupError", "the server does not listen");
  }
  const std::optional<SocketAddress> address = sockets.front()->GetSockName();
  if (!address.has_value()) return OsError(EBADF);
  conformance::Value value = AddressToValue(&*address);
  if (auto* const tuple = value.get_if<conformance::Tuple>()) {
    tuple->items.resize(2);  // IPv6 has more.
  }
  return Item(std::move(value));
}

absl::StatusOr<SocketAddress> AddressArgument(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"where", "port"}, 1));
  STREAMS_ASSIGN_OR_RETURN(const auto where, call.Text("where"));
  STREAMS_ASSIGN_OR_RETURN(const auto port, call.Integer("port"));
  if (!where.has_value()) return call.WrongType("where");
  if (!port.has_value()) return SocketAddress::FromUnixPath(*where);
  if (*port < 0 || *port > 65535) {
    return PythonError("OverflowError", "port must be 0-65535.");
  }
  return SocketAddress::FromIp(*where, static_cast<uint16_t>(*port));
}

absl::StatusOr<Answer> ConnectedSocket(Call& call) {
  STREAMS_ASSIGN_OR_RETURN(const SocketAddress address, AddressArgument(call));
  STREAMS_ASSIGN_OR_RETURN(StreamSocket socket,
                           StreamSocket::ConnectBlocking(address));
  return Item(std::make_shared<SocketObject>(
      std::make_shared<StreamSocket>(std::move(socket))));
}

absl::StatusOr<Answer> ListeningSocket(Call& call) {
  STREAMS_ASSIGN_OR_RETURN(const SocketAddress address, AddressArgument(call));
  STREAMS_ASSIGN_OR_RETURN(StreamSocket socket,
                           StreamSocket::Create(address.family()));
  STREAMS_RETURN_IF_ERROR(socket.Bind(address));
  STREAMS_RETURN_IF_ERROR(socket.Listen(128));
  return Item(std::make_shared<SocketObject>(
      std::make_shared<StreamSocket>(std::move(socket))));
}

absl::StatusOr<Answer> WaitForCall(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"fut", "timeout"}, 2));
  STREAMS_ASSIGN_OR_RETURN(const auto seconds, call.Number("timeout"));
  const auto* const awaitable =
      std::get_if<std::shared_ptr<Pending>>(call.Find("fut"));
  if (awaitable == nullptr) return call.WrongType("fut");
  return WaitFor(
      call.loop(), std::move(**awaitable),
      seconds.has_value() ? absl::Seconds(*seconds) : absl::InfiniteDuration());
}

constexpr Operation kOperations[] = {
    {"StreamReader", MakeReader},
    {"Transport", MakeTransport},
    {"accepted", Accepted},
    {"anext", Next},
    {"client_context", ClientContextCall},
    {"connected_socket", ConnectedSocket},
    {"listening_socket", ListeningSocket},
    {"open_connection", OpenConnectionCall, Operation::Form::kCoroutine},
    {"open_unix_connection", OpenUnixConnectionCall,
     Operation::Form::kCoroutine},
    {"server_address", ServerAddress},
    {"server_context", ServerContextCall},
    {"start_server", StartServerCall, Operation::Form::kCoroutine},
    {"start_unix_server", StartUnixServerCall, Operation::Form::kCoroutine},
    {"wait_for", WaitForCall, Operation::Form::kCoroutine},
};

}  // namespace

absl::Span<const Operation> FunctionOperations() { return kOperations; }

}  // namespace streams::testee
