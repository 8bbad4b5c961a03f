// SPDX-License-Identifier: Apache-2.0

#include "streams/open_unix_connection.h"

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "streams/connect_socket.h"
#include "streams/coro/status_macros.h"
#include "streams/open_stream.h"
#include "streams/os/address.h"
#include "streams/os/error.h"
#include "streams/ssl_arguments.h"

namespace streams {

Task<absl::StatusOr<StreamPair>> OpenUnixConnection(
    EventLoop& loop, OpenUnixConnectionOptions options) {
  STREAMS_CO_ASSIGN_OR_RETURN(std::unique_ptr<StreamReader> reader,
                              StreamReader::Create(loop, options.limit()));
  STREAMS_CO_RETURN_IF_ERROR(internal::CheckSslArguments(options.ssl()));
  if (options.ssl().context() != nullptr &&
      !options.ssl().server_hostname().has_value()) {
    co_return MakeError(ErrorKind::kValue,
                        "you have to pass server_hostname when using ssl");
  }
  std::shared_ptr<StreamSocket> socket = options.socket();
  if (options.path().has_value()) {
    if (socket != nullptr) {
      co_return MakeError(
          ErrorKind::kValue,
          "path and sock can not be specified at the same time");
    }
    if (options.path()->empty()) co_return OsError(EINVAL);  // As connect().
    STREAMS_CO_ASSIGN_OR_RETURN(const SocketAddress address,
                                SocketAddress::FromUnixPath(*options.path()));
    STREAMS_CO_ASSIGN_OR_RETURN(
        StreamSocket connected,
        co_await internal::ConnectSocket(loop, address));
    socket = std::make_shared<StreamSocket>(std::move(connected));
  } else if (socket == nullptr) {
    co_return MakeError(ErrorKind::kValue, "no path and sock were specified");
  } else if (!socket->valid()) {
    co_return OsError(EBADF);
  } else if (socket->family() != AddressFamily::kUnix) {
    co_return MakeError(ErrorKind::kValue,
                        "A UNIX Domain Stream Socket was expected");
  }
  co_return co_await internal::OpenStream(loop, std::move(socket),
                                          std::move(reader), options.ssl());
}

Task<absl::StatusOr<StreamPair>> OpenUnixConnection(EventLoop& loop,
                                                    std::string path) {
  return OpenUnixConnection(loop, std::move(path), OpenUnixConnectionOptions());
}

Task<absl::StatusOr<StreamPair>> OpenUnixConnection(
    EventLoop& loop, std::string path, OpenUnixConnectionOptions options) {
  options.set_path(std::move(path));
  return OpenUnixConnection(loop, std::move(options));
}

}  // namespace streams
