// SPDX-License-Identifier: Apache-2.0

#include "streams/open_stream.h"

#include <cerrno>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "streams/coro/status_macros.h"
#include "streams/coro/waiter.h"
#include "streams/os/error.h"
#include "streams/stream_reader_protocol.h"
#include "streams/tls/ssl_protocol.h"
#include "streams/transport/protocol.h"
#include "streams/transport/socket_transport.h"
#include "streams/transport/transport.h"
#include "streams/writer.h"

namespace streams::internal {
namespace {

// Closes a transport that nobody came to own: its opening was cancelled, or its
// coroutine destroyed.
class Opening {
 public:
  explicit Opening(EventLoop& loop) : opened_(loop) {}
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;
  ~Opening() {
    if (lower_ == nullptr || is_finished_) return;
    lower_->ForgetOpened();
    if (ssl_protocol_ != nullptr) {
      ssl_protocol_->ForgetHandshakeDone();
      ssl_protocol_->app_transport()->Close();
    } else {
      lower_->Close();
    }
  }

  absl::Status Start(EventLoop& loop, std::shared_ptr<StreamSocket> socket,
                     std::shared_ptr<Protocol> protocol,
                     const TlsOptions& ssl) {
    SocketTransport::Options options;
    if (ssl.context() == nullptr) {
      options.set_opened(&opened_);
    } else {
      absl::StatusOr<std::shared_ptr<SslProtocol>> created =
          SslProtocol::Create(loop, std::move(protocol), ssl, &opened_);
      if (!created.ok()) {
        socket->Close();
        return created.status();
      }
      ssl_protocol_ = *std::move(created);
      protocol = ssl_protocol_;
    }
    lower_ = SocketTransport::Start(loop, std::move(socket),
                                    std::move(protocol), std::move(options));
    return absl::OkStatus();
  }

  Waiter& opened() { return opened_; }

  std::shared_ptr<Transport> Finish() {
    is_finished_ = true;
    if (ssl_protocol_ != nullptr) return ssl_protocol_->app_transport();
    return lower_;
  }

 private:
  Waiter opened_;
  std::shared_ptr<SocketTransport> lower_;
  std::shared_ptr<SslProtocol> ssl_protocol_;  // Null without TLS.
  bool is_finished_ = false;
};

}  // namespace

Task<absl::StatusOr<StreamPair>> OpenStream(
    EventLoop& loop, std::shared_ptr<StreamSocket> socket,
    std::unique_ptr<StreamReader> reader, TlsOptions ssl) {
  if (!socket->valid()) co_return OsError(EBADF);
  if (socket->is_in_use()) {
    co_return MakeError(ErrorKind::kRuntime,
                        absl::StrCat("File descriptor ", socket->fd(),
                                     " is used by transport"));
  }
  auto protocol = std::make_shared<StreamReaderProtocol>(loop, *reader);
  Opening opening(loop);
  STREAMS_CO_RETURN_IF_ERROR(
      opening.Start(loop, std::move(socket), protocol, ssl));
  const absl::Status status = co_await opening.opened();
  if (!status.ok()) co_return status;
  StreamPair pair;
  pair.reader = std::move(reader);
  pair.writer =
      std::make_unique<StreamWriter>(opening.Finish(), std::move(protocol));
  co_return std::move(pair);
}

}  // namespace streams::internal
