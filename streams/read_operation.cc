// SPDX-License-Identifier: Apache-2.0

#include "streams/read_operation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "streams/coro/cancelled.h"
#include "streams/os/error.h"
#include "streams/reader.h"
#include "streams/separator_search.h"

namespace streams {

namespace internal {

ABSL_ATTRIBUTE_HOT ArrivalWait::~ArrivalWait() {
  StreamReader* const reader = operation_.reader_;
  if (reader == nullptr || next_ == this) return;
  if (reader->waits_ == this) reader->is_awaited_ = false;
  LeaveReader();
}

// There is seldom another one.
void ArrivalWait::LeaveReader() {
  ArrivalWait** link = &operation_.reader_->waits_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

ABSL_ATTRIBUTE_HOT void ArrivalWait::Begin() {
  StreamReader& reader = *operation_.reader_;
  if (next_ != this) LeaveReader();  // It has waited before.
  next_ = std::exchange(reader.waits_, this);
  reader.is_awaited_ = true;
  ArmForWake(reader.queue_);
}

inline void ArrivalWait::NoteWake(absl::Status status) {
  if (operation_.reader_ == nullptr) {
    status = CancelledError();  // The reader is gone.
  } else {
    // Also if by now another operation waits: it will not be woken then. That
    // is what asyncio does when two coroutines read at the same time.
    operation_.reader_->is_awaited_ = false;
  }
  set_error(std::move(status));
}

ABSL_ATTRIBUTE_HOT bool ArrivalWait::OnWake(absl::Status status) {
  NoteWake(std::move(status));
  return true;
}

void ArrivalWait::OnReaderDestroyed() {
  operation_.reader_->waits_ = next_;
  operation_.reader_ = nullptr;
  Wake(CancelledError());  // In vain if it was woken; OnWake() sees it then.
}

}  // namespace internal

// The operation looks at what has arrived.
template <class Operation>
class ReadOperation::WaitOf final : public internal::ArrivalWait {
 public:
  using ArrivalWait::ArrivalWait;

