// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_STREAM_READER_PROTOCOL_H_
#define STREAMS_STREAM_READER_PROTOCOL_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/client_connected_callback.h"
#include "streams/coro/waiter.h"
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
      public std::enable_shared_from_this<StreamReaderProtocol>,
      private internal::ReaderObserver {
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
  absl::Status BlockReceived(std::string bytes) override;
  bool EofReceived() override;
  void ConnectionLost(const absl::Status& error) override;
  void PauseWriting() override { is_writing_paused_ = true; }
  void ResumeWriting() override;

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
  static Task<absl::Status> RunHandler(
      std::shared_ptr<StreamReaderProtocol> protocol,
      std::shared_ptr<Transport> transport, Task<absl::Status> handler);
  static Task<absl::Status> EndFailedHandler(
      std::shared_ptr<StreamReaderProtocol> protocol,
      std::shared_ptr<Transport> transport, absl::Status status);
  void HandlerFailed(Transport& transport, const absl::Status& error);

  // The connection goes on over `transport`. CPython issue gh-152431: the
  // reader's, too. [StreamReaderProtocol._replace_transport]
  void ReplaceTransport(std::shared_ptr<Transport> transport);

  // The error that reading has ended with. [StreamReader.exception]
  const absl::Status& reader_error() const {
    return observed() != nullptr ? observed()->error() : former_error_;
  }
  bool HasUnreadInput() const {
    return observed() != nullptr && !observed()->buffered().empty();
  }
  bool has_reader_error() const { return !reader_error().ok(); }

  EventLoop& loop_;
  std::unique_ptr<StreamReader> owned_reader_;
  std::shared_ptr<ClientConnectedCallback> callback_;
  std::shared_ptr<Transport> transport_;
  Waiter closed_;
  internal::WaiterList drain_waiters_;
  std::unique_ptr<FormerReader> former_reader_;
  absl::Status former_error_;
  StreamWriter* writer_ = nullptr;
  bool is_writing_paused_ = false;
  bool is_connection_lost_ = false;
  // Whether it belongs to a server's connection.
  bool is_server_side_ = false;
  bool is_over_ssl_ = false;
  bool holds_back_drops_ = false;
  bool was_dropped_ = false;
};

}  // namespace streams

#endif  // STREAMS_STREAM_READER_PROTOCOL_H_
