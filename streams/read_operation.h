// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READ_OPERATION_H_
#define STREAMS_READ_OPERATION_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "streams/coro/suspension.h"
#include "streams/read_into.h"
#include "streams/separators.h"

namespace streams {

class ReadOperation;
class StreamReader;

namespace internal {

// Where a task is parked that waits for bytes to arrive at a reader, which may
// go first: it knows all of these. [StreamReader._waiter]
class ArrivalWait final : private Suspension {
 public:
  // What the operation does when something has arrived: true if it has a result
  // then. Null: it has, whatever arrived.
  using Continuation = bool (*)(ReadOperation& operation);

  ArrivalWait(ReadOperation& operation, Continuation continuation);
  ArrivalWait(const ArrivalWait&) = delete;
  ArrivalWait& operator=(const ArrivalWait&) = delete;
  ~ArrivalWait() override;

  // Makes it the one that the reader wakes.
  void Begin();

  using Suspension::await_suspend;
  using Suspension::Prefetch;
  // What arrived is in the buffer, or `status` says why nothing will.
  using Suspension::Wake;
  // Takes it off the reader's list, and wakes it.
  void OnReaderDestroyed();

 private:
  bool OnWake(absl::Status status) override;

  // Small, because every idle connection has one. Its reader is that of the
  // operation.
  ReadOperation& operation_;
  const Continuation continuation_;
  ArrivalWait* next_;
};

}  // namespace internal

// Base of what the reading calls of StreamReader return. Use it as it is:
// `co_await reader->ReadLine()`. Nothing happens before the await, until which
// the reader must live. What the buffer can answer is answered at once: without
// a coroutine frame, a turn of the loop, or an allocation other than the
// result's.
//
// Theory of operation: await_ready() tells whether there is a result already,
// which is the first bytes of the buffer, or an error. It is inline for the
// case that there is (see the end of reader.h), and branches to functions of
// their own for all that is rare; what it takes to wait is made only then.
// await_resume() takes the bytes, so that they are copied once, to where the
// caller wants them.
class ReadOperation {
 public:
  // Only before it is awaited.
  ReadOperation(ReadOperation&& other) noexcept : reader_(other.reader_) {}
  ReadOperation& operator=(ReadOperation&&) = delete;

  template <class Handle>
  void await_suspend(Handle handle) {
    wait_->await_suspend(handle);
  }
  ABSL_ATTRIBUTE_ALWAYS_INLINE absl::StatusOr<std::string> await_resume();

 protected:
  enum class Progress : bool { kWaiting, kDone };

  explicit ReadOperation(StreamReader& reader) : reader_(&reader) {}
  // Not virtual: nobody owns one by its base.
  ~ReadOperation() {
    if (wait_ != nullptr) wait_->~ArrivalWait();
  }

  StreamReader& reader() const { return *reader_; }

  // For await_ready(): succeeds with the bytes up to and with the first `end`,
  // or makes them position() if there is a reason not to.
  bool SucceedWithByte(char end);

  // The reader's error, if it has one, is the result of every call.
  bool FailWithReaderError();

  // The ways in which an Operation::Continue() ends, which tries to complete
  // the operation, at first and whenever something has arrived.

  // With the first `count` bytes of the buffer.
  Progress SucceedWith(size_t count) {
    position_ = count;
    return Progress::kDone;
  }
  Progress Fail(absl::Status error);
  // Parks until something arrives. `caller` is asyncio's name of the function.
  template <class Operation>
  Progress Wait(const char* caller) {
    return Wait(caller, [](ReadOperation& operation) {
      return static_cast<Operation&>(operation).Continue() == Progress::kDone;
    });
  }

  // The same for who is content with whatever has arrived then.
  Progress WaitOnce(const char* caller) { return Wait(caller, nullptr); }

  // Until there is a result: how many bytes of the buffer have been looked at,
  // and need not be again.
  size_t position() const { return position_; }
  void set_position(size_t position) { position_ = position; }

  // As await_resume(), for ReadInto: inline again.
  ABSL_ATTRIBUTE_ALWAYS_INLINE absl::Status TakeInto(std::string& target);

  // For await_resume().
  bool has_failed() const { return !error_.ok(); }
  absl::Status TakeError() { return std::move(error_); }
  size_t taken() const { return position_; }

 private:
  friend class internal::ArrivalWait;

