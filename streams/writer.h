// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_WRITER_H_
#define STREAMS_WRITER_H_

#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/coro/completion.h"
#include "streams/coro/frame_pool.h"
#include "streams/coro/suspension.h"
#include "streams/coro/task.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address.h"
#include "streams/os/socket.h"
#include "streams/stream_reader_protocol.h"
#include "streams/tls/ssl_object.h"
#include "streams/tls/tls_options.h"
#include "streams/transport/transport.h"
#include "streams/waiter_list.h"
#include "streams/write_cork.h"

namespace streams {

class StreamWriter;

// What StreamWriter::Write() returns. It tells of misuse only, never of the
// network, and may be ignored, which an absl::Status must not.
class WriteStatus {
 public:
  WriteStatus() = default;  // All is well.
  explicit WriteStatus(absl::Status status) : status_(std::move(status)) {}

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

// See StreamWriter::Drain(). The writer must live until the await has begun.
class [[nodiscard]] DrainOperation final {
 public:
  explicit DrainOperation(const StreamWriter& writer) : writer_(writer) {}

  auto operator co_await() const { return Awaiter(writer_); }

 private:
  // Where a task is parked that drains. It shares the protocol: the writer may
  // go.
  class Wait final : private Suspension, public internal::PoolAllocated {
   public:
    explicit Wait(std::shared_ptr<StreamReaderProtocol> protocol)
        : protocol_(std::move(protocol)) {}

    // False if there is something to wait for.
    bool Start(const StreamWriter& writer);
    using Suspension::await_suspend;
    absl::Status TakeResult() { return std::move(result_); }

   private:
    bool OnWake(absl::Status status) override;
    bool FinishOrWait();
    bool FinishWith(absl::Status result) {
      result_ = std::move(result);
      return true;
    }

    absl::Status result_;
    std::shared_ptr<StreamReaderProtocol> protocol_;
    std::optional<internal::WaiterList::Node> waiting_;
  };

  // Inline, so that nobody is given the address of what it is part of.
  struct WaitDeleter {
    void operator()(Wait* wait) const { Delete(wait); }
  };
  using OwnedWait = std::unique_ptr<Wait, WaitDeleter>;

  // As ReadAwaiter: where there is nothing to wait for, which is the rule, it
  // stays in registers.
  class Awaiter final {
   public:
    explicit Awaiter(const StreamWriter& writer) : writer_(writer) {}

    ABSL_ATTRIBUTE_ALWAYS_INLINE bool await_ready() {
      if (IsDoneAtOnce(writer_)) return true;
      wait_ = MakeWait(writer_);
      return wait_->Start(writer_);
    }
    template <class Handle>
    ABSL_ATTRIBUTE_ALWAYS_INLINE void await_suspend(Handle handle) {
      wait_->await_suspend(handle);
    }
    ABSL_ATTRIBUTE_ALWAYS_INLINE absl::Status await_resume() {
      if (ABSL_PREDICT_TRUE(wait_ == nullptr)) return absl::OkStatus();
      absl::Status result = wait_->TakeResult();
      return absl::Status(std::move(result));
    }

   private:
    const StreamWriter& writer_;
    // Null unless there is something to wait for, or to tell. Rarely needed,
    // and large: not in the frame of everyone who drains, nor is what deletes
    // it.
    OwnedWait wait_;
  };

  static bool IsDoneAtOnce(const StreamWriter& writer);
  static OwnedWait MakeWait(const StreamWriter& writer);
  static void Delete(Wait* wait);

  const StreamWriter& writer_;
};

// See StreamWriter::WaitClosed().
class [[nodiscard]] WaitClosedOperation final {
 public:
  explicit WaitClosedOperation(std::shared_ptr<StreamReaderProtocol> protocol)
      : protocol_(std::move(protocol)) {}
  WaitClosedOperation(WaitClosedOperation&&) noexcept = default;

  bool await_ready();
  template <class Handle>
  void await_suspend(Handle handle) {
    wait_->await_suspend(handle);
  }
  absl::Status await_resume() { return std::move(result_); }