 private:
  ABSL_ATTRIBUTE_HOT bool OnWake(absl::Status status) override {
    NoteWake(std::move(status));
    return !error().ok() ||
           static_cast<Operation&>(operation()).Continue() == Progress::kDone;
  }
};

template <class Operation>
inline bool ReadOperation::Begin() {
  static_assert(sizeof(WaitOf<Operation>) == sizeof wait_storage_);
  new (wait_storage_) WaitOf<Operation>(*this);
  return NoteReaderError();
}

inline bool ReadOperation::BeginOnce() {
  new (wait_storage_) internal::ArrivalWait(*this);
  return NoteReaderError();
}

inline bool ReadOperation::NoteReaderError() {
  if (ABSL_PREDICT_TRUE(reader_->error_.ok())) return true;
  wait().set_error(reader_->error_);
  return false;
}

ReadOperation::Progress ReadOperation::Fail(absl::Status error) {
  wait().set_error(std::move(error));
  return Progress::kDone;
}

ABSL_ATTRIBUTE_HOT ReadOperation::Progress ReadOperation::Wait(
    const char* caller) {
  if (ABSL_PREDICT_FALSE(reader_->is_awaited_)) {
    return FailBehindAnother(caller);
  }
  if (ABSL_PREDICT_FALSE(reader_->is_paused_ ||
                         reader_->buffer_.HoldsMemory())) {
    wait().set_error(reader_->PrepareToWait());
    if (has_failed()) return Progress::kDone;
  }
  wait().Begin();
  return Progress::kWaiting;
}

ReadOperation::Progress ReadOperation::FailBehindAnother(const char* caller) {
  return Fail(MakeError(
      ErrorKind::kRuntime,
      absl::StrCat(caller,
                   "() called while another coroutine is already waiting for "
                   "incoming data")));
}

absl::Status ReadOperation::TakeResultInto(std::string& target) {
  if (!has_failed()) {
    TakeBytesInto(target, position());
    wait().set_error(reader_->ResumeTransportIfDrained());
  }
  if (has_failed()) target.clear();
  return TakeError();
}

ABSL_ATTRIBUTE_HOT bool ReadBytes::Start() {
  const bool has_begun = count_ > 0 ? BeginOnce() : Begin<ReadBytes>();
  if (!has_begun || count_ == 0) return true;
  if (reader().buffer_.empty() && !reader().eof_) {
    return Wait("read") == Progress::kDone;
  }
  return count_ > 0 || Continue() == Progress::kDone;
}

// Blocks of at most the limit, so that the transport is resumed in between: the
// peer may have more to say than the buffer may hold.
ReadBytes::Progress ReadBytes::Continue() {
  for (;;) {
    const size_t size = std::min(reader().buffer_.size(), reader().limit());
    if (size == 0) return SucceedWith(0);
    const absl::string_view block = reader().buffer_.view().substr(0, size);
    if (joined_ == nullptr) joined_ = new std::string;
    joined_->append(block.data(), block.size());
    reader().buffer_.Consume(size);
    absl::Status status = reader().ResumeTransportIfDrained();
    if (!status.ok()) return Fail(std::move(status));
    if (!reader().error().ok()) return Fail(reader().error());
    if (reader().buffer_.empty() && !reader().eof_) {
      return Wait("read");
    }
  }
}

absl::Status ReadBytes::TakeResultInto(std::string& target) {
  if (count_ > 0) {
    if (!has_failed()) {
      SucceedWith(
          std::min(static_cast<size_t>(count_), reader().buffer_.size()));
    }
    return ReadOperation::TakeResultInto(target);
  }
  // The transport was resumed in between, or, for no bytes, stays as it is.
  if (has_failed() || joined_ == nullptr) {
    target.clear();
  } else {
    target = std::move(*joined_);
  }
  return TakeError();
}

bool PeekBytes::Start() {
  return !Begin<PeekBytes>() || Continue() == Progress::kDone;
}

PeekBytes::Progress PeekBytes::Continue() {
  if (reader().buffer_.empty() && !reader().eof_) {
    return Wait("peek");
  }
  return SucceedWith(0);
}

absl::StatusOr<absl::string_view> PeekBytes::TakeResult() {
  if (has_failed()) return TakeError();
  return reader().buffered();
}

absl::Status ReadExactBytes::TakeResultInto(std::string& target) {
  if (count_ != 0) return ReadOperation::TakeResultInto(target);
  // Nothing was asked for: then not even a paused transport is resumed.
  target.clear();
  return TakeError();
}

bool ReadExactBytes::Start() {
  const bool has_begun = Begin<ReadExactBytes>();
  if (count_ < 0) {
    Fail(MakeError(ErrorKind::kValue,
                   "readexactly size can not be less than zero"));
    return true;
  }
  return !has_begun || Continue() == Progress::kDone;
}

ReadExactBytes::Progress ReadExactBytes::Continue() {
  const size_t size = reader().buffer_.size();
  if (static_cast<uint64_t>(count_) <= size) {
    return SucceedWith(static_cast<size_t>(count_));
  }
  if (reader().eof_) {
    return Fail(IncompleteReadError(reader().buffer_.Take(size), count_));
  }
  return Wait("readexactly");
}

size_t ReadUntilSeparator::CountAtOnceWithSeparators() const {
  if (separators_.empty() || separators_.shortest() == 0 || !IsWayFree()) {
    return 0;
  }
  const internal::SeparatorMatch match =
      internal::FindSeparator(reader().buffer_.view(), 0, separators_);
  return match.found() && match.start <= reader().limit() ? match.end : 0;
}

bool ReadUntilSeparator::Start() {
  const bool has_begun = Begin<ReadUntilSeparator>();
  if (separators_.empty()) {
    Fail(MakeError(ErrorKind::kValue,
                   "Separator should contain at least one element"));
    return true;
  }
  if (separators_.shortest() == 0) {
    Fail(MakeError(ErrorKind::kValue,
                   "Separator should be at least one-byte string"));
    return true;
  }
  return !has_begun || Continue() == Progress::kDone;
}

ReadUntilSeparator::Progress ReadUntilSeparator::Continue() {
  const absl::string_view buffer = reader().buffer_.view();
  const size_t limit = reader().limit();
  if (buffer.size() >= position() + separators_.shortest()) {
    const internal::SeparatorMatch match =
        internal::FindSeparator(buffer, position(), separators_);
    if (match.found()) {
      if (match.start > limit) {
        return Fail(LimitOverrunError(
            "Separator is found, but chunk is longer than limit", match.start));
      }
      return SucceedWith(match.end);
    }
    // The last bytes may be the beginning of a separator.
    const size_t longest = separators_.longest();
    set_position(buffer.size() + 1 > longest ? buffer.size() + 1 - longest : 0);
  }
  if (position() > limit) {
    return Fail(LimitOverrunError(
        "Separator is not found, and chunk exceed the limit", position()));
  }
  // Only now: what arrived last, before EOF, may have completed the separator.
  if (reader().eof_) {
    return Fail(IncompleteReadError(
        reader().buffer_.Take(reader().buffer_.size()), std::nullopt));
  }
  return Wait("readuntil");
}

ABSL_ATTRIBUTE_HOT bool LineOperation::Start() {
  return !Begin<LineOperation>() || Continue() == Progress::kDone;
}

ABSL_ATTRIBUTE_HOT LineOperation::Progress LineOperation::Continue() {
  const absl::string_view buffer = reader().buffer_.view();
  const size_t limit = reader().limit();
  if (buffer.size() > position()) {
    const void* const found =
        memchr(buffer.data() + position(), '\n', buffer.size() - position());
    if (found != nullptr) {
      const size_t length =
          static_cast<size_t>(static_cast<const char*>(found) - buffer.data());
      if (length > limit) {
        return OnOverrun("Separator is found, but chunk is longer than limit",
                         length);
      }
      return SucceedWith(length + 1);
    }
    set_position(buffer.size());
  }
  if (position() > limit) {
    return OnOverrun("Separator is not found, and chunk exceed the limit",
                     position());
  }
  if (reader().eof_) return SucceedWith(buffer.size());
  return Wait("readuntil");
}

// The line is dropped, so that the next call begins behind it, or, if its end
// is not in sight, everything.
LineOperation::Progress LineOperation::OnOverrun(const char* message,
                                                 size_t consumed) {
  internal::ReceiveBuffer& buffer = reader().buffer_;
  const bool is_found = consumed < buffer.size();
  buffer.Consume(is_found ? consumed + 1 : buffer.size());
  absl::Status status = reader().ResumeTransportIfDrained();
  if (!status.ok()) return Fail(std::move(status));
  return Fail(MakeError(ErrorKind::kValue, message));
}

absl::StatusOr<absl::string_view> ReadLineInPlace::TakeResult() {
  if (has_failed()) return TakeError();
  const absl::string_view line(reader().buffer_.data(), position());
  reader().buffer_.ConsumeInPlace(line.size());
  absl::Status status = reader().ResumeTransportIfDrained();
  if (!status.ok()) return status;
  return line;
}

absl::StatusOr<std::optional<std::string>> NextLineOfBytes::TakeBytes(
    size_t count) {
  return line_.TakeBytes(count);
}

absl::StatusOr<std::optional<std::string>> NextLineOfBytes::TakeResult() {
  absl::StatusOr<std::string> line = line_.TakeResult();
  if (!line.ok()) return std::move(line).status();
  if (line->empty()) return std::nullopt;
  return std::optional<std::string>(*std::move(line));
}

}  // namespace streams
