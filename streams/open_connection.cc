// SPDX-License-Identifier: Apache-2.0

#include "streams/open_connection.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "streams/connect_socket.h"
#include "streams/coro/status_macros.h"
#include "streams/happy_eyeballs.h"
#include "streams/loop/resolver.h"
#include "streams/open_stream.h"
#include "streams/os/error.h"
#include "streams/os/exception_group.h"
#include "streams/ssl_arguments.h"
#include "streams/tls/tls_options.h"

namespace streams {
namespace {

// One error for all addresses that failed: the first, if they all say the same.
absl::Status Combine(const std::vector<absl::Status>& errors, bool all_errors) {
  if (all_errors) {
    return ExceptionGroupError("create_connection failed", errors);
  }
  for (const absl::Status& error : errors) {
    if (error.message() == errors.front().message()) continue;
    return MakeError(
        ErrorKind::kOs,
        absl::StrCat("Multiple exceptions: ",
                     absl::StrJoin(errors, ", ",
                                   [](std::string* out, const absl::Status& e) {
                                     absl::StrAppend(out, e.message());
                                   })));
  }
  return errors.front();
}

// At least one.
Task<absl::StatusOr<std::vector<SocketAddress>>> ResolveAll(
    EventLoop& loop, AddressQuery query) {
  STREAMS_CO_ASSIGN_OR_RETURN(const std::vector<AddressInfo> infos,
                              co_await Resolve(loop, query));
  std::vector<SocketAddress> addresses;
  for (const AddressInfo& info : infos) addresses.push_back(info.address);
  co_return std::move(addresses);
}

// One after the other. What went wrong is added to `errors`.
Task<absl::StatusOr<StreamSocket>> ConnectToFirst(
    EventLoop& loop, std::vector<SocketAddress> remotes,
    std::vector<SocketAddress> locals, std::vector<absl::Status>& errors) {
  for (const SocketAddress& remote : remotes) {
    absl::StatusOr<StreamSocket> socket =
        co_await internal::ConnectSocketFrom(loop, remote, locals, errors);
    if (socket.ok() || absl::IsCancelled(socket.status())) {
      co_return std::move(socket);
    }
  }
  co_return errors.back();
}

Task<absl::StatusOr<StreamSocket>> ConnectToHost(
    EventLoop& loop, OpenConnectionOptions options) {
  const AddressQuery& query = options.query();
  STREAMS_CO_ASSIGN_OR_RETURN(std::vector<SocketAddress> remotes,
                              co_await ResolveAll(loop, query));
  std::vector<SocketAddress> locals;
  if (options.local_query().has_value()) {
    AddressQuery local_query = *options.local_query();
    local_query.set_family(query.family())
        .set_protocol(query.protocol())
        .set_flags(query.flags());
    STREAMS_CO_ASSIGN_OR_RETURN(locals, co_await ResolveAll(loop, local_query));
  }
  const std::optional<absl::Duration> delay = options.happy_eyeballs_delay();
  const int64_t interleave =
      options.interleave().value_or(delay.has_value() ? 1 : 0);
  if (interleave != 0) {
    remotes = internal::InterleaveFamilies(std::move(remotes), interleave);
  }
  std::vector<absl::Status> errors;
  absl::StatusOr<StreamSocket> socket;
  if (delay.has_value()) {
    socket =
        co_await internal::RaceToConnect(loop, remotes, locals, *delay, errors);
  } else {
    socket = co_await ConnectToFirst(loop, remotes, locals, errors);
  }
  if (socket.ok() || absl::IsCancelled(socket.status())) {
    co_return std::move(socket);
  }
  co_return Combine(errors, options.all_errors());
}

}  // namespace

Task<absl::StatusOr<StreamPair>> OpenConnection(EventLoop& loop,
                                                OpenConnectionOptions options) {
  STREAMS_CO_ASSIGN_OR_RETURN(std::unique_ptr<StreamReader> reader,
                              StreamReader::Create(loop, options.limit()));
  TlsOptions ssl = options.ssl();
  STREAMS_CO_RETURN_IF_ERROR(internal::CheckSslArguments(ssl));
  if (ssl.context() != nullptr && !ssl.server_hostname().has_value()) {
    const std::string host = options.query().host().value_or("");
    if (host.empty()) {
      co_return MakeError(
          ErrorKind::kValue,
          "You must set server_hostname when using ssl without a host");
    }
    ssl.set_server_hostname(host);
  }
  std::shared_ptr<StreamSocket> socket = options.socket();
  if (options.has_address()) {
    if (socket != nullptr) {
      co_return MakeError(
          ErrorKind::kValue,
          "host/port and sock can not be specified at the same time");
    }
    STREAMS_CO_ASSIGN_OR_RETURN(StreamSocket connected,
                                co_await ConnectToHost(loop, options));
    socket = std::make_shared<StreamSocket>(std::move(connected));
  } else if (socket == nullptr) {
    co_return MakeError(
        ErrorKind::kValue,
        "host and port was not specified and no sock specified");
  }
  co_return co_await internal::OpenStream(loop, std::move(socket),
                                          std::move(reader), std::move(ssl));
}

Task<absl::StatusOr<StreamPair>> OpenConnection(EventLoop& loop,
                                                std::string host,
                                                uint16_t port) {
  return OpenConnection(loop, std::move(host), port, OpenConnectionOptions());
}

Task<absl::StatusOr<StreamPair>> OpenConnection(EventLoop& loop,
                                                std::string host, uint16_t port,
                                                OpenConnectionOptions options) {
  options.set_host(std::move(host)).set_port(port);
  return OpenConnection(loop, std::move(options));
}

}  // namespace streams
