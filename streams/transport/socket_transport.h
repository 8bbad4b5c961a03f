// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TRANSPORT_SOCKET_TRANSPORT_H_
#define STREAMS_TRANSPORT_SOCKET_TRANSPORT_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/coro/completion.h"
#include "streams/loop/event_loop.h"
#include "streams/loop/io_handler.h"
#include "streams/loop/loop_observer.h"
#include "streams/os/address.h"
#include "streams/os/socket.h"
#include "streams/os/socket_users.h"
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
//
// Of its bases and members, those that each message needs lie together, in as
// few cache lines as they take; LoopObserver is in front of them.
class SocketTransport final : private LoopObserver,
                              private IoHandler,
                              public Transport {
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
    Options& set_peer_name(const SocketAddress& peer_name) {
      peer_name_ = peer_name;
      return *this;
    }
    Options& set_sock_name(std::shared_ptr<const SocketAddress> sock_name) {
      sock_name_ = std::move(sock_name);
      return *this;
    }
    // The socket needs no PrepareForTransport().
    Options& set_is_prepared(bool is_prepared) {
      is_prepared_ = is_prepared;
      return *this;
    }
    // Has it among its transports until the connection is gone.
    Options& set_owner(TransportOwner* owner) {
      owner_ = owner;
      return *this;
    }

   private:
    friend class SocketTransport;

    Completion* opened_ = nullptr;
    SocketAddress peer_name_;
    std::shared_ptr<const SocketAddress> sock_name_;
    bool is_prepared_ = false;
    TransportOwner* owner_ = nullptr;
  };

  // Nobody else can make one: see Start().
  class Key {
   private:
    friend class SocketTransport;
    Key() {}
  };
  SocketTransport(Key key, EventLoop& loop, StreamSocket&& own_socket,
                  std::shared_ptr<StreamSocket>&& shared_socket,
                  std::shared_ptr<Protocol>&& protocol, Options&& options);

  // `socket` must be connected.
  static std::shared_ptr<SocketTransport> Start(
      EventLoop& loop, StreamSocket socket, std::shared_ptr<Protocol> protocol,
      Options options);

  // With a socket that others may hold, to see that it is closed. Who closes it
  // before, in the loop's thread, has taken it from the transport: the next
  // write, or what is in the write buffer, fails with EBADF, and nothing is
  // received any more.
  static std::shared_ptr<SocketTransport> Start(
      EventLoop& loop, std::shared_ptr<StreamSocket> socket,
      std::shared_ptr<Protocol> protocol, Options options);

  ~SocketTransport() override;

  // Nobody waits for `opened` any more.
  void ForgetOpened() {
    if (extras_ != nullptr) extras_->opened = nullptr;
  }

  // Of those of the same owner the one before it, or null.
  SocketTransport* next_owned() const { return next_owned_; }

  // Null once the loop is gone.
  EventLoop* loop() const { return loop_; }

  bool IsClosing() const override { return may_be_closing(); }
  void Close() override;
  void Abort() override { ForceClose(absl::OkStatus()); }
  void ForceClose(absl::Status error) override;
  void SetProtocol(std::shared_ptr<Protocol> protocol) override;
  std::shared_ptr<Protocol> GetProtocol() const override { return protocol_; }
  bool IsReading() const override { return !IsClosing() && !is_paused_; }
  absl::Status PauseReading() override;
  absl::Status ResumeReading() override;
  absl::Status Write(absl::string_view bytes) override;
  absl::Status WriteLines(absl::Span<const absl::string_view> lines) override;
  absl::Status WriteEof() override;
  bool CanWriteEof() const override { return true; }
  absl::Status SetWriteBufferLimits(std::optional<int64_t> high,
                                    std::optional<int64_t> low) override;
  WriteBufferLimits GetWriteBufferLimits() const override;
  size_t GetWriteBufferSize() const override { return write_buffer_.size(); }
  const SocketAddress* GetPeerName() const override;
  const SocketAddress* GetSockName() const override;
  const StreamSocket* GetSocket() const override { return &socket(); }

 private:
  // What OnCalled() does next: what an open connection has no need of.
  enum class Step : uint8_t { kOpen, kLoseConnection, kLetGo };

  // What a shared socket has of its transport.
  class User final : public SocketUser {
   public:
    explicit User(SocketTransport& transport) : transport_(transport) {}

   private:
    void OnSocketClosing() override { transport_.OnSocketClosing(); }

    SocketTransport& transport_;
  };

  // What a connection that was accepted has no need of, as a rule.
  struct Extras {
    explicit Extras(SocketTransport& transport) : user(transport) {}

    std::shared_ptr<StreamSocket> shared_socket;
    User user;  // Of that, if there is one.
    Completion* opened = nullptr;
    std::optional<WriteBufferLimits> limits;
    absl::Status lost_error;  // What ConnectionLost will be given.
  };

  StreamSocket* shared_socket() const {
    return extras_ == nullptr ? nullptr : extras_->shared_socket.get();
  }
  const StreamSocket& socket() const {
    return shared_socket() != nullptr ? *shared_socket() : own_socket_;
  }
  StreamSocket& socket() {
    return shared_socket() != nullptr ? *shared_socket() : own_socket_;
  }
  Extras& extras() {
    if (extras_ == nullptr) extras_ = std::make_unique<Extras>(*this);
    return *extras_;
  }

  void OnReadable() override;
  void OnWritable() override;
  void OnCalled() override;
  void Prefetch(int step) const override;
  void OnLoopDestroyed() override;
  // By another than this: the shared one.
  void OnSocketClosing();

  static std::shared_ptr<SocketTransport> Start(
      std::shared_ptr<SocketTransport> transport);
  void Open();
  absl::Status StartReading();
  // recv() said zero, or -1 and errno.
  void OnNothingReceived(ssize_t count);
  void OnEof();
  // A Write() that nothing can be sent of at once, if ever.
  absl::Status WriteBehind(absl::string_view bytes);
  // What is left of one when send() has said `sent` (and errno).
  absl::Status KeepUnsent(absl::string_view bytes, ssize_t sent);
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
  void CloseSocket();
  void JoinOwner();
  void LeaveOwner();

  // Small, since there may be very many that are idle: what most of them don't
  // need is made when it is needed.
  bool is_paused_ : 1 = false;
  bool is_protocol_paused_ : 1 = false;
  bool has_written_eof_ : 1 = false;
  // ConnectionLost is scheduled, or was called. [_conn_lost]
  bool is_lost_ : 1 = false;
  uint8_t writes_in_vain_ = 0;
  Step next_step_ = Step::kOpen;
  std::shared_ptr<Protocol> protocol_;
  WriteBuffer write_buffer_;
  EventLoop* loop_;
  // What keeps an open transport alive: the loop would, in asyncio.
  std::shared_ptr<SocketTransport> self_;
  // Null if it has none (any more); then it is on no list.
  TransportOwner* owner_;
  SocketTransport* next_owned_ = nullptr;
  SocketTransport** owned_link_ = nullptr;  // What points to this.
  std::unique_ptr<Extras> extras_;
  StreamSocket own_socket_;  // Unless it has a shared one.
  SocketAddress peer_name_;  // Of no family: there is none.
  // Shared by what a listening socket has accepted.
  std::shared_ptr<const SocketAddress> sock_name_;
};

}  // namespace streams

#endif  // STREAMS_TRANSPORT_SOCKET_TRANSPORT_H_
