// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SSL_TRANSPORT_H_
#define STREAMS_TLS_SSL_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/transport/protocol.h"
#include "streams/transport/transport.h"

namespace streams::internal {

class SslProtocol;

// The face of an SslProtocol that looks to the application, and a part of it.
//
// Close() sends what is pending, then close_notify, and waits for the peer's;
// there is no half-closing: WriteEof() is kNotImplemented.
//
// asyncio: sslproto._SSLProtocolTransport.
class SslTransport final : public Transport {
 public:
  explicit SslTransport(SslProtocol& ssl_protocol)
      : ssl_protocol_(ssl_protocol) {}

  bool IsClosing() const override;
  void Close() override;
  void Abort() override { ForceClose(absl::OkStatus()); }
  void ForceClose(absl::Status error) override;
  void SetProtocol(std::shared_ptr<Protocol> protocol) override;
  std::shared_ptr<Protocol> GetProtocol() const override;
  bool IsReading() const override;
  absl::Status PauseReading() override;
  absl::Status ResumeReading() override;
  absl::Status Write(absl::string_view bytes) override;
  absl::Status WriteLines(absl::Span<const absl::string_view> lines) override;
  absl::Status WriteEof() override;
  bool CanWriteEof() const override { return false; }
  absl::Status SetWriteBufferLimits(std::optional<int64_t> high,
                                    std::optional<int64_t> low) override;
  WriteBufferLimits GetWriteBufferLimits() const override;
  size_t GetWriteBufferSize() const override;
  const SocketAddress* GetPeerName() const override;
  const SocketAddress* GetSockName() const override;
  const StreamSocket* GetSocket() const override;
  const SslObject* GetSslObject() const override;

 private:
  friend class SslProtocol;

  SslProtocol& ssl_protocol_;
  bool is_closed_ = false;  // [_closed]
};

}  // namespace streams::internal

#endif  // STREAMS_TLS_SSL_TRANSPORT_H_
