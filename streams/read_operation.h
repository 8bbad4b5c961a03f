// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READ_OPERATION_H_
#define STREAMS_READ_OPERATION_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "streams/coro/suspension.h"
#include "streams/read_awaiter.h"
#include "streams/read_into.h"
#include "streams/separators.h"

namespace streams {

class ReadOperation;
class StreamReader;

namespace internal {

// What a reading call keeps in mind that can't be answered at once: how far it
// has come, and where its task is parked that waits for bytes to arrive. The
// reader may go first: it knows all that wait. [StreamReader._waiter]
class ArrivalWait : private Suspension {
 public:
  explicit ArrivalWait(ReadOperation& operation) : operation_(operation) {}
  ArrivalWait(const ArrivalWait&) = delete;
  ArrivalWait& operator=(const ArrivalWait&) = delete;
  ~ArrivalWait() override;

  // Until there is a result: how many bytes of the buffer have been looked at,
  // and need not be again. Then: how many are the result.
  size_t position() const { return position_; }
  void set_position(size_t position) { position_ = position; }

  // What it has failed with. While it waits, that is why it is woken.
  const absl::Status& error() const { return status(); }
  void set_error(absl::Status error) { set_status(std::move(error)); }
  absl::Status TakeError() { return TakeStatus(); }

  // Makes it the one that the reader wakes.
  void Begin();

  using Suspension::await_suspend;
  using Suspension::Prefetch;
  // What arrived is in the buffer, or `status` says why nothing will.
  using Suspension::Wake;
  // Takes it off the reader's list, and wakes it.
  void OnReaderDestroyed();

 protected:
  ReadOperation& operation() const { return operation_; }

  // The operation has a result now, whatever arrived.
  bool OnWake(absl::Status status) override;
  void NoteWake(absl::Status status);

 private:
  void LeaveReader();

  // Small, because every idle connection has one. Its reader is that of the
  // operation.
  ReadOperation& operation_;
  size_t position_ = 0;
  ArrivalWait* next_ = this;  // Itself: the reader doesn't know it.
};

}  // namespace internal

// Base of what the reading calls of StreamReader return. Use it as it is:
// `co_await reader->ReadLine()`. Nothing happens before the await, until which
// the reader must live. What the buffer can answer is answered at once: without
// a coroutine frame, a turn of the loop, or an allocation other than the
// result's.
//
// Theory of operation: as a rule the result is the first bytes of the buffer.
// CountAtOnce() tells how many, if they are there already; it is inline (see
// the end of reader.h), and so is taking them, which copies once, to where the
// caller wants them. For all else there is Start(), a function of its own,
// before which a call has no state. See ReadAwaiter.
class ReadOperation {
 public:
  // Only before it is awaited.
  ReadOperation(ReadOperation&& other) noexcept : reader_(other.reader_) {}
  ReadOperation& operator=(ReadOperation&&) = delete;

 protected:
  enum class Progress : bool { kWaiting, kDone };

  explicit ReadOperation(StreamReader& reader) : reader_(&reader) {}
  // Not virtual: nobody owns one by its base.
  ~ReadOperation() = default;

  StreamReader& reader() const { return *reader_; }

  // Of what ReadAwaiter asks for, what calls have in common.

  // Up to and with the first `end`.
  ABSL_ATTRIBUTE_ALWAYS_INLINE size_t CountAtOnceWithByte(char end) const;
  template <class Handle>
  void Suspend(Handle handle) {
    wait().await_suspend(handle);
  }
  void End() {
    // A WaitOf has nothing of its own to destroy.
    wait().ArrivalWait::~ArrivalWait();
  }
  size_t Count() const;
  ABSL_ATTRIBUTE_ALWAYS_INLINE absl::StatusOr<std::string> TakeBytes(
      size_t count);
  // The same for ReadInto.
  ABSL_ATTRIBUTE_ALWAYS_INLINE void TakeBytesInto(std::string& target,
                                                  size_t count);
  absl::Status TakeResultInto(std::string& target);
  // Its TakeResult(), where it has that.
  template <class Operation>
  ABSL_ATTRIBUTE_NOINLINE static absl::StatusOr<std::string> TakeResultOf(
      Operation& operation) {
    std::string result;
    absl::Status status = operation.TakeResultInto(result);
    if (!status.ok()) return status;
    return result;
  }

  // What Start() begins with. False if the reader has an error, which is the
  // result of every call.
  template <class Operation>
  bool Begin();
  // The same for who is content with whatever has arrived when it has waited.
  bool BeginOnce();

  // The ways in which an Operation::Continue() ends, which tries to complete
  // the operation, after Begin() and whenever something has arrived.

  // With the first `count` bytes of the buffer.
  Progress SucceedWith(size_t count) {
    wait().set_position(count);
    return Progress::kDone;
  }
  Progress Fail(absl::Status error);
  // Parks until something arrives. `caller` is asyncio's name of the function.
  Progress Wait(const char* caller);

  // See ArrivalWait.
  size_t position() const { return wait().position(); }
  void set_position(size_t position) { wait().set_position(position); }

  // When it is done.
  bool has_failed() const { return !wait().error().ok(); }
  absl::Status TakeError() { return wait().TakeError(); }

  // Nothing has to be done besides taking bytes.
  bool IsWayFree() const;

 private:
  friend class internal::ArrivalWait;

  template <class Operation>
  class WaitOf;

  bool NoteReaderError();
  Progress FailBehindAnother(const char* caller);

  // From Begin() to End(): an ArrivalWait, or a WaitOf.
  internal::ArrivalWait& wait() {
    return *std::launder(
        reinterpret_cast<internal::ArrivalWait*>(wait_storage_));
  }
  const internal::ArrivalWait& wait() const {
    return const_cast<ReadOperation*>(this)->wait();
  }