 private:
  class Wait final : private Suspension, public internal::PoolAllocated {
   public:
    Wait(absl::Status& result, Completion& closed) : result_(result) {
      Arm(closed);
    }

    using Suspension::await_suspend;

   private:
    bool OnWake(absl::Status status) override;

    absl::Status& result_;
  };

  std::shared_ptr<StreamReaderProtocol> protocol_;
  absl::Status result_;
  // Only needed at the end, but the frame is there all the time.
  std::unique_ptr<Wait> wait_;
};

// The writing end of a stream.
//
// Loop and thread: only on the thread of its loop.
// Ownership: whoever holds the unique_ptr; it may go before or after its
//   reader. Destroying it without having called Close() closes the connection
//   (what was written is still sent) and reports a ResourceWarning to the loop.
// At EOF of the peer: writing goes on.
// At an error (the connection broke): Write() does nothing any more, and
//   Drain() and WaitClosed() return the error.
// Cancelled: Drain() and WaitClosed() return kCancelled; what was written stays
//   written.
// Several concurrent Drain() are fine, each returns when the buffer has sunk.
//   Cancelling one of several concurrent WaitClosed() cancels all, and every
//   later one, as in asyncio.
// Limits: none; Write() buffers whatever the peer does not take. Await Drain().
//
// asyncio: asyncio.StreamWriter.
class StreamWriter : public internal::PoolAllocated {
 public:
  // As OpenConnection() and StartServer() do it. `protocol` must be, or become,
  // that of `transport`.
  StreamWriter(std::shared_ptr<Transport> transport,
               std::shared_ptr<StreamReaderProtocol> protocol);

  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;
  ~StreamWriter();

  // Sends `bytes` at once if nothing is pending, and copies to the write buffer
  // what the kernel does not take. Never waits, never fails for a reason of the
  // network: Drain() tells. kRuntime after WriteEof(). asyncio: write.
  ABSL_ATTRIBUTE_ALWAYS_INLINE WriteStatus Write(absl::string_view bytes) {
    if (cork_ == nullptr) return WriteStatus(transport_->Write(bytes));
    // For the rule, that there is more to answer.
    if (ABSL_PREDICT_TRUE(protocol_->HasUnreadInput() && cork_->Add(bytes))) {
      return WriteStatus();
    }
    return WriteStatus(WriteCorked(bytes));
  }

  // As one Write() of all: sent in one system call from where they are, and
  // only what the kernel does not take is copied. Neither they nor the list are
  // needed after the call.
  // asyncio: writelines.
  WriteStatus WriteLines(absl::Span<const absl::string_view> lines) {
    FlushCork();
    return WriteStatus(transport_->WriteLines(lines));
  }
  WriteStatus WriteLines(std::initializer_list<absl::string_view> lines) {
    return WriteLines(absl::MakeConstSpan(lines.begin(), lines.size()));
  }

  // Sends EOF behind what was written; reading goes on. Does nothing once the
  // connection is closing or lost. Errors: the kernel's, which may know sooner;
  // kNotImplemented over TLS. asyncio: write_eof, can_write_eof.
  absl::Status WriteEof() {
    FlushCork();
    return transport_->WriteEof();
  }
  bool CanWriteEof() const { return transport_->CanWriteEof(); }

  // Stops reading, and closes the connection behind what was written.
  // asyncio: close, is_closing.
  void Close() {
    FlushCork();
    transport_->Close();
  }
  bool IsClosing() const {
    return transport_->may_be_closing() && transport_->IsClosing();
  }

  // Waits until the connection is closed; it must be closing, or it may take as
  // long as the peer likes. The error it broke with, if it did.
  // asyncio: wait_closed.
  WaitClosedOperation WaitClosed() const {
    return WaitClosedOperation(protocol_);
  }

  // Waits until it makes sense to write more: at once while the write buffer is
  // below the high-water mark (64 KiB), else until it has sunk to the low-water
  // mark (16 KiB). The error that reading ended with; kConnectionReset if the
  // connection is gone without one. asyncio: drain.
  DrainOperation Drain() const { return DrainOperation(*this); }

