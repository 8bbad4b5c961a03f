// SPDX-License-Identifier: Apache-2.0

#include "streams/connect_socket.h"

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "streams/coro/status_macros.h"
#include "streams/coro/waiter.h"
#include "streams/loop/io_handler.h"
#include "streams/os/error.h"

namespace streams::internal {
namespace {

// Completes when the kernel has made up its mind about a connect().
class ConnectHandler final : public IoHandler {
 public:
  ConnectHandler(EventLoop& loop, StreamSocket& socket)
      : IoHandler(socket.fd()), socket_(socket), decided_(loop) {}

  Waiter& decided() { return decided_; }
  int error() const { return error_; }

 private:
  void OnReadable() override {}
  void OnWritable() override {
    if (decided_.done()) return;
    error_ = socket_.TakeError();
    decided_.SetResult();
  }

  StreamSocket& socket_;
  Waiter decided_;
  int error_ = 0;
};

absl::Status BindToFirst(StreamSocket& socket, AddressFamily family,
                         const std::vector<SocketAddress>& locals,
                         std::vector<absl::Status>& errors) {
  bool has_tried = false;
  for (const SocketAddress& local : locals) {
    if (local.family() != family) continue;
    const absl::Status bound = socket.Bind(local);
    if (bound.ok()) return absl::OkStatus();
    has_tried = true;
    errors.push_back(OsError(
        GetErrno(bound),
        absl::StrCat("error while attempting to bind on address ",
                     PythonAddress(local), ": ",
                     absl::AsciiStrToLower(std::string(bound.message())))));
  }
  if (!has_tried) {
    errors.push_back(MakeError(
        ErrorKind::kOs,
        absl::StrCat("no matching local address with family=<AddressFamily.",
                     family == AddressFamily::kInet6 ? "AF_INET6" : "AF_INET",
                     ": ", NativeFamily(family), "> found")));
  }
  return errors.back();
}

Task<absl::Status> Connect(EventLoop& loop, StreamSocket& socket,
                           SocketAddress address) {
  const int error = socket.Connect(address);
  if (error == 0) co_return absl::OkStatus();
  // EAGAIN is a Unix listener's "not now, my backlog is full", and no more will
  // come of it. asyncio waits all the same, and gives out a stream that isn't
  // connected: see docs/divergences.md.
  if (error != EINPROGRESS) co_return OsError(error);
  ConnectHandler handler(loop, socket);
  STREAMS_CO_RETURN_IF_ERROR(loop.AddWriter(handler));
  STREAMS_CO_RETURN_IF_ERROR(co_await handler.decided());
  if (handler.error() == 0) co_return absl::OkStatus();
  co_return OsError(handler.error(), absl::StrCat("Connect call failed ",
                                                  PythonAddress(address)));
}

}  // namespace

Task<absl::StatusOr<StreamSocket>> ConnectSocket(EventLoop& loop,
                                                 SocketAddress address) {
  STREAMS_CO_ASSIGN_OR_RETURN(StreamSocket socket,
                              StreamSocket::Create(address.family()));
  STREAMS_CO_RETURN_IF_ERROR(co_await Connect(loop, socket, address));
  co_return std::move(socket);
}

Task<absl::StatusOr<StreamSocket>> ConnectSocketFrom(
    EventLoop& loop, SocketAddress address, std::vector<SocketAddress> locals,
    std::vector<absl::Status>& errors) {
  absl::StatusOr<StreamSocket> socket = StreamSocket::Create(address.family());
  if (!socket.ok()) {
    errors.push_back(socket.status());
    co_return std::move(socket);
  }
  if (!locals.empty()) {
    STREAMS_CO_RETURN_IF_ERROR(
        BindToFirst(*socket, address.family(), locals, errors));
  }
  absl::Status status = co_await Connect(loop, *socket, address);
  if (status.ok()) co_return std::move(socket);
  errors.push_back(status);
  co_return status;
}

std::string PythonAddress(const SocketAddress& address) {
  if (address.family() == AddressFamily::kInet) {
    return absl::StrCat("('", address.host(), "', ", address.port(), ")");
  }
  if (address.family() == AddressFamily::kInet6) {
    return absl::StrCat("('", address.host(), "', ", address.port(), ", ",
                        address.flow_info(), ", ", address.scope_id(), ")");
  }
  return address.path();
}

}  // namespace streams::internal