  StreamReader* reader_;  // Null once it was destroyed while this waited.
  // No std::optional, which would have to know whether there is one: who awaits
  // knows, and of a call that was answered at once nothing is left to destroy.
  alignas(internal::ArrivalWait) std::byte
      wait_storage_[sizeof(internal::ArrivalWait)];
};

// See StreamReader::Read().
class [[nodiscard]] ReadBytes final : public ReadOperation {
 public:
  ReadBytes(StreamReader& reader, int64_t count)
      : ReadOperation(reader), count_(count) {}

  ReadInto<ReadBytes> Into(std::string& target) && {
    return ReadInto<ReadBytes>(std::move(*this), target);
  }

  auto operator co_await() { return internal::ReadAwaiter(*this); }

 private:
  friend class internal::ReadAwaiter<ReadBytes>;
  friend class ReadInto<ReadBytes>;
  friend class ReadOperation;

  size_t CountAtOnce() const;
  bool Start();
  // Of Read(-1), up to EOF.
  Progress Continue();
  // The result is what there is when it is taken: nothing, if somebody else has
  // taken what arrived, as in asyncio.
  size_t Count() const;
  absl::StatusOr<std::string> TakeResult() { return TakeResultOf(*this); }
  absl::Status TakeResultInto(std::string& target);

  void End() {
    delete joined_;
    ReadOperation::End();
  }

  int64_t count_;
  // What Read(-1) has read until now, if that is anything; its own. No
  // unique_ptr: as wait_storage_, it ends by End().
  std::string* joined_ = nullptr;
};

// See StreamReader::Peek().
class [[nodiscard]] PeekBytes final : public ReadOperation {
 public:
  explicit PeekBytes(StreamReader& reader) : ReadOperation(reader) {}

  auto operator co_await() { return internal::ReadAwaiter(*this); }

 private:
  friend class internal::ReadAwaiter<PeekBytes>;
  friend class ReadOperation;

  size_t CountAtOnce() const;
  bool Start();
  Progress Continue();
  size_t Count() const;
  absl::StatusOr<absl::string_view> TakeBytes(size_t count);
  absl::StatusOr<absl::string_view> TakeResult();
};

// See StreamReader::ReadExactly().
class [[nodiscard]] ReadExactBytes final : public ReadOperation {
 public:
  ReadExactBytes(StreamReader& reader, int64_t count)
      : ReadOperation(reader), count_(count) {}

  ReadInto<ReadExactBytes> Into(std::string& target) && {
    return ReadInto<ReadExactBytes>(std::move(*this), target);
  }

  auto operator co_await() { return internal::ReadAwaiter(*this); }

 private:
  friend class internal::ReadAwaiter<ReadExactBytes>;
  friend class ReadInto<ReadExactBytes>;
  friend class ReadOperation;

  size_t CountAtOnce() const;
  bool Start();
  Progress Continue();
  absl::StatusOr<std::string> TakeResult() { return TakeResultOf(*this); }
  absl::Status TakeResultInto(std::string& target);

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

  auto operator co_await() { return internal::ReadAwaiter(*this); }

 private:
  friend class internal::ReadAwaiter<ReadUntilSeparator>;
  friend class ReadInto<ReadUntilSeparator>;
  friend class ReadOperation;

  size_t CountAtOnce() const;
  size_t CountAtOnceWithSeparators() const;
  bool Start();
  Progress Continue();
  absl::StatusOr<std::string> TakeResult() { return TakeResultOf(*this); }

  // No separator begins in front of position().
  Separators separators_;
};

// What ReadLine() and ReadLineView() have in common.
class LineOperation : public ReadOperation {
 protected:
  explicit LineOperation(StreamReader& reader) : ReadOperation(reader) {}
  LineOperation(LineOperation&&) noexcept = default;
  ~LineOperation() = default;

  ABSL_ATTRIBUTE_ALWAYS_INLINE size_t CountAtOnce() const;
  bool Start();

 private:
  friend class ReadOperation;

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

  auto operator co_await() { return internal::ReadAwaiter(*this); }

 private:
  friend class internal::ReadAwaiter<ReadLineOfBytes>;
  friend class ReadInto<ReadLineOfBytes>;
  friend class NextLineOfBytes;

  absl::StatusOr<std::string> TakeResult() { return TakeResultOf(*this); }
};

// See StreamReader::ReadLineView().
class [[nodiscard]] ReadLineInPlace final : public LineOperation {
 public:
  explicit ReadLineInPlace(StreamReader& reader) : LineOperation(reader) {}

  auto operator co_await() { return internal::ReadAwaiter(*this); }

 private:
  friend class internal::ReadAwaiter<ReadLineInPlace>;

  absl::StatusOr<absl::string_view> TakeBytes(size_t count);
  absl::StatusOr<absl::string_view> TakeResult();
};

// See StreamReader::Next().
class [[nodiscard]] NextLineOfBytes final {
 public:
  explicit NextLineOfBytes(StreamReader& reader) : line_(reader) {}

  auto operator co_await() { return internal::ReadAwaiter(*this); }

 private:
  friend class internal::ReadAwaiter<NextLineOfBytes>;

  size_t CountAtOnce() const { return line_.CountAtOnce(); }
  bool Start() { return line_.Start(); }
  template <class Handle>
  void Suspend(Handle handle) {
    line_.Suspend(handle);
  }
  void End() { line_.End(); }
  size_t Count() const { return line_.Count(); }
  absl::StatusOr<std::optional<std::string>> TakeBytes(size_t count);
  absl::StatusOr<std::optional<std::string>> TakeResult();

  ReadLineOfBytes line_;
};

}  // namespace streams

#endif  // STREAMS_READ_OPERATION_H_
