// SPDX-License-Identifier: Apache-2.0

#include "streams/read_operation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "streams/coro/cancelled.h"
#include "streams/os/error.h"
#include "streams/reader.h"
#include "streams/separator_search.h"

namespace streams {

ReadOperation::~ReadOperation() {
  if (observed() != nullptr && arrival_.has_value() &&
      observed()->arrival_ == &*arrival_) {
    observed()->arrival_ = nullptr;
  }
}

ReadOperation::Progress ReadOperation::Succeed(std::string bytes) {
  result_ = std::move(bytes);
  return Progress::kDone;
}

ReadOperation::Progress ReadOperation::SucceedWith(size_t count) {
  std::string bytes = reader_->buffer_.Take(count);
  absl::Status status = reader_->ResumeTransportIfDrained();
  if (!status.ok()) return Fail(std::move(status));
  return Succeed(std::move(bytes));
}

ReadOperation::Progress ReadOperation::Fail(absl::Status error) {
  result_ = std::move(error);
  return Progress::kDone;
}

ReadOperation::Progress ReadOperation::Wait(const char* caller) {
  if (reader_->arrival_ != nullptr) {
    return Fail(MakeError(
        ErrorKind::kRuntime,
        absl::StrCat(caller,
                     "() called while another coroutine is already waiting for "
                     "incoming data")));
  }
  // Whoever waits wants more than there is: to wait with a paused transport
  // would be to wait for ever.
  absl::Status status = reader_->ResumeTransport();
  if (!status.ok()) return Fail(std::move(status));
  if (arrival_.has_value()) {
    arrival_->Reset();
  } else {
    arrival_.emplace(reader_->queue_);
  }
  reader_->arrival_ = &*arrival_;
  if (observed() == nullptr) Observe(*reader_);
  Arm(*arrival_);
  return Progress::kWaiting;
}

bool ReadOperation::OnWake(absl::Status status) {
  if (observed() == nullptr) {
    Fail(CancelledError());  // The reader is gone.
    return true;
  }
  // Also if by now another operation waits: it will not be woken then. That is
  // what asyncio does when two coroutines read at the same time.
  reader_->arrival_ = nullptr;
  if (!status.ok()) {
    Fail(std::move(status));
    return true;
  }
  return Continue() == Progress::kDone;
}

void ReadOperation::OnReaderDestroyed(const StreamReader& /*reader*/) {
  arrival_->Cancel();  // In vain if it has been woken; OnWake() sees it then.
}

ReadBytes::Progress ReadBytes::Start() {
  if (!reader().error().ok()) return Fail(reader().error());
  if (count_ == 0) return Succeed(std::string());
  if (!reader().buffer_.empty() || reader().eof_) return Continue();
  return Wait("read");
}

ReadBytes::Progress ReadBytes::Continue() {
  if (count_ < 0) return ContinueToEof();
  const size_t size = reader().buffer_.size();
  return SucceedWith(static_cast<uint64_t>(count_) < size
                         ? static_cast<size_t>(count_)
                         : size);
}

// Blocks of at most the limit, so that the transport is resumed in between: the
// peer may have more to say than the buffer may hold.
ReadBytes::Progress ReadBytes::ContinueToEof() {
  for (;;) {
    const size_t size = std::min(reader().buffer_.size(), reader().limit());
    if (size == 0) return Succeed(std::move(joined_));
    const absl::string_view block = reader().buffer_.view().substr(0, size);
    joined_.append(block.data(), block.size());
    reader().buffer_.Consume(size);
    absl::Status status = reader().ResumeTransportIfDrained();
    if (!status.ok()) return Fail(std::move(status));
    if (!reader().error().ok()) return Fail(reader().error());
    if (reader().buffer_.empty() && !reader().eof_) return Wait("read");
  }
}

ReadExactBytes::Progress ReadExactBytes::Start() {
  if (count_ < 0) {
    return Fail(MakeError(ErrorKind::kValue,
                          "readexactly size can not be less than zero"));
  }
  if (!reader().error().ok()) return Fail(reader().error());
  return Continue();
}

ReadExactBytes::Progress ReadExactBytes::Continue() {
  const size_t size = reader().buffer_.size();
  if (static_cast<uint64_t>(count_) <= size) {
    // Nothing was asked for: then not even a paused transport is resumed.
    if (count_ == 0) return Succeed(std::string());
    return SucceedWith(static_cast<size_t>(count_));
  }
  if (reader().eof_) {
    return Fail(IncompleteReadError(reader().buffer_.Take(size), count_));
  }
  return Wait("readexactly");
}

ReadUntilSeparator::ReadUntilSeparator(StreamReader& reader,
                                       std::string separator)
    : ReadOperation(reader) {
  separators_.push_back(std::move(separator));
}

ReadUntilSeparator::ReadUntilSeparator(StreamReader& reader,
                                       std::vector<std::string> separators)
    : ReadOperation(reader),
      separators_(std::make_move_iterator(separators.begin()),
                  std::make_move_iterator(separators.end())) {}

ReadUntilSeparator::Progress ReadUntilSeparator::Start() {
  if (separators_.empty()) {
    return Fail(MakeError(ErrorKind::kValue,
                          "Separator should contain at least one element"));
  }
  if (separators_.size() > 1) {
    std::sort(separators_.begin(), separators_.end(),
              [](const std::string& a, const std::string& b) {
                return a.size() < b.size();
              });
  }
  if (separators_.front().empty()) {
    return Fail(MakeError(ErrorKind::kValue,
                          "Separator should be at least one-byte string"));
  }
  if (!reader().error().ok()) return Fail(reader().error());
  return Continue();
}

ReadUntilSeparator::Progress ReadUntilSeparator::Continue() {
  const absl::string_view buffer = reader().buffer_.view();
  const size_t limit = reader().limit();
  if (buffer.size() >= offset_ + separators_.front().size()) {
    const std::optional<internal::SeparatorMatch> match =
        internal::FindSeparator(buffer, offset_, separators_);
    if (match.has_value()) {
      if (match->start > limit) {
        return OnOverrun("Separator is found, but chunk is longer than limit",
                         match->start);
      }
      return SucceedWith(match->end);
    }
    // The last bytes may be the beginning of a separator.
    const size_t longest = separators_.back().size();
    offset_ = buffer.size() + 1 > longest ? buffer.size() + 1 - longest : 0;
    if (offset_ > limit) {
      return OnOverrun("Separator is not found, and chunk exceed the limit",
                       offset_);
    }
  }
  // Only now: what arrived last, before EOF, may have completed the separator.
  if (reader().eof_) return OnIncomplete();
  return Wait("readuntil");
}

ReadUntilSeparator::Progress ReadUntilSeparator::OnIncomplete() {
  return Fail(IncompleteReadError(
      reader().buffer_.Take(reader().buffer_.size()), std::nullopt));
}

ReadUntilSeparator::Progress ReadUntilSeparator::OnOverrun(const char* message,
                                                           size_t consumed) {
  return Fail(LimitOverrunError(message, consumed));
}

ReadLineOfBytes::Progress ReadLineOfBytes::OnIncomplete() {
  return Succeed(reader().buffer_.Take(reader().buffer_.size()));
}

// Here the line is dropped, so that the next call begins behind it, or, if its
// end is not in sight, everything.
ReadLineOfBytes::Progress ReadLineOfBytes::OnOverrun(const char* message,
                                                     size_t consumed) {
  internal::ReceiveBuffer& buffer = reader().buffer_;
  const bool is_found =
      consumed < buffer.size() && buffer.view()[consumed] == '\n';
  buffer.Consume(is_found ? consumed + 1 : buffer.size());
  absl::Status status = reader().ResumeTransportIfDrained();
  if (!status.ok()) return Fail(std::move(status));
  return Fail(MakeError(ErrorKind::kValue, message));
}

absl::StatusOr<std::optional<std::string>> NextLineOfBytes::await_resume() {
  absl::StatusOr<std::string> line = ReadLineOfBytes::await_resume();
  if (!line.ok()) return std::move(line).status();
  if (line->empty()) return std::nullopt;
  return std::optional<std::string>(*std::move(line));
}

}  // namespace streams
