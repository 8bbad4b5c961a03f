// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/ssl_transport.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/os/error.h"
#include "streams/tls/ssl_protocol.h"
#include "streams/transport/write_buffer_limits.h"

namespace streams::internal {

bool SslTransport::IsClosing() const {
  return is_closed_ ||
         (ssl_protocol_.lower_ != nullptr && ssl_protocol_.lower_->IsClosing());
}

void SslTransport::Close() {
  if (is_closed_) return;
  is_closed_ = true;
  ssl_protocol_.StartShutdown();
}

void SslTransport::ForceClose(absl::Status error) {
  is_closed_ = true;
  ssl_protocol_.Abort(std::move(error));
}

void SslTransport::SetProtocol(std::shared_ptr<Protocol> protocol) {
  ssl_protocol_.SetAppProtocol(std::move(protocol));
}

std::shared_ptr<Protocol> SslTransport::GetProtocol() const {
  return ssl_protocol_.app_protocol_;
}

bool SslTransport::IsReading() const {
  return !ssl_protocol_.is_app_reading_paused_;
}

absl::Status SslTransport::PauseReading() {
  ssl_protocol_.PauseReading();
  return absl::OkStatus();
}

absl::Status SslTransport::ResumeReading() {
  ssl_protocol_.ResumeReading();
  return absl::OkStatus();
}

absl::Status SslTransport::Write(absl::string_view bytes) {
  if (!bytes.empty()) ssl_protocol_.WriteAppData({&bytes, 1});
  return absl::OkStatus();
}

absl::Status SslTransport::WriteLines(
    absl::Span<const absl::string_view> lines) {
  ssl_protocol_.WriteAppData(lines);
  return absl::OkStatus();
}

absl::Status SslTransport::WriteEof() {
  return MakeError(ErrorKind::kNotImplemented, "");
}

absl::Status SslTransport::SetWriteBufferLimits(std::optional<int64_t> high,
                                                std::optional<int64_t> low) {
  absl::StatusOr<WriteBufferLimits> limits =
      MakeWriteBufferLimits(high, low, SslProtocol::kWriteHighWater);
  if (!limits.ok()) return limits.status();
  ssl_protocol_.limits_ = *limits;
  ssl_protocol_.ControlAppWriting();
  return absl::OkStatus();
}

WriteBufferLimits SslTransport::GetWriteBufferLimits() const {
  return ssl_protocol_.limits_;
}

size_t SslTransport::GetWriteBufferSize() const {
  return ssl_protocol_.WriteBufferSize();
}

const SocketAddress* SslTransport::GetPeerName() const {
  return ssl_protocol_.lower_ == nullptr ? nullptr
                                         : ssl_protocol_.lower_->GetPeerName();
}

const SocketAddress* SslTransport::GetSockName() const {
  return ssl_protocol_.lower_ == nullptr ? nullptr
                                         : ssl_protocol_.lower_->GetSockName();
}

const StreamSocket* SslTransport::GetSocket() const {
  return ssl_protocol_.lower_ == nullptr ? nullptr
                                         : ssl_protocol_.lower_->GetSocket();
}

const SslObject* SslTransport::GetSslObject() const {
  return ssl_protocol_.is_handshake_done_ ? &ssl_protocol_.engine_->object()
                                          : nullptr;
}

}  // namespace streams::internal
