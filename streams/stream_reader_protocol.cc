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
#include "streams/coro/prefetch.h"
#include "streams/handler_task.h"
#include "streams/loop/exception_context.h"
#include "streams/os/error.h"
#include "streams/transport/transport.h"
#include "streams/writer.h"

namespace streams {

StreamReaderProtocol::StreamReaderProtocol(EventLoop& loop,
                                           StreamReader& reader)
    : loop_(loop) {
  Observe(reader);
}

StreamReaderProtocol::StreamReaderProtocol(
    EventLoop& loop, std::unique_ptr<StreamReader> reader,
    std::shared_ptr<ClientConnectedCallback> callback)
    : owns_reader_(true), is_server_side_(callback != nullptr), loop_(loop) {
  Observe(*reader.release());
  if (is_server_side_) {
    pending_ = std::make_unique<Pending>(std::move(callback));
  }
}

StreamReaderProtocol::~StreamReaderProtocol() {
  StreamReader* const reader = observed();
  StopObserving();  // It would be told.
  if (owns_reader_) delete reader;
}

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
  if (pending_ != nullptr) RunCallback();
}

ABSL_ATTRIBUTE_HOT absl::Status StreamReaderProtocol::DataReceived(
    absl::string_view bytes) {
  if (observed() != nullptr) return observed()->FeedData(bytes);
  if (former_reader() != nullptr) return DataForFormerReader(bytes.size());
  return absl::OkStatus();
}

ABSL_ATTRIBUTE_HOT absl::Status StreamReaderProtocol::BlockReceived(
    std::string&& bytes) {
  if (observed() != nullptr) return observed()->FeedBlock(std::move(bytes));
  return DataReceived(bytes);
}

bool StreamReaderProtocol::EofReceived() {
  if (observed() != nullptr) observed()->FeedEof();
  if (former_reader() != nullptr) former_reader()->eof = true;
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
  if (former_reader() != nullptr && !error.ok()) extras_->former_error = error;
  if (!error.ok() || extras_ != nullptr) extras().closed.SetResult(error);
  is_connection_lost_ = true;
  if (is_writing_paused_) WakeDrainWaiters(error);
  transport_ = nullptr;
}

bool StreamReaderProtocol::IsClosed(absl::Status* status) const {
  if (extras_ != nullptr && extras_->closed.done()) {
    *status = extras_->closed.status();  // Cancelled, perhaps.
    return true;
  }
  *status = absl::OkStatus();
  return is_connection_lost_;
}

void StreamReaderProtocol::ResumeWriting() {
  is_writing_paused_ = false;
  WakeDrainWaiters(absl::OkStatus());
}

void StreamReaderProtocol::Prefetch(int step) const {
  if (observed() == nullptr) return;
  if (step == 0) {
    internal::PrefetchBytes(observed(), sizeof(StreamReader));
    internal::PrefetchBytes(writer_, sizeof(StreamWriter));
  } else {
    observed()->Prefetch(step - 1);
  }
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
  const auto callback = std::move(std::exchange(pending_, nullptr)->callback);
  // It may be lost (and set to null) by what the callback does.
  const std::shared_ptr<Transport> transport = transport_;
  auto writer = std::make_unique<StreamWriter>(transport, self);
  holds_back_drops_ = true;
  owns_reader_ = false;
  ClientConnectedCallback::Result result =
      (*callback)(std::unique_ptr<StreamReader>(observed()), std::move(writer));
  holds_back_drops_ = false;
  if (auto* const handler = std::get_if<Task<absl::Status>>(&result)) {
    internal::HandlerTask::Start(loop_, transport, std::move(*handler));
  } else if (const auto& status = std::get<absl::Status>(result);
             !status.ok()) {
    internal::HandlerTask::TellOfFailure(loop_, *transport, status);
  }
  if (was_dropped_) StreamWriter::CloseDropped(loop_, *transport);
}

// --- Readers and writers that go first ---

void StreamReaderProtocol::OnReaderDestroyed(const StreamReader& reader) {
  if (writer_ == nullptr && reader.error().ok()) return;
  extras().former_error = reader.error();
  if (writer_ == nullptr) return;
  extras().former_reader = {reader.buffered().size(), reader.limit(),
                            reader.is_paused_, reader.eof_};
}

absl::Status StreamReaderProtocol::DataForFormerReader(size_t count) {
  FormerReader& former = *former_reader();
  if (former.eof) {
    return MakeError(ErrorKind::kAssertion, "feed_data after feed_eof");
  }
  former.buffered += count;
  if (former.is_paused || former.buffered <= former.limit ||
      former.buffered - former.limit <= former.limit) {
    return absl::OkStatus();
  }
  former.is_paused = true;
  return transport_->PauseReading();
}

void StreamReaderProtocol::WriterGone() {
  writer_ = nullptr;
  if (extras_ != nullptr) extras_->former_reader.reset();
}

// --- What it calls (client_connected_callback.h) ---

ClientConnectedCallback::Result ClientConnectedCallback::operator()(
    std::unique_ptr<StreamReader> reader,
    std::unique_ptr<StreamWriter> writer) {
  return function_(std::move(reader), std::move(writer));
}

}  // namespace streams
