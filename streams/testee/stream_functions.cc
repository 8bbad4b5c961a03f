// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/stream_functions.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "streams/testee/callbacks.h"
#include "streams/testee/objects.h"
#include "streams/testee/python_error.h"
#include "streams/testee/tls_calls.h"

namespace streams::testee {
namespace {

Pending AwaitPair(Task<absl::StatusOr<StreamPair>> task) {
  STREAMS_CO_ASSIGN_OR_RETURN(StreamPair pair, co_await std::move(task));
  co_return PairItem(std::move(pair));
}

Pending AwaitServer(Task<absl::StatusOr<std::shared_ptr<Server>>> task,
                    std::shared_ptr<AcceptedPairs> pairs) {
  STREAMS_CO_ASSIGN_OR_RETURN(auto server, co_await std::move(task));
  co_return Item(
      std::make_shared<ServerObject>(std::move(server), std::move(pairs)));
}

// AF_… as the kernel numbers them; what is none of ours finds nothing.
AddressFamily FamilyOf(int64_t number) {
  for (AddressFamily family : {AddressFamily::kInet, AddressFamily::kInet6}) {
    if (NativeFamily(family) == number) return family;
  }
  return number == 0 ? AddressFamily::kUnspecified : AddressFamily::kUnix;
}

// Sets `option` if there is such an argument.
template <class Options, class Value, class Parameter>
void SetIf(Options& options, Options& (Options::*option)(Parameter),
           const std::optional<Value>& value) {
  if (value.has_value()) (options.*option)(static_cast<Parameter>(*value));
}

absl::StatusOr<std::optional<uint16_t>> Port(Call& call) {
  STREAMS_ASSIGN_OR_RETURN(const auto port, call.Integer("port"));
  if (!port.has_value()) return std::nullopt;
  if (*port < 0 || *port > 65535) {
    return PythonError("OverflowError", "port must be 0-65535.");
  }
  return static_cast<uint16_t>(*port);
}

// Null if there is no such argument.
absl::StatusOr<std::shared_ptr<StreamSocket>> Socket(Call& call) {
  const Item* const item = call.FindItem("sock");
  if (item == nullptr || item->is_none()) return nullptr;
  STREAMS_ASSIGN_OR_RETURN(const auto object,
                           call.ObjectOf<SocketObject>("sock"));
  return object->socket;
}

// The first argument of servers.
absl::StatusOr<ClientConnectedCallback> CallbackOf(
    Call& call, std::shared_ptr<AcceptedPairs> pairs) {
  const auto* const callback =
      std::get_if<conformance::Callback>(call.Find("client_connected_cb"));
  if (callback == nullptr) return call.WrongType("client_connected_cb");
  auto made = MakeCallback(callback->name, std::move(pairs));
  if (!made.has_value()) {
    return PythonError("KeyError", absl::StrCat("'", callback->name, "'"));
  }
  return *std::move(made);
}

absl::Status SetHosts(Call& call, StartServerOptions& options) {
  const Item* const item = call.FindItem("host");
  if (item == nullptr || item->is_none()) return absl::OkStatus();
  const std::vector<Item> parts = item->Parts();
  if (parts.empty()) {
    STREAMS_ASSIGN_OR_RETURN(const auto host, call.Text("host"));
    SetIf(options, &StartServerOptions::set_host, host);
    return absl::OkStatus();
  }
  std::vector<std::string> hosts;
  for (const Item& part : parts) {
    const conformance::Value value = part.ToValue();
    const auto* const host = value.get_if<std::string>();
    if (host == nullptr) return call.WrongType("host");
    hosts.push_back(*host);
  }
  options.set_hosts(std::move(hosts));
  return absl::OkStatus();
}

absl::Status SetLocalAddress(Call& call, OpenConnectionOptions& options) {
  const Item* const item = call.FindItem("local_addr");
  if (item == nullptr || item->is_none()) return absl::OkStatus();
  const std::vector<Item> parts = item->Parts();
  if (parts.size() != 2) return call.WrongType("local_addr");
  const conformance::Value host = parts[0].ToValue();
  const conformance::Value port = parts[1].ToValue();
  if (!host.is<std::string>() || !port.is<int64_t>()) {
    return call.WrongType("local_addr");
  }
  options.set_local_address(*host.get_if<std::string>(),
                            static_cast<uint16_t>(*port.get_if<int64_t>()));
  return absl::OkStatus();
}

// How several addresses of one host are tried.
absl::Status SetRace(Call& call, OpenConnectionOptions& options) {
  STREAMS_ASSIGN_OR_RETURN(const auto delay,
                           call.Number("happy_eyeballs_delay"));
  STREAMS_ASSIGN_OR_RETURN(const auto interleave, call.Integer("interleave"));
  STREAMS_ASSIGN_OR_RETURN(const bool all_errors,
                           call.Boolean("all_errors", false));
  if (delay.has_value()) {
    options.set_happy_eyeballs_delay(absl::Seconds(*delay));
  }
  SetIf(options, &OpenConnectionOptions::set_interleave, interleave);
  options.set_all_errors(all_errors);
  return absl::OkStatus();
}

}  // namespace

Item PairItem(StreamPair pair) {
  std::vector<Item> parts;
  parts.push_back(Item(std::make_shared<ReaderObject>(std::move(pair.reader))));
  parts.push_back(Item(std::make_shared<WriterObject>(std::move(pair.writer))));
  return Item::TupleOf(std::move(parts));
}

absl::StatusOr<Answer> OpenConnectionCall(Call& call) {
  STREAMS_RETURN_IF_ERROR(
      call.Bind({"host", "port", "limit", "family", "proto", "flags", "sock",
                 "local_addr", "ssl", "server_hostname",
                 "ssl_handshake_timeout", "ssl_shutdown_timeout",
                 "happy_eyeballs_delay", "interleave", "all_errors"}));
  OpenConnectionOptions options;
  STREAMS_RETURN_IF_ERROR(SetRace(call, options));
  STREAMS_ASSIGN_OR_RETURN(const auto host, call.Text("host"));
  STREAMS_ASSIGN_OR_RETURN(const auto port, Port(call));
  STREAMS_ASSIGN_OR_RETURN(const auto limit, call.Integer("limit"));
  STREAMS_ASSIGN_OR_RETURN(const auto family, call.Integer("family"));
  STREAMS_ASSIGN_OR_RETURN(const auto protocol, call.Integer("proto"));
  STREAMS_ASSIGN_OR_RETURN(const auto flags, call.Integer("flags"));
  STREAMS_ASSIGN_OR_RETURN(auto socket, Socket(call));
  STREAMS_RETURN_IF_ERROR(SetLocalAddress(call, options));
  if (host.has_value()) options.set_host(*host);
  SetIf(options, &OpenConnectionOptions::set_port, port);
  SetIf(options, &OpenConnectionOptions::set_limit, limit);
  SetIf(options, &OpenConnectionOptions::set_protocol, protocol);
  SetIf(options, &OpenConnectionOptions::set_flags, flags);
  if (family.has_value()) options.set_family(FamilyOf(*family));
  options.set_socket(std::move(socket));
  STREAMS_ASSIGN_OR_RETURN(TlsOptions ssl, TlsOptionsOf(call, "ssl", false));
  options.set_ssl(std::move(ssl));
  return AwaitPair(OpenConnection(call.loop(), std::move(options)));
}

absl::StatusOr<Answer> OpenUnixConnectionCall(Call& call) {
  STREAMS_RETURN_IF_ERROR(
      call.Bind({"path", "limit", "sock", "ssl", "server_hostname",
                 "ssl_handshake_timeout", "ssl_shutdown_timeout"}));
  OpenUnixConnectionOptions options;
  STREAMS_ASSIGN_OR_RETURN(const auto path, call.Text("path"));
  STREAMS_ASSIGN_OR_RETURN(const auto limit, call.Integer("limit"));
  STREAMS_ASSIGN_OR_RETURN(auto socket, Socket(call));
  if (path.has_value()) options.set_path(*path);
  SetIf(options, &OpenUnixConnectionOptions::set_limit, limit);
  options.set_socket(std::move(socket));
  STREAMS_ASSIGN_OR_RETURN(TlsOptions ssl, TlsOptionsOf(call, "ssl", false));
  options.set_ssl(std::move(ssl));
  return AwaitPair(OpenUnixConnection(call.loop(), std::move(options)));
}

absl::StatusOr<Answer> StartServerCall(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind(
      {"client_connected_cb", "host", "port", "limit", "family", "flags",
       "sock", "backlog", "reuse_address", "reuse_port", "keep_alive",
       "start_serving", "ssl", "ssl_handshake_timeout", "ssl_shutdown_timeout"},
      1));
  auto pairs = std::make_shared<AcceptedPairs>();
  STREAMS_ASSIGN_OR_RETURN(auto callback, CallbackOf(call, pairs));
  StartServerOptions options;
  STREAMS_RETURN_IF_ERROR(SetHosts(call, options));
  STREAMS_ASSIGN_OR_RETURN(const auto port, Port(call));
  STREAMS_ASSIGN_OR_RETURN(const auto limit, call.Integer("limit"));
  STREAMS_ASSIGN_OR_RETURN(const auto family, call.Integer("family"));
  STREAMS_ASSIGN_OR_RETURN(const auto flags, call.Integer("flags"));
  STREAMS_ASSIGN_OR_RETURN(auto socket, Socket(call));
  STREAMS_ASSIGN_OR_RETURN(const auto backlog, call.Integer("backlog"));
  STREAMS_ASSIGN_OR_RETURN(const bool reuse_address,
                           call.Boolean("reuse_address", true));
  STREAMS_ASSIGN_OR_RETURN(const bool reuse_port,
                           call.Boolean("reuse_port", false));
  STREAMS_ASSIGN_OR_RETURN(const bool keep_alive,
                           call.Boolean("keep_alive", false));
  STREAMS_ASSIGN_OR_RETURN(const bool start_serving,
                           call.Boolean("start_serving", true));
  SetIf(options, &StartServerOptions::set_port, port);
  SetIf(options, &StartServerOptions::set_limit, limit);
  SetIf(options, &StartServerOptions::set_flags, flags);
  SetIf(options, &StartServerOptions::set_backlog, backlog);
  if (family.has_value()) options.set_family(FamilyOf(*family));
  options.set_socket(std::move(socket))
      .set_reuse_address(reuse_address)
      .set_reuse_port(reuse_port)
      .set_keep_alive(keep_alive)
      .set_start_serving(start_serving);
  STREAMS_ASSIGN_OR_RETURN(TlsOptions ssl, TlsOptionsOf(call, "ssl", true));
  options.set_ssl(std::move(ssl));
  return AwaitServer(
      StartServer(call.loop(), std::move(callback), std::move(options)),
      std::move(pairs));
}

