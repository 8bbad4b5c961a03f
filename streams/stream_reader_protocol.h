// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_STREAM_READER_PROTOCOL_H_
#define STREAMS_STREAM_READER_PROTOCOL_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/client_connected_callback.h"
#include "streams/coro/completion.h"
#include "streams/coro/frame_pool.h"
#include "streams/loop/event_loop.h"
#include "streams/reader.h"
#include "streams/reader_observer.h"
#include "streams/transport/protocol.h"
#include "streams/waiter_list.h"

namespace streams {

// What connects a transport to a StreamReader and a StreamWriter.
//
// OpenConnection() and StartServer() make these; use it directly to put streams
// on top of a transport of your own. It doesn't own the reader, except that of
// a server's connection until its callback gets it.
//
// asyncio: asyncio.StreamReaderProtocol.
class StreamReaderProtocol final
    : public Protocol,
      private internal::ReaderObserver,
      public std::enable_shared_from_this<StreamReaderProtocol> {
 public:
  // For a connection that was opened: it feeds `reader`.
  StreamReaderProtocol(EventLoop& loop, StreamReader& reader);

  // For a connection that was accepted: gives `reader`, and a writer, to
  // `callback` when the connection is made.
  StreamReaderProtocol(EventLoop& loop, std::unique_ptr<StreamReader> reader,
                       std::shared_ptr<ClientConnectedCallback> callback);

  ~StreamReaderProtocol() override;

  void ConnectionMade(std::shared_ptr<Transport> transport) override;
  absl::Status DataReceived(absl::string_view bytes) override;
  absl::Status BlockReceived(std::string&& bytes) override;
  bool EofReceived() override;
  void ConnectionLost(const absl::Status& error) override;
  void PauseWriting() override { is_writing_paused_ = true; }
  void ResumeWriting() override;
  void Prefetch(int step) const override;

  // What the reader has buffered: bytes of before StartTls(). None of it will
  // be read. CPython issue gh-142352.
  std::string TakeUnread() override;

 private:
  friend class DrainOperation;
  friend class StreamWriter;
  friend class WaitClosedOperation;

  // What is left of a reader that was destroyed while there is a writer, which
  // in asyncio keeps it alive: the connection must be read, and stop being
  // read, as if it were there, though nobody can see the bytes any more.
  struct FormerReader {
    size_t buffered;
    size_t limit;
    bool is_paused;
    bool eof;
  };

  // What an idle connection has no need of: made when it is needed.
  struct Extras : public internal::PoolAllocated {
    explicit Extras(ReadyQueue& queue) : closed(queue) {}

    // Those who wait. Unless it is done, is_connection_lost_ tells.
    Completion closed;
    internal::WaiterList drain_waiters;
    std::optional<FormerReader> former_reader;
    absl::Status former_error;
  };

  // What it is to call when the connection is made. By a pointer, so that every
  // connection has no more than that of it afterwards.
  struct Pending : public internal::PoolAllocated {
    explicit Pending(std::shared_ptr<ClientConnectedCallback> to_call)
        : callback(std::move(to_call)) {}

    std::shared_ptr<ClientConnectedCallback> callback;
  };

  void OnReaderDestroyed(const StreamReader& reader) override;
  absl::Status DataForFormerReader(size_t count);

  // The writer is made, and destroyed.
  void WriterMade(StreamWriter& writer) { writer_ = &writer; }
  void WriterGone();
  // True if a writer that is destroyed now must leave the transport alone: the
  // callback that dropped it hasn't returned, and may be about to fail.
  bool HoldsBackDrops() const { return holds_back_drops_; }
  void NoteDrop() { was_dropped_ = true; }

  void RunCallback();

  // The connection goes on over `transport`. CPython issue gh-152431: the
  // reader's, too. [StreamReaderProtocol._replace_transport]
  void ReplaceTransport(std::shared_ptr<Transport> transport);

  // The error that reading has ended with. [StreamReader.exception]
  absl::Status reader_error() const {
    if (observed() != nullptr) return observed()->error();
    return extras_ == nullptr ? absl::OkStatus() : extras_->former_error;
  }
  bool HasUnreadInput() const {
    return observed() != nullptr && !observed()->buffer_.empty();
  }
  bool has_reader_error() const {
    return observed() != nullptr ? !observed()->error().ok()
                                 : !reader_error().ok();
  }
  FormerReader* former_reader() const {
    return extras_ != nullptr && extras_->former_reader.has_value()
               ? &*extras_->former_reader
               : nullptr;
  }
  Extras& extras() {
    if (extras_ == nullptr) extras_ = std::make_unique<Extras>(loop_);
    return *extras_;
  }
  void WakeDrainWaiters(const absl::Status& status) {
    if (extras_ != nullptr) extras_->drain_waiters.SetResults(status);
  }
  // Whether WaitClosed() needn't wait; then *status is what it gives.
  bool IsClosed(absl::Status* status) const;

  // First what each message needs.
  bool owns_reader_ = false;  // The one that it observes.
  bool is_writing_paused_ = false;
  bool is_connection_lost_ = false;
  // Whether it belongs to a server's connection.
  bool is_server_side_ = false;
  bool is_over_ssl_ = false;
  bool holds_back_drops_ = false;
  bool was_dropped_ = false;
  EventLoop& loop_;
  std::unique_ptr<Pending> pending_;  // Until the connection is made.
  std::unique_ptr<Extras> extras_;
  std::shared_ptr<Transport> transport_;
  StreamWriter* writer_ = nullptr;
};

}  // namespace streams

#endif  // STREAMS_STREAM_READER_PROTOCOL_H_
