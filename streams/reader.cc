// SPDX-License-Identifier: Apache-2.0

#include "streams/reader.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "streams/coro/prefetch.h"
#include "streams/os/error.h"
#include "streams/reader_observer.h"

namespace streams {

absl::StatusOr<std::unique_ptr<StreamReader>> StreamReader::Create(
    ReadyQueue& loop, int64_t limit) {
  if (limit <= 0) return MakeError(ErrorKind::kValue, "Limit cannot be <= 0");
  return std::unique_ptr<StreamReader>(
      new StreamReader(loop, static_cast<size_t>(limit)));
}

StreamReader::~StreamReader() {
  while (waits_ != nullptr) waits_->OnReaderDestroyed();
  while (observers_ != nullptr) {
    internal::ReaderObserver* const observer = observers_;
    observer->StopObserving();
    observer->OnReaderDestroyed(*this);
  }
}

inline absl::Status StreamReader::OnFed() {
  Wake();
  // Compared without doubling the limit, which may be huge.
  if (ABSL_PREDICT_TRUE(buffer_.size() <= limit_ ||
                        buffer_.size() - limit_ <= limit_)) {
    return absl::OkStatus();
  }
  return OnOverfed();
}

ABSL_ATTRIBUTE_HOT absl::Status StreamReader::FeedData(
    absl::string_view bytes) {
  if (ABSL_PREDICT_FALSE(eof_ || bytes.empty())) return FedNothing();
  buffer_.Append(bytes);
  return OnFed();
}

ABSL_ATTRIBUTE_HOT absl::Status StreamReader::FeedBlock(std::string&& bytes) {
  if (ABSL_PREDICT_FALSE(eof_ || bytes.empty())) return FedNothing();
  buffer_.AppendBlock(std::move(bytes));
  return OnFed();
}

absl::Status StreamReader::FedNothing() {
  if (eof_) return MakeError(ErrorKind::kAssertion, "feed_data after feed_eof");
  return absl::OkStatus();
}

absl::Status StreamReader::OnOverfed() {
  if (is_paused_ || transport_ == nullptr) return absl::OkStatus();
  absl::Status status = transport_->PauseReading();
  if (GetErrorKind(status) == ErrorKind::kNotImplemented) {
    transport_ = nullptr;  // Not to ask again: all will have to be buffered.
    return absl::OkStatus();
  }
  is_paused_ = status.ok();
  return status;
}

void StreamReader::Prefetch(int step) const {
  if (!is_awaited_) return;
  if (step == 0) {
    internal::PrefetchBytes(waits_, sizeof(internal::ArrivalWait));
  } else {
    waits_->Prefetch();
  }
}

void StreamReader::FeedEof() {
  eof_ = true;
  Wake();
}

void StreamReader::SetError(absl::Status error) {
  error_ = std::move(error);
  if (error_.ok() || !is_awaited_) return;
  is_awaited_ = false;
  waits_->Wake(error_);
}

absl::Status StreamReader::SetTransport(std::shared_ptr<Transport> transport) {
  if (transport_ != nullptr) {
    return MakeError(ErrorKind::kAssertion, "Transport already set");
  }
  transport_ = std::move(transport);
  return absl::OkStatus();
}

void StreamReader::ReplaceTransport(std::shared_ptr<Transport> transport) {
  if (is_paused_ && transport_ != nullptr) {
    // By what came since the new one has been at work below: neither of the
    // two refuses.
    transport->PauseReading().IgnoreError();
    transport_->ResumeReading().IgnoreError();
  }
  transport_ = std::move(transport);
}

absl::Status StreamReader::PrepareToWait() {
  // Whoever waits has done with what Peek() and ReadLineView() gave him.
  buffer_.ShrinkToFit();
  // Whoever waits wants more than there is: to wait with a paused transport
  // would be to wait for ever.
  return ResumeTransport();
}

absl::Status StreamReader::ResumeTransport() {
  if (!is_paused_) return absl::OkStatus();
  is_paused_ = false;
  return transport_->ResumeReading();
}

// --- Who observes a reader (reader_observer.h) ---

void internal::ReaderObserver::Observe(StreamReader& reader) {
  StopObserving();
  reader_ = &reader;
  next_ = std::exchange(reader.observers_, this);
}

void internal::ReaderObserver::Unlink() {
  // There is seldom another one.
  ReaderObserver** link = &reader_->observers_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

}  // namespace streams
