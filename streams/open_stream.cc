// SPDX-License-Identifier: Apache-2.0

#include "streams/open_stream.h"

#include <cerrno>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "streams/coro/waiter.h"
#include "streams/os/error.h"
#include "streams/stream_reader_protocol.h"
#include "streams/transport/socket_transport.h"
#include "streams/writer.h"

namespace streams::internal {
namespace {

// Closes a transport that nobody came to own: its opening was cancelled, or its
// coroutine destroyed.
class Opening {
 public:
  explicit Opening(std::shared_ptr<SocketTransport> transport)
      : transport_(std::move(transport)) {}
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;
  ~Opening() {
    if (transport_ == nullptr) return;
    transport_->ForgetOpened();
    transport_->Close();
  }

  std::shared_ptr<SocketTransport> Finish() { return std::move(transport_); }

 private:
  std::shared_ptr<SocketTransport> transport_;
};

}  // namespace

Task<absl::StatusOr<StreamPair>> OpenStream(
    EventLoop& loop, std::shared_ptr<StreamSocket> socket,
    std::unique_ptr<StreamReader> reader) {
  if (!socket->valid()) co_return OsError(EBADF);
  if (SocketTransport::IsInUse(*socket)) {
    co_return MakeError(ErrorKind::kRuntime,
                        absl::StrCat("File descriptor ", socket->fd(),
                                     " is used by transport"));
  }
  auto protocol = std::make_shared<StreamReaderProtocol>(loop, *reader);
  Waiter opened(loop);
  Opening opening(
      SocketTransport::Start(loop, std::move(socket), protocol,
                             SocketTransport::Options().set_opened(&opened)));
  const absl::Status status = co_await opened;
  if (!status.ok()) co_return status;
  StreamPair pair;
  pair.reader = std::move(reader);
  pair.writer = std::make_unique<StreamWriter>(loop, opening.Finish(),
                                               std::move(protocol));
  co_return std::move(pair);
}

}  // namespace streams::internal
