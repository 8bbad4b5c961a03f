// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/start_tls.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/coro/callback.h"
#include "streams/coro/status_macros.h"
#include "streams/coro/waiter.h"
#include "streams/os/error.h"
#include "streams/tls/ssl_protocol.h"

namespace streams {
namespace {

// Puts an SslProtocol between a transport and its protocol; closes the
// transport if nobody waits for that any more.
class Upgrade {
 public:
  Upgrade(EventLoop& loop, std::shared_ptr<Transport> transport,
          std::shared_ptr<internal::SslProtocol> ssl_protocol)
      : transport_(std::move(transport)),
        ssl_protocol_(std::move(ssl_protocol)) {
    transport_->SetProtocol(ssl_protocol_);
    loop.CallSoon(connection_made_callback_);
    loop.CallSoon(resume_callback_);
  }
  Upgrade(const Upgrade&) = delete;
  Upgrade& operator=(const Upgrade&) = delete;
  ~Upgrade() {
    if (transport_ == nullptr) return;
    ssl_protocol_->ForgetHandshakeDone();
    transport_->Close();
  }

  std::shared_ptr<Transport> Finish() {
    transport_ = nullptr;
    return ssl_protocol_->app_transport();
  }

 private:
  void CallConnectionMade() { ssl_protocol_->ConnectionMade(transport_); }
  void CallResumeReading() { transport_->ResumeReading().IgnoreError(); }

  std::shared_ptr<Transport> transport_;
  const std::shared_ptr<internal::SslProtocol> ssl_protocol_;
  MethodCallback<&Upgrade::CallConnectionMade> connection_made_callback_{*this};
  MethodCallback<&Upgrade::CallResumeReading> resume_callback_{*this};
};

}  // namespace

Task<absl::StatusOr<std::shared_ptr<Transport>>> StartTls(
    EventLoop& loop, std::shared_ptr<Transport> transport,
    std::shared_ptr<Protocol> protocol, TlsOptions options) {
  if (options.context() == nullptr) {
    co_return MakeError(ErrorKind::kType,
                        "sslcontext is expected to be an instance of "
                        "ssl.SSLContext, got None");
  }
  if (transport->GetProtocol() == nullptr) {
    // asyncio would wait for its answer for ever.
    co_return MakeError(ErrorKind::kConnectionReset, "Connection lost");
  }
  Waiter handshake_done(loop);
  STREAMS_CO_ASSIGN_OR_RETURN(
      const std::shared_ptr<internal::SslProtocol> ssl_protocol,
      internal::SslProtocol::CreateForUpgrade(loop, protocol, options,
                                              &handshake_done));
  // Before anything else is received.
  STREAMS_CO_RETURN_IF_ERROR(transport->PauseReading());
  ssl_protocol->FeedBuffered(protocol->TakeUnread());
  Upgrade upgrade(loop, std::move(transport), ssl_protocol);
  const absl::Status status = co_await handshake_done;
  if (!status.ok()) co_return status;
  co_return upgrade.Finish();
}

}  // namespace streams
