// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_SOCKET_TRANSPORT_H_
#define STREAMS_TRANSPORT_SOCKET_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/coro/callback.h"
#include "streams/coro/completion.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/io_handler.h"
#include "streams/loop/loop_observer.h"
#include "streams/os/address.h"
#include "streams/os/socket.h"
#include "streams/transport/protocol.h"
#include "streams/transport/transport.h"
#include "streams/transport/transport_owner.h"
#include "streams/transport/write_buffer.h"

namespace streams {

// A Transport over a connected stream socket, TCP or Unix.
//
// In the turn after Start(), and one directly after the other: the protocol's
// ConnectionMade is called, reading starts (unless that paused or closed the
// transport), and `opened` completes. Everything is read, and told, one recv()
// of at most 256 KiB a turn. Writing is tried at once while nothing is pending;
// small writes are not delayed (TCP_NODELAY).
//
// The socket is closed directly after ConnectionLost. When the loop goes first,
// it is closed without a word to the protocol.
//
// asyncio: selector_events._SelectorSocketTransport.
class SocketTransport final
    : public Transport,
      public std::enable_shared_from_this<SocketTransport>,
      private IoHandler,
      private LoopObserver {
 public:
  // What Start() can be given beside what it must.
  class Options {
   public:
    // Completes when reading has started. Must outlive that, or be forgotten
    // (see ForgetOpened()) before.
    Options& set_opened(Completion* opened) {
      opened_ = opened;
      return *this;
    }
    // Otherwise the socket is asked.
    Options& set_peer_name(SocketAddress peer_name) {
      peer_name_ = std::move(peer_name);
      return *this;
    }
    // Is told when the connection is gone.
    Options& set_owner(std::shared_ptr<TransportOwner> owner) {
      owner_ = std::move(owner);
      return *this;
    }

   private:
    friend class SocketTransport;

    Completion* opened_ = nullptr;
    std::optional<SocketAddress> peer_name_;
    std::shared_ptr<TransportOwner> owner_;
  };

  // Nobody else can make one: see Start().
  class Key {
   private:
    friend class SocketTransport;
    Key() {}
  };
  SocketTransport(Key key, EventLoop& loop, StreamSocket own_socket,
                  std::shared_ptr<StreamSocket> shared_socket,
                  std::shared_ptr<Protocol> protocol, Options options);

  // `socket` must be connected.
  static std::shared_ptr<SocketTransport> Start(
      EventLoop& loop, StreamSocket socket, std::shared_ptr<Protocol> protocol,
      Options options);

  // With a socket that others may hold, to see that it is closed.
  static std::shared_ptr<SocketTransport> Start(
      EventLoop& loop, std::shared_ptr<StreamSocket> socket,
      std::shared_ptr<Protocol> protocol, Options options);

  ~SocketTransport() override;

  // Nobody waits for `opened` any more.
  void ForgetOpened() { opened_ = nullptr; }

  // Null once the loop is gone.
  EventLoop* loop() const { return loop_; }

  // Whether a transport has the shared `socket`, and has not closed it.
  static bool IsInUse(const StreamSocket& socket);

  // How many of this thread are neither closing nor closed.
  static int64_t OpenCount();

  bool IsClosing() const override { return is_closing_; }
  void Close() override;
  void Abort() override { ForceClose(absl::OkStatus()); }
  void ForceClose(absl::Status error) override;
  void SetProtocol(std::shared_ptr<Protocol> protocol) override;
  std::shared_ptr<Protocol> GetProtocol() const override { return protocol_; }
  bool IsReading() const override { return !is_closing_ && !is_paused_; }
  absl::Status PauseReading() override;
  absl::Status ResumeReading() override;
  absl::Status Write(absl::string_view bytes) override;
  absl::Status WriteLines(absl::Span<const absl::string_view> lines) override;
  absl::Status WriteEof() override;
  bool CanWriteEof() const override { return true; }
  absl::Status SetWriteBufferLimits(std::optional<int64_t> high,
                                    std::optional<int64_t> low) override;
  WriteBufferLimits GetWriteBufferLimits() const override { return limits_; }
  size_t GetWriteBufferSize() const override { return write_buffer_.size(); }
  const SocketAddress* GetPeerName() const override;
  const SocketAddress* GetSockName() const override;
  const StreamSocket* GetSocket() const override { return &socket(); }

 private:
  // What the loop calls next. They follow each other, so that one callback does
  // for all three.
  enum class Step : uint8_t { kOpen, kLoseConnection, kLetGo };

  const StreamSocket& socket() const {
    return shared_socket_ != nullptr ? *shared_socket_ : own_socket_;
  }
  StreamSocket& socket() {
    return shared_socket_ != nullptr ? *shared_socket_ : own_socket_;
  }

  void OnReadable() override;
  void OnWritable() override;
  void OnLoopDestroyed() override;

  static std::shared_ptr<SocketTransport> Start(
      std::shared_ptr<SocketTransport> transport);
  void TakeStep() {
    switch (next_step_) {
      case Step::kOpen:
        return Open();
      case Step::kLoseConnection:
        return LoseConnection();
      case Step::kLetGo:
        return LetGo();
    }
  }
  void Open();
  absl::Status StartReading();
  void OnEof();
  absl::Status StartWriting();
  // The vectored write, and what follows when the buffer has become empty.
  absl::Status Flush();
  // A write after the connection is lost.
  void WriteInVain();
  void MaybePauseProtocol();
  void MaybeResumeProtocol();
  void FatalError(absl::Status error, const char* message);
  void BeginClosing();
  void ScheduleConnectionLost(absl::Status error);
  void LoseConnection();
  void LetGo() { self_.reset(); }

  EventLoop* loop_;
  // One of the two: a socket that was accepted needs no allocation of its own.
  StreamSocket own_socket_;
  std::shared_ptr<StreamSocket> shared_socket_;
  std::shared_ptr<Protocol> protocol_;
  std::shared_ptr<TransportOwner> owner_;
  // What keeps an open transport alive: the loop would, in asyncio.
  std::shared_ptr<SocketTransport> self_;
  Completion* opened_;
  WriteBuffer write_buffer_;
  WriteBufferLimits limits_;
  absl::Status lost_error_;
  std::optional<SocketAddress> peer_name_;
  std::optional<SocketAddress> sock_name_;
  MethodCallback<&SocketTransport::TakeStep> step_callback_{*this};
  Step next_step_ = Step::kOpen;
  bool is_closing_ = false;
  bool is_paused_ = false;
  bool is_protocol_paused_ = false;
  bool has_written_eof_ = false;
  // ConnectionLost is scheduled, or was called. [_conn_lost]
  bool is_lost_ = false;
  uint8_t writes_in_vain_ = 0;
};

}  // namespace streams

#endif  // STREAMS_TRANSPORT_SOCKET_TRANSPORT_H_
