// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READ_OPERATION_H_
#define STREAMS_READ_OPERATION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/coro/suspension.h"
#include "streams/reader_observer.h"

namespace streams {

class ReadOperation;
class StreamReader;

namespace internal {

// Where a task is parked that waits for bytes to arrive at a reader.
// [StreamReader._waiter]
class ArrivalWait final : private Suspension, private ReaderObserver {
 public:
  ArrivalWait(ReadOperation& operation, StreamReader& reader);
  ArrivalWait(const ArrivalWait&) = delete;
  ArrivalWait& operator=(const ArrivalWait&) = delete;
  ~ArrivalWait() override;

  // Makes it the one that the reader wakes.
  void Begin();

  using Suspension::await_suspend;
  // What arrived is in the buffer, or `status` says why nothing will.
  using Suspension::Wake;

 private:
  bool OnWake(absl::Status status) override;
  void OnReaderDestroyed(const StreamReader& reader) override;

  ReadOperation& operation_;
};

}  // namespace internal

// Base of what the reading calls of StreamReader return. Use it as it is:
// `co_await reader->ReadLine()`. Nothing happens before the await, until which
// the reader must live. What the buffer can answer is answered at once: without
// a coroutine frame, a turn of the loop, or an allocation other than the
// result's.
//
// Theory of operation: await_ready() tells whether there is a result already,
// which is `taken_` bytes of the buffer, or an error. It is inline for the case
// that there is (see the end of reader.h); what it takes to wait is made only
// when there is not. await_resume() takes the bytes, so that they are copied
// once, to where the caller wants them.
class ReadOperation {
 public:
  // Only before it is awaited.
  ReadOperation(ReadOperation&& other) noexcept : reader_(other.reader_) {}
  ReadOperation& operator=(ReadOperation&&) = delete;

  template <class Handle>
  void await_suspend(Handle handle) {
    wait_->await_suspend(handle);
  }
  absl::StatusOr<std::string> await_resume();

  // For what it waits with: something has arrived, or `status` says why nothing
  // will. True when there is a result.
  bool OnArrival(absl::Status status);

 protected:
  enum class Progress { kDone, kWaiting };

  explicit ReadOperation(StreamReader& reader) : reader_(&reader) {}
  // Not virtual: nobody owns one by its base.
  ~ReadOperation() = default;

  StreamReader& reader() const { return *reader_; }

  // Tries to complete, at first and whenever something has arrived.
  virtual Progress Continue() = 0;

  // For await_ready().
  bool StartUnlessBroken() {
    return FailWithReaderError() || Continue() == Progress::kDone;
  }
  // The reader's error, if it has one, is the result of every call.
  bool FailWithReaderError();

  // The ways in which Continue() ends.

  // With the first `count` bytes of the buffer.
  Progress SucceedWith(size_t count) {
    taken_ = count;
    return Progress::kDone;
  }
  Progress Fail(absl::Status error);
  absl::Status TakeError() { return std::move(error_); }
  // Parks until something arrives. `caller` is asyncio's name of the function.
  Progress Wait(const char* caller);

 private:
  StreamReader* reader_;
  size_t taken_ = 0;
  absl::Status error_;
  std::optional<internal::ArrivalWait> wait_;  // Since the first Wait().
};

// See StreamReader::Read().
class [[nodiscard]] ReadBytes final : public ReadOperation {
 public:
  ReadBytes(StreamReader& reader, int64_t count)
      : ReadOperation(reader), count_(count) {}

  bool await_ready();
  absl::StatusOr<std::string> await_resume();

 private:
  bool Start();
  Progress Continue() override;
  Progress ContinueToEof();
  absl::StatusOr<std::string> TakeJoined();

  int64_t count_;
  // What was read until now, if `count_` is negative; nothing, if it is zero.
  std::unique_ptr<std::string> joined_;  // Of Read(-1), and only then made.
};

// See StreamReader::Peek().
class [[nodiscard]] PeekBytes final : public ReadOperation {
 public:
  explicit PeekBytes(StreamReader& reader) : ReadOperation(reader) {}

  bool await_ready();
  absl::StatusOr<absl::string_view> await_resume();

 private:
  Progress Continue() override;
};

// See StreamReader::ReadExactly().
class [[nodiscard]] ReadExactBytes final : public ReadOperation {
 public:
  ReadExactBytes(StreamReader& reader, int64_t count)
      : ReadOperation(reader), count_(count) {}

  bool await_ready();
  absl::StatusOr<std::string> await_resume();

 private:
  bool Start();
  Progress Continue() override;
  absl::StatusOr<std::string> TakeNothing();

  int64_t count_;
};

// See StreamReader::ReadUntil().
class [[nodiscard]] ReadUntilSeparator final : public ReadOperation {
 public:
  ReadUntilSeparator(StreamReader& reader, std::string separator)
      : ReadOperation(reader), separator_(std::move(separator)) {}
  ReadUntilSeparator(StreamReader& reader, std::vector<std::string> separators)
      : ReadOperation(reader),
        separators_(std::move(separators)),
        has_several_(true) {}

  bool await_ready();

 private:
  bool Start();
  Progress Continue() override;

  // Sorted by length when it has started.
  absl::Span<const std::string> separators() const {
    return has_several_ ? absl::MakeConstSpan(separators_)
                        : absl::MakeConstSpan(&separator_, 1);
  }

  std::string separator_;
  std::vector<std::string> separators_;
  bool has_several_ = false;
  // No separator begins in front of it.
  size_t offset_ = 0;
};

// See StreamReader::ReadLine().
class [[nodiscard]] ReadLineOfBytes final : public ReadOperation {
 public:
  explicit ReadLineOfBytes(StreamReader& reader) : ReadOperation(reader) {}

  bool await_ready();

 private:
  Progress Continue() override;
  Progress OnOverrun(const char* message, size_t consumed);

  // No newline is in front of it.
  size_t offset_ = 0;
};

// See StreamReader::Next().
class [[nodiscard]] NextLineOfBytes final {
 public:
  explicit NextLineOfBytes(StreamReader& reader) : line_(reader) {}

  bool await_ready() { return line_.await_ready(); }
  template <class Handle>
  void await_suspend(Handle handle) {
    line_.await_suspend(handle);
  }
  absl::StatusOr<std::optional<std::string>> await_resume();

 private:
  ReadLineOfBytes line_;
};

}  // namespace streams

#endif  // STREAMS_READ_OPERATION_H_
