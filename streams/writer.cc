// SPDX-License-Identifier: Apache-2.0

#include "streams/writer.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "streams/os/error.h"

namespace streams {

bool DrainOperation::await_ready() {
  if (absl::Status error = writer_.protocol_->reader_error(); !error.ok()) {
    result_ = std::move(error);
    return true;
  }
  if (writer_.IsClosing()) {
    // The connection may be lost in the next turn. Without it, a loop of
    // Write() and Drain() would never come to that turn, hence never see the
    // error.
    protocol_ = writer_.protocol_;
    ArmYield(writer_.loop_);
    return false;
  }
  // Nothing to wait for is the rule: then nobody's lifetime matters.
  const internal::FlowControl& flow_control = writer_.protocol_->flow_control_;
  if (!flow_control.is_lost() && !flow_control.is_paused()) return true;
  protocol_ = writer_.protocol_;
  return FinishOrWait();
}

bool DrainOperation::FinishOrWait() {
  internal::FlowControl& flow_control = protocol_->flow_control_;
  if (flow_control.is_lost()) {
    result_ = MakeError(ErrorKind::kConnectionReset, "Connection lost");
    return true;
  }
  if (!flow_control.is_paused()) return true;
  waiter_.emplace(protocol_->loop_);
  flow_control.Add(*waiter_);
  Arm(waiter_->drained());
  return false;
}

bool DrainOperation::OnWake(absl::Status status) {
  if (!status.ok() || waiter_.has_value()) {
    waiter_.reset();
    result_ = std::move(status);
    return true;
  }
  return FinishOrWait();
}

bool WaitClosedOperation::await_ready() {
  if (protocol_->closed_.done()) {
    result_ = protocol_->closed_.status();
    return true;
  }
  Arm(protocol_->closed_);
  return false;
}

bool WaitClosedOperation::OnWake(absl::Status status) {
  result_ = std::move(status);
  return true;
}

StreamWriter::StreamWriter(EventLoop& loop,
                           std::shared_ptr<Transport> transport,
                           std::shared_ptr<StreamReaderProtocol> protocol)
    : loop_(loop),
      transport_(std::move(transport)),
      protocol_(std::move(protocol)) {
  protocol_->WriterMade();
}

StreamWriter::~StreamWriter() {
  protocol_->WriterGone();
  if (protocol_->HoldsBackDrops()) {
    protocol_->NoteDrop();
  } else {
    CloseDropped(loop_, *transport_);
  }
}

void StreamWriter::CloseDropped(EventLoop& loop, Transport& transport) {
  // Also when the loop is gone: it has closed its transports, and is not used.
  if (transport.IsClosing()) return;
  transport.Close();
  loop.ReportWarning("ResourceWarning", "unclosed <StreamWriter>");
}

}  // namespace streams