  // Puts small writes together: while the reader holds input that is still to
  // be answered, Write() keeps what it is given, up to 64 KiB, and sends it in
  // one piece with the write that answers the last of it, or, if none does, in
  // the next turn. Many requests that came together are so answered together,
  // for one system call instead of one each. What the peer sees is the same
  // bytes in the same order, in fewer segments, the first of them later.
  //
  // Off by default: asyncio sends each write at once when nothing is pending.
  // What is kept isn't part of transport()->GetWriteBufferSize(), doesn't make
  // Drain() wait, and goes out before anything else that this writer does
  // (WriteLines(), WriteEof(), StartTls(), Close()); but not before what is
  // done to transport() directly. Not in asyncio.
  void set_cork(bool on);

  // asyncio: transport.
  const std::shared_ptr<Transport>& transport() const { return transport_; }

  // Goes on in TLS on this connection: sends what is buffered, makes the
  // handshake, and writes and reads encrypted from then on, by another
  // transport(). On a server's connection it answers the handshake; else it
  // begins it, and options with a server_hostname name whom to expect. Twice is
  // TLS inside TLS.
  //
  //   STREAMS_CO_RETURN_IF_ERROR(co_await writer->StartTls(
  //       TlsOptions(context).set_server_hostname("example.org")));
  //
  // Nothing may be written until it is done: it would go out in the clear. What
  // the peer has sent before, and nobody has read, becomes part of the
  // handshake: it is never read as if it had come encrypted (STARTTLS
  // injection, RFC 3207 section 6). CPython leaves it to a client's reader: see
  // docs/divergences.md.
  // Errors: what Drain() gives; kType without a context; kValue; those of the
  //   handshake: kSsl, kSslCertVerification, kConnectionReset when the peer
  //   goes, kConnectionAborted after the handshake time-out. After those, and
  //   when cancelled or dropped, the connection is closed.
  // A second concurrent call: don't. asyncio: start_tls.
  Task<absl::Status> StartTls(TlsOptions options);

  // Null if there is no such thing, and over TLS once the connection is lost:
  // which a peer may bring about at any time. They live as long as the
  // transport() that gave them does, or what came of it by StartTls().
  // asyncio: get_extra_info("peername"), ("sockname"), ("socket").
  const SocketAddress* GetPeerName() const { return transport_->GetPeerName(); }
  const SocketAddress* GetSockName() const { return transport_->GetSockName(); }
  const StreamSocket* GetSocket() const { return transport_->GetSocket(); }

  // Null without TLS. Of it: Cipher(), GetPeerCertificate(), context().
  // asyncio: get_extra_info("ssl_object"), ("cipher"), ("peercert"),
  // ("sslcontext"). ("compression") is None: there is none in BoringSSL.
  const SslObject* GetSslObject() const { return transport_->GetSslObject(); }

 private:
  friend class DrainOperation;
  friend class StreamReaderProtocol;

  absl::Status WriteCorked(absl::string_view bytes);
  void FlushCork() const {
    if (cork_ != nullptr) cork_->Flush();
  }

  // What the destructor does if the transport is open.
  static void CloseDropped(EventLoop& loop, Transport& transport);

  static Task<absl::Status> StartTls(
      EventLoop& loop, std::shared_ptr<StreamReaderProtocol> protocol,
      TlsOptions options);

  EventLoop& loop() const { return protocol_->loop_; }

  std::shared_ptr<Transport> transport_;
  std::shared_ptr<StreamReaderProtocol> protocol_;
  std::unique_ptr<internal::WriteCork> cork_;
};

inline bool DrainOperation::IsDoneAtOnce(const StreamWriter& writer) {
  const StreamReaderProtocol& protocol = *writer.protocol_;
  return ABSL_PREDICT_TRUE(!protocol.is_writing_paused_ &&
                           !protocol.is_connection_lost_ &&
                           !protocol.has_reader_error() && !writer.IsClosing());
}

}  // namespace streams

#endif  // STREAMS_WRITER_H_