  Progress Wait(const char* caller,
                internal::ArrivalWait::Continuation continuation);
  Progress FailBehindAnother(const char* caller);
  // When they came as a string, or the transport is paused.
  absl::StatusOr<std::string> TakeSlowly();
  // Its error is TakeError().
  void TakeSlowlyInto(std::string& target);

  StreamReader* reader_;  // Null once it was destroyed while this waited.
  size_t position_ = 0;
  absl::Status error_;
  // Since the first Wait(), in wait_storage_. Not an std::optional, for its
  // destructor takes its own address: of one that Into() has moved from,
  // nothing is left in the caller's frame, because nothing takes its address.
  internal::ArrivalWait* wait_ = nullptr;
  union {
    internal::ArrivalWait wait_storage_;
  };
};

// See StreamReader::Read().
class [[nodiscard]] ReadBytes final : public ReadOperation {
 public:
  ReadBytes(StreamReader& reader, int64_t count)
      : ReadOperation(reader), count_(count) {}

  ReadInto<ReadBytes> Into(std::string& target) && {
    return ReadInto<ReadBytes>(std::move(*this), target);
  }

  bool await_ready();
  absl::StatusOr<std::string> await_resume();

 private:
  friend class ReadInto<ReadBytes>;
  friend class ReadOperation;

  bool Start();
  // Of Read(-1), up to EOF.
  Progress Continue();
  // The result is what there is when it is taken: nothing, if somebody else has
  // taken what arrived, as in asyncio.
  void ChooseBytes();
  absl::Status TakeInto(std::string& target);
  absl::StatusOr<std::string> TakeJoined();
  void TakeJoinedInto(std::string& target);

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
  friend class ReadOperation;

  bool Start();
  Progress Continue();
};

// See StreamReader::ReadExactly().
class [[nodiscard]] ReadExactBytes final : public ReadOperation {
 public:
  ReadExactBytes(StreamReader& reader, int64_t count)
      : ReadOperation(reader), count_(count) {}

  ReadInto<ReadExactBytes> Into(std::string& target) && {
    return ReadInto<ReadExactBytes>(std::move(*this), target);
  }

  bool await_ready();
  absl::StatusOr<std::string> await_resume();

 private:
  friend class ReadInto<ReadExactBytes>;
  friend class ReadOperation;

  bool Start();
  Progress Continue();
  absl::Status TakeInto(std::string& target);
  absl::StatusOr<std::string> TakeNothing();

  int64_t count_;
};

// See StreamReader::ReadUntil().
class [[nodiscard]] ReadUntilSeparator final : public ReadOperation {
 public:
  ReadUntilSeparator(StreamReader& reader, const Separators& separators)
      : ReadOperation(reader), separators_(separators) {}
  ReadUntilSeparator(StreamReader& reader, absl::string_view separator)
      : ReadOperation(reader), separators_(separator) {}
  ReadUntilSeparator(StreamReader& reader,
                     std::initializer_list<absl::string_view> separators)
      : ReadOperation(reader), separators_(separators) {}

  ReadInto<ReadUntilSeparator> Into(std::string& target) && {
    return ReadInto<ReadUntilSeparator>(std::move(*this), target);
  }

  bool await_ready();

 private:
  friend class ReadInto<ReadUntilSeparator>;
  friend class ReadOperation;

  bool Start();
  Progress Continue();

  // No separator begins in front of position().
  Separators separators_;
};

// What ReadLine() and ReadLineView() have in common.
class LineOperation : public ReadOperation {
 public:
  bool await_ready();

 protected:
  explicit LineOperation(StreamReader& reader) : ReadOperation(reader) {}
  LineOperation(LineOperation&&) noexcept = default;
  ~LineOperation() = default;

 private:
  friend class ReadOperation;

  bool Start();
  // No newline is in front of position().
  Progress Continue();
  Progress OnOverrun(const char* message, size_t consumed);
};

// See StreamReader::ReadLine().
class [[nodiscard]] ReadLineOfBytes final : public LineOperation {
 public:
  explicit ReadLineOfBytes(StreamReader& reader) : LineOperation(reader) {}

  ReadInto<ReadLineOfBytes> Into(std::string& target) && {
    return ReadInto<ReadLineOfBytes>(std::move(*this), target);
  }

 private:
  friend class ReadInto<ReadLineOfBytes>;
};

// See StreamReader::ReadLineView().
class [[nodiscard]] ReadLineInPlace final : public LineOperation {
 public:
  explicit ReadLineInPlace(StreamReader& reader) : LineOperation(reader) {}

  absl::StatusOr<absl::string_view> await_resume();
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