absl::StatusOr<Answer> StartUnixServerCall(Call& call) {
  STREAMS_RETURN_IF_ERROR(
      call.Bind({"client_connected_cb", "path", "limit", "sock", "backlog",
                 "start_serving", "cleanup_socket", "ssl",
                 "ssl_handshake_timeout", "ssl_shutdown_timeout"},
                1));
  auto pairs = std::make_shared<AcceptedPairs>();
  STREAMS_ASSIGN_OR_RETURN(auto callback, CallbackOf(call, pairs));
  StartUnixServerOptions options;
  STREAMS_ASSIGN_OR_RETURN(const auto path, call.Text("path"));
  STREAMS_ASSIGN_OR_RETURN(const auto limit, call.Integer("limit"));
  STREAMS_ASSIGN_OR_RETURN(auto socket, Socket(call));
  STREAMS_ASSIGN_OR_RETURN(const auto backlog, call.Integer("backlog"));
  STREAMS_ASSIGN_OR_RETURN(const bool start_serving,
                           call.Boolean("start_serving", true));
  STREAMS_ASSIGN_OR_RETURN(const bool cleanup_socket,
                           call.Boolean("cleanup_socket", true));
  if (path.has_value()) options.set_path(*path);
  SetIf(options, &StartUnixServerOptions::set_limit, limit);
  SetIf(options, &StartUnixServerOptions::set_backlog, backlog);
  options.set_socket(std::move(socket))
      .set_start_serving(start_serving)
      .set_cleanup_socket(cleanup_socket);
  STREAMS_ASSIGN_OR_RETURN(TlsOptions ssl, TlsOptionsOf(call, "ssl", true));
  options.set_ssl(std::move(ssl));
  return AwaitServer(
      StartUnixServer(call.loop(), std::move(callback), std::move(options)),
      std::move(pairs));
}

}  // namespace streams::testee
