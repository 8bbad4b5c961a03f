// SPDX-License-Identifier: Apache-2.0

#include "streams/writer.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "streams/coro/status_macros.h"
#include "streams/os/error.h"
#include "streams/tls/start_tls.h"

namespace streams {

void DrainOperation::Delete(Wait* wait) { delete wait; }

DrainOperation::OwnedWait DrainOperation::MakeWait(const StreamWriter& writer) {
  return OwnedWait(new Wait(writer.protocol_));
}

bool DrainOperation::Wait::Start(const StreamWriter& writer) {
  if (absl::Status error = protocol_->reader_error(); !error.ok()) {
    return FinishWith(std::move(error));
  }
  writer.FlushCork();  // It may be all there is to wait for.
  if (writer.IsClosing()) {
    // The connection may be lost in the next turn. Without it, a loop of
    // Write() and Drain() would never come to that turn, hence never see the
    // error.
    ArmYield(protocol_->loop_);
    return false;
  }
  return FinishOrWait();
}

bool DrainOperation::Wait::FinishOrWait() {
  if (protocol_->is_connection_lost_) {
    return FinishWith(
        MakeError(ErrorKind::kConnectionReset, "Connection lost"));
  }
  if (!protocol_->is_writing_paused_) return true;
  waiting_.emplace(protocol_->loop_);
  protocol_->extras().drain_waiters.Add(*waiting_);
  Arm(waiting_->waiter());
  return false;
}

bool DrainOperation::Wait::OnWake(absl::Status status) {
  if (!status.ok() || waiting_.has_value()) {
    waiting_.reset();
    return FinishWith(std::move(status));
  }
  return FinishOrWait();
}

bool WaitClosedOperation::await_ready() {
  if (protocol_->IsClosed(&result_)) return true;
  wait_ = std::make_unique<Wait>(result_, protocol_->extras().closed);
  return false;
}

bool WaitClosedOperation::Wait::OnWake(absl::Status status) {
  result_ = std::move(status);
  return true;
}

StreamWriter::StreamWriter(std::shared_ptr<Transport> transport,
                           std::shared_ptr<StreamReaderProtocol> protocol)
    : transport_(std::move(transport)), protocol_(std::move(protocol)) {
  protocol_->WriterMade(*this);
}

Task<absl::Status> StreamWriter::StartTls(TlsOptions options) {
  return StartTls(loop(), protocol_, std::move(options));
}

Task<absl::Status> StreamWriter::StartTls(
    EventLoop& loop, std::shared_ptr<StreamReaderProtocol> protocol,
    TlsOptions options) {
  // The writer may be dropped during any of the waits, which closes its
  // transport.
  const auto gone = [] {
    return MakeError(ErrorKind::kConnectionReset, "Connection lost");
  };
  if (protocol->writer_ == nullptr) co_return gone();
  protocol->writer_->FlushCork();
  STREAMS_CO_RETURN_IF_ERROR(co_await protocol->writer_->Drain());
  if (protocol->writer_ == nullptr) co_return gone();
  options.set_server_side(protocol->is_server_side_);
  STREAMS_CO_ASSIGN_OR_RETURN(
      std::shared_ptr<Transport> transport,
      co_await streams::StartTls(loop, protocol->writer_->transport_, protocol,
                                 std::move(options)));
  if (protocol->writer_ == nullptr) co_return gone();
  protocol->writer_->transport_ = transport;
  protocol->ReplaceTransport(std::move(transport));
  co_return absl::OkStatus();
}

StreamWriter::~StreamWriter() {
  FlushCork();
  protocol_->WriterGone();
  if (protocol_->HoldsBackDrops()) {
    protocol_->NoteDrop();
  } else {
    CloseDropped(loop(), *transport_);
  }
}

void StreamWriter::set_cork(bool on) {
  FlushCork();
  if (!on) {
    cork_ = nullptr;
  } else if (cork_ == nullptr) {
    cork_ = std::make_unique<internal::WriteCork>(loop(), transport_);
  }
}

absl::Status StreamWriter::WriteCorked(absl::string_view bytes) {
  // In vain once it is closing, perhaps as its loop has gone.
  return cork_->Write(bytes, !IsClosing() && protocol_->HasUnreadInput());
}

void StreamWriter::CloseDropped(EventLoop& loop, Transport& transport) {
  // Also when the loop is gone: it has closed its transports, and is not used.
  if (transport.IsClosing()) return;
  transport.Close();
  loop.ReportWarning("ResourceWarning", "unclosed <StreamWriter>");
}

}  // namespace streams
