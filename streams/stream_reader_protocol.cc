// SPDX-License-Identifier: Apache-2.0

#include "streams/stream_reader_protocol.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "streams/coro/task_handle.h"
#include "streams/coro/yield.h"
#include "streams/loop/exception_context.h"
#include "streams/os/error.h"
#include "streams/transport/transport.h"
#include "streams/writer.h"

namespace streams {

StreamReaderProtocol::StreamReaderProtocol(EventLoop& loop,
                                           StreamReader& reader)
    : loop_(loop), closed_(loop) {
  Observe(reader);
}

StreamReaderProtocol::StreamReaderProtocol(
    EventLoop& loop, std::unique_ptr<StreamReader> reader,
    std::shared_ptr<ClientConnectedCallback> callback)
    : loop_(loop),
      owned_reader_(std::move(reader)),
      callback_(std::move(callback)),
      closed_(loop),
      is_server_side_(callback_ != nullptr) {
  Observe(*owned_reader_);
}

// A reader that it owns still is destroyed after the members it would tell.
StreamReaderProtocol::~StreamReaderProtocol() { StopObserving(); }

// --- The connection's life ---

void StreamReaderProtocol::ConnectionMade(
    std::shared_ptr<Transport> transport) {
  transport_ = std::move(transport);
  is_over_ssl_ = transport_->GetSslObject() != nullptr;
  if (observed() != nullptr) {
    const absl::Status status = observed()->SetTransport(transport_);
    if (!status.ok()) {
      loop_.CallExceptionHandler(
          {"Exception in callback StreamReaderProtocol::ConnectionMade", status,
           "", "", ""});
      return;
    }
  }
  if (callback_ != nullptr) RunCallback();
}

absl::Status StreamReaderProtocol::DataReceived(absl::string_view bytes) {
  if (observed() != nullptr) return observed()->FeedData(bytes);
  if (former_reader_ != nullptr) return DataForFormerReader(bytes.size());
  return absl::OkStatus();
}

absl::Status StreamReaderProtocol::BlockReceived(std::string bytes) {
  if (observed() != nullptr) return observed()->FeedBlock(std::move(bytes));
  return DataReceived(bytes);
}

bool StreamReaderProtocol::EofReceived() {
  if (observed() != nullptr) observed()->FeedEof();
  if (former_reader_ != nullptr) former_reader_->eof = true;
  return !is_over_ssl_;  // TLS knows no half-open connection.
}

void StreamReaderProtocol::ConnectionLost(const absl::Status& error) {
  if (observed() != nullptr) {
    if (error.ok()) {
      observed()->FeedEof();
    } else {
      observed()->SetError(error);
    }
  }
  if (former_reader_ != nullptr && !error.ok()) former_error_ = error;
  closed_.SetResult(error);
  is_connection_lost_ = true;
  if (is_writing_paused_) drain_waiters_.SetResults(error);
  transport_ = nullptr;
}

void StreamReaderProtocol::ResumeWriting() {
  is_writing_paused_ = false;
  drain_waiters_.SetResults(absl::OkStatus());
}

// --- StartTls() ---

std::string StreamReaderProtocol::TakeUnread() {
  if (observed() == nullptr) return std::string();
  // Whoever takes them reads on, whatever had been paused because of them.
  observed()->is_paused_ = false;
  internal::ReceiveBuffer& buffer = observed()->buffer_;
  return buffer.Take(buffer.size());
}

void StreamReaderProtocol::ReplaceTransport(
    std::shared_ptr<Transport> transport) {
  if (is_connection_lost_) return;  // It would be kept for ever.
  transport_ = std::move(transport);
  is_over_ssl_ = transport_->GetSslObject() != nullptr;
  if (observed() != nullptr) observed()->ReplaceTransport(transport_);
}

// --- A server's connection ---

void StreamReaderProtocol::RunCallback() {
  // The callback may give the transport another protocol, and drop the writer.
  const auto self = shared_from_this();
  const auto callback = std::exchange(callback_, nullptr);
  // It may be lost (and set to null) by what the callback does.
  const std::shared_ptr<Transport> transport = transport_;
  auto writer = std::make_unique<StreamWriter>(transport, self);
  holds_back_drops_ = true;
  ClientConnectedCallback::Result result =
      (*callback)(std::move(owned_reader_), std::move(writer));
  holds_back_drops_ = false;
  if (auto* const handler = std::get_if<Task<absl::Status>>(&result)) {
    Spawn(loop_, RunHandler(self, transport, std::move(*handler))).Detach();
  } else if (const auto& status = std::get<absl::Status>(result);
             !status.ok()) {
    HandlerFailed(*transport, status);
  }
  if (was_dropped_) StreamWriter::CloseDropped(loop_, *transport);
}

Task<absl::Status> StreamReaderProtocol::RunHandler(
    std::shared_ptr<StreamReaderProtocol> protocol,
    std::shared_ptr<Transport> transport, Task<absl::Status> handler) {
  absl::Status status = co_await std::move(handler);
  if (status.ok()) co_return status;
  co_return co_await EndFailedHandler(std::move(protocol), std::move(transport),
                                      std::move(status));
}

// Apart, so that what it waits with is not in the frame of every handler;
// inline, the compiler would put it there again.
ABSL_ATTRIBUTE_NOINLINE
Task<absl::Status> StreamReaderProtocol::EndFailedHandler(
    std::shared_ptr<StreamReaderProtocol> protocol,
    std::shared_ptr<Transport> transport, absl::Status status) {
  // One turn later, as in asyncio, where it is for the task's done callback.
  // The handler's locals, the writer perhaps among them, live on meanwhile: so
  // they do in the traceback there.
  (co_await Yield(protocol->loop_)).IgnoreError();  // Cancelled: too late.
  if (absl::IsCancelled(status)) {
    transport->Close();
  } else {
    protocol->HandlerFailed(*transport, status);
  }
  co_return absl::OkStatus();
}

void StreamReaderProtocol::HandlerFailed(Transport& transport,
                                         const absl::Status& error) {
  loop_.CallExceptionHandler({"Unhandled exception in client_connected_cb",
                              error, "", "<SocketTransport>", ""});
  transport.Close();
}

// --- Readers and writers that go first ---

void StreamReaderProtocol::OnReaderDestroyed(const StreamReader& reader) {
  former_error_ = reader.error();
  if (writer_ == nullptr) return;
  former_reader_.reset(new FormerReader{reader.buffered().size(),
                                        reader.limit(), reader.is_paused_,
                                        reader.eof_});
}

absl::Status StreamReaderProtocol::DataForFormerReader(size_t count) {
  if (former_reader_->eof) {
    return MakeError(ErrorKind::kAssertion, "feed_data after feed_eof");
  }
  former_reader_->buffered += count;
  if (former_reader_->is_paused ||
      former_reader_->buffered <= former_reader_->limit ||
      former_reader_->buffered - former_reader_->limit <=
          former_reader_->limit) {
    return absl::OkStatus();
  }
  former_reader_->is_paused = true;
  return transport_->PauseReading();
}

void StreamReaderProtocol::WriterGone() {
  writer_ = nullptr;
  former_reader_.reset();
}

}  // namespace streams
