// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TLS_SSL_PROTOCOL_H_
#define STREAMS_TLS_SSL_PROTOCOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "streams/coro/callback.h"
#include "streams/coro/completion.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/loop_observer.h"
#include "streams/loop/timer.h"
#include "streams/tls/ssl_engine.h"
#include "streams/tls/ssl_transport.h"
#include "streams/tls/tls_options.h"
#include "streams/transport/protocol.h"
#include "streams/transport/transport.h"
#include "streams/transport/write_buffer.h"

namespace streams::internal {

// TLS between a transport below and a protocol of the application's above.
//
// Theory of operation
//
// It is the protocol of the lower transport, and has a transport (SslTransport)
// for the application's protocol. BoringSSL sits in between, in memory: see
// SslEngine. Every event, of either side, feeds the engine, lets it do what the
// state asks for, and hands on what came out of it: plaintext up in one
// DataReceived or BlockReceived, records down in one Write.
//
//   kUnwrapped ──ConnectionMade──> kDoHandshake ──> kWrapped ──Close, or the
//   peer's close_notify or EOF──> kFlushing ──> kShutdown ──> kUnwrapped
//
//   kUnwrapped    Not begun, or over: what is written is dropped.
//   kDoHandshake  What is written waits in the backlog.
//   kWrapped      Both directions work.
//   kFlushing     Nothing new is taken; what has arrived is still delivered.
//                 Usually passed through within one call; an EOF that comes
//                 while the application does not read waits here.
//   kShutdown     close_notify is sent; the peer's is waited for, and nothing
//                 but that is welcome. Then the lower transport is closed.
//
// Any state ends in kUnwrapped by an error, by Abort(), or when the lower
// connection is lost. A failed handshake sends no alert, and an EOF without
// close_notify is an EOF: both as in asyncio.
//
// Back pressure. Downwards: while the lower transport is over its high-water
// mark, records stay in the engine; when they reach the mark here, the
// application's protocol is paused. Upwards: while the application doesn't
// read, what arrives stays encrypted; when that reaches kReadHighWater, the
// lower transport is paused.
//
// Lifetime: whoever holds the SslTransport holds this. Lower transport and this
// hold each other until the connection is lost or the loop is gone; so do this
// and the application's protocol. An event may lead to calls of the
// application that close, abort or write: each method leaves the object in
// order before it calls out.
//
// asyncio: sslproto.SSLProtocol.
class SslProtocol final : public Protocol,
                          public std::enable_shared_from_this<SslProtocol>,
                          private LoopObserver {
 public:
  // asyncio: constants.FLOW_CONTROL_HIGH_WATER_SSL_READ, _SSL_WRITE.
  static constexpr size_t kReadHighWater = 256 * 1024;
  static constexpr size_t kWriteHighWater = 512 * 1024;

  // Makes it; the caller gives it to a lower transport, which begins the
  // handshake by ConnectionMade. `handshake_done` (or null) completes after the
  // handshake, well or not, and must outlive that or be forgotten before.
  // Errors: kValue, kSsl; nothing has begun then.
  static absl::StatusOr<std::shared_ptr<SslProtocol>> Create(
      EventLoop& loop, std::shared_ptr<Protocol> app_protocol,
      const TlsOptions& options, Completion* handshake_done);

  // The same for a connection that stands already: `app_protocol` has had its
  // ConnectionMade. [call_connection_made=False]
  static absl::StatusOr<std::shared_ptr<SslProtocol>> CreateForUpgrade(
      EventLoop& loop, std::shared_ptr<Protocol> app_protocol,
      const TlsOptions& options, Completion* handshake_done);

  ~SslProtocol() override;

  // Valid, closed perhaps, as long as somebody holds it.
  std::shared_ptr<Transport> app_transport() {
    return {shared_from_this(), &app_transport_};
  }

  // Nobody waits for `handshake_done` any more.
  void ForgetHandshakeDone() { handshake_done_ = nullptr; }

  // Bytes that came before the lower transport was told of this protocol.
  void FeedBuffered(absl::string_view bytes) { engine_->Keep(bytes); }

  // Protocol, for the lower transport:
  void ConnectionMade(std::shared_ptr<Transport> transport) override;
  absl::Status DataReceived(absl::string_view bytes) override;
  bool EofReceived() override;
  void ConnectionLost(const absl::Status& error) override;
  void PauseWriting() override { is_lower_paused_ = true; }
  void ResumeWriting() override;
  void Prefetch(int step) const override;

 private:
  friend class SslTransport;

  enum class State : uint8_t {
    kUnwrapped,
    kDoHandshake,
    kWrapped,
    kFlushing,
    kShutdown,
  };
  // What the application's protocol has been told. [AppProtocolState]
  enum class AppState : uint8_t { kInit, kConnectionMade, kEof, kLost };

  SslProtocol(EventLoop& loop, std::shared_ptr<Protocol> app_protocol,
              const TlsOptions& options, std::unique_ptr<SslEngine> engine,
              Completion* handshake_done, AppState app_state);
  static absl::StatusOr<std::shared_ptr<SslProtocol>> Create(
      EventLoop& loop, std::shared_ptr<Protocol> app_protocol,
      const TlsOptions& options, Completion* handshake_done,
      AppState app_state);

  void OnLoopDestroyed() override;

  // ssl_protocol.cc: the handshake, and the end.
  void DoHandshake();
  void OnHandshakeDone();
  void SendHeldBack();
  void OnHandshakeFailed(absl::Status error);
  void OnHandshakeTimeout();
  void WakeHandshakeWaiter(const absl::Status& error);
  void LoseConnection();
  void FatalError(absl::Status error, const char* message);

  // ssl_protocol_data.cc: reading and writing.
  // What the state asks for, with what has arrived.
  void Proceed();
  // ReadForApp(), and unless that is false, WriteForApp().
  void DoRead();
  // False if there is nobody to read or to write for (any more).
  bool ReadForApp();
  // Sends what there is, and pauses or resumes reading below.
  void WriteForApp();
  absl::Status ReadAll();
  absl::Status ReadShown(SslEngine::Outcome& outcome);
  absl::Status ReadHandedOver(SslEngine::Outcome& outcome);
  void Decrypt(absl::Span<char> text, size_t& filled,
               SslEngine::Outcome& outcome);
  void CountWriteInVain();
  void WriteAppData(absl::Span<const absl::string_view> pieces);
  void DoWrite();
  void ProcessOutgoing();
  // False if that was the connection's end.
  bool SendOutgoing();
  void ForgetOutgoing();
  void ControlAppWriting();
  void ControlLowerReading();
  size_t WriteBufferSize() const {
    return engine_->outgoing_size() - held_back_ + backlog_.size();
  }
  void PauseReading() { is_app_reading_paused_ = true; }
  void ResumeReading();
  void Resumed();

  // ssl_protocol_shutdown.cc: closing.
  void StartShutdown();
  void DoFlush();
  void DoShutdown();
  void OnShutdownDone();
  void OnShutdownFailed(absl::Status error);
  void OnShutdownTimeout();
  size_t UnsentBytes() const {
    return engine_->outgoing_size() + lower_->GetWriteBufferSize();
  }
  void CallEofReceived();
  void CloseLower();
  void Abort(absl::Status error);

  void SetAppProtocol(std::shared_ptr<Protocol> app_protocol);

  // First what each message needs.
  std::shared_ptr<Protocol> app_protocol_;
  std::unique_ptr<SslEngine> engine_;
  std::shared_ptr<Transport> lower_;
  State state_ = State::kUnwrapped;
  AppState app_state_;
  uint8_t writes_in_vain_ = 0;  // As far as they matter. [_conn_lost]
  bool has_default_handshake_timeout_;
  bool is_handshake_done_ = false;
  bool eof_received_ = false;
  bool is_shutdown_done_ = false;         // In both directions.
  bool is_lower_paused_ = false;          // [_ssl_writing_paused]
  bool is_lower_reading_paused_ = false;  // [_ssl_reading_paused]
  bool is_app_writing_paused_ = false;
  bool is_app_reading_paused_ = false;
  // Of the outgoing records those that count as sent, and aren't until there is
  // more to send with them, or a turn later.
  size_t held_back_ = 0;
  WriteBuffer backlog_;
  WriteBufferLimits limits_{kWriteHighWater / 4, kWriteHighWater};
  SslTransport app_transport_{*this};
  EventLoop* loop_;
  // app_protocol_, while it is yet to be told that the connection is lost.
  std::shared_ptr<Protocol> losing_protocol_;
  // Until the application has been told that the connection is lost.
  std::shared_ptr<SslProtocol> self_;
  Completion* handshake_done_;
  // What lower_ was: its addresses and its socket, of which others were told,
  // last as long as the transport here.
  std::shared_ptr<Transport> lost_lower_;
  absl::Status lost_error_;
  absl::Duration handshake_timeout_;
  absl::Duration shutdown_timeout_;
  size_t unsent_ = 0;  // When shutdown_timer_ was set, once that is done.
  MethodTimer<&SslProtocol::OnHandshakeTimeout> handshake_timer_{*this};
  MethodTimer<&SslProtocol::OnShutdownTimeout> shutdown_timer_{*this};
  MethodCallback<&SslProtocol::Resumed> resumed_callback_{*this};
  MethodCallback<&SslProtocol::CloseLower> close_lower_callback_{*this};
  MethodCallback<&SslProtocol::LoseConnection> lost_callback_{*this};
};

}  // namespace streams::internal

#endif  // STREAMS_TLS_SSL_PROTOCOL_H_
