// SPDX-License-Identifier: Apache-2.0

#include "streams/start_server.h"

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "streams/connect_socket.h"
#include "streams/coro/status_macros.h"
#include "streams/loop/resolver.h"
#include "streams/os/address_lookup.h"
#include "streams/os/error.h"
#include "streams/server_builder.h"
#include "streams/ssl_arguments.h"

namespace streams {
namespace {

// All addresses of all hosts, each once.
Task<absl::StatusOr<std::vector<SocketAddress>>> ResolveHosts(
    EventLoop& loop, StartServerOptions options) {
  AddressQuery query;
  query.set_port(options.port())
      .set_family(options.family())
      .set_flags(options.flags().value_or(AI_PASSIVE));
  std::vector<AddressQuery> queries;
  for (const std::string& host : options.hosts()) {
    queries.push_back(query);
    // The empty name is the wildcard only where it stands alone.
    if (!host.empty() || options.hosts().size() > 1) {
      queries.back().set_host(host);
    }
  }
  if (queries.empty()) queries.push_back(query);
  std::vector<SocketAddress> addresses;
  for (const AddressQuery& each : queries) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::vector<AddressInfo> infos,
                                co_await Resolve(loop, each));
    for (const AddressInfo& info : infos) {
      if (absl::c_linear_search(addresses, info.address)) continue;
      addresses.push_back(info.address);
    }
  }
  co_return addresses;
}

absl::Status Configure(StreamSocket& socket, AddressFamily family,
                       const StartServerOptions& options) {
  if (options.reuse_address()) {
    STREAMS_RETURN_IF_ERROR(socket.SetReuseAddress(true));
  }
  if (options.reuse_port()) STREAMS_RETURN_IF_ERROR(socket.SetReusePort(true));
  if (options.keep_alive()) STREAMS_RETURN_IF_ERROR(socket.SetKeepAlive(true));
  if (family == AddressFamily::kInet6) {
    // Else it would take IPv4's port as well, for which there is a socket.
    STREAMS_RETURN_IF_ERROR(socket.SetIpv6Only(true));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::shared_ptr<StreamSocket>>> BindAll(
    const std::vector<SocketAddress>& addresses,
    const StartServerOptions& options) {
  std::vector<std::shared_ptr<StreamSocket>> sockets;
  for (const SocketAddress& address : addresses) {
    absl::StatusOr<StreamSocket> socket =
        StreamSocket::Create(address.family());
    if (!socket.ok()) continue;  // A family that the kernel doesn't have.
    STREAMS_RETURN_IF_ERROR(Configure(*socket, address.family(), options));
    const absl::Status bound = socket->Bind(address);
    if (GetErrno(bound) == EADDRNOTAVAIL) continue;  // A family without a link.
    if (!bound.ok()) {
      return OsError(
          GetErrno(bound),
          absl::StrCat("error while attempting to bind on address ",
                       internal::PythonAddress(address), ": ",
                       absl::AsciiStrToLower(std::string(bound.message()))));
    }
    sockets.push_back(std::make_shared<StreamSocket>(*std::move(socket)));
  }
  if (!sockets.empty()) return sockets;
  return MakeError(
      ErrorKind::kOs,
      absl::StrCat("could not bind on any address out of [",
                   absl::StrJoin(addresses, ", ",
                                 [](std::string* out, const SocketAddress& a) {
                                   absl::StrAppend(out,
                                                   internal::PythonAddress(a));
                                 }),
                   "]"));
}

}  // namespace

Task<absl::StatusOr<std::shared_ptr<Server>>> StartServer(
    EventLoop& loop, ClientConnectedCallback callback,
    StartServerOptions options) {
  STREAMS_CO_RETURN_IF_ERROR(internal::CheckSslArguments(options.ssl()));
  ServerBuilder builder(loop, std::move(callback), options.limit(),
                        options.backlog(), options.ssl());
  if (options.has_address()) {
    if (options.socket() != nullptr) {
      co_return MakeError(
          ErrorKind::kValue,
          "host/port and sock can not be specified at the same time");
    }
    STREAMS_CO_ASSIGN_OR_RETURN(const std::vector<SocketAddress> addresses,
                                co_await ResolveHosts(loop, options));
    STREAMS_CO_ASSIGN_OR_RETURN(
        const std::vector<std::shared_ptr<StreamSocket>> sockets,
        BindAll(addresses, options));
    for (const auto& socket : sockets) builder.AddOwnSocket(socket);
  } else if (options.socket() != nullptr) {
    if (!options.socket()->valid()) co_return OsError(EBADF);
    builder.AddSocket(options.socket());
  } else {
    co_return MakeError(ErrorKind::kValue,
                        "Neither host/port nor sock were specified");
  }
  co_return co_await ServerBuilder::Finish(std::move(builder),
                                           options.start_serving());
}

Task<absl::StatusOr<std::shared_ptr<Server>>> StartServer(
    EventLoop& loop, ClientConnectedCallback callback, std::string host,
    uint16_t port) {
  return StartServer(loop, std::move(callback), std::move(host), port,
                     StartServerOptions());
}

Task<absl::StatusOr<std::shared_ptr<Server>>> StartServer(
    EventLoop& loop, ClientConnectedCallback callback, std::string host,
    uint16_t port, StartServerOptions options) {
  options.set_host(std::move(host)).set_port(port);
  return StartServer(loop, std::move(callback), std::move(options));
}

}  // namespace streams
