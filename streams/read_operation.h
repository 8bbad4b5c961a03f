// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READ_OPERATION_H_
#define STREAMS_READ_OPERATION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/coro/completion.h"
#include "streams/coro/suspension.h"
#include "streams/reader_observer.h"

namespace streams {

class StreamReader;

// Base of what the reading calls of StreamReader return. Use it as it is:
// `co_await reader->ReadLine()`. Nothing happens before the await, until which
// the reader must live. What the buffer can answer is answered at once: without
// a coroutine frame, a turn of the loop, or an allocation other than the
// result's.
class ReadOperation : private Suspension, private internal::ReaderObserver {
 public:
  // Only before it is awaited.
  ReadOperation(ReadOperation&& other) noexcept
      : Suspension(std::move(other)), reader_(other.reader_) {}
  ReadOperation& operator=(ReadOperation&&) = delete;
  ~ReadOperation() override;

  using Suspension::await_suspend;
  bool await_ready() { return Start() == Progress::kDone; }
  absl::StatusOr<std::string> await_resume() { return std::move(result_); }

 protected:
  enum class Progress { kDone, kWaiting };

  explicit ReadOperation(StreamReader& reader) : reader_(&reader) {}

  StreamReader& reader() { return *reader_; }

  // Makes the checks that come first, then tries to complete.
  virtual Progress Start() = 0;
  // Tries again after something has arrived.
  virtual Progress Continue() = 0;

  // The ways in which Start() and Continue() end.
  Progress Succeed(std::string bytes);
  // With the first `count` bytes of the buffer.
  Progress SucceedWith(size_t count);
  Progress Fail(absl::Status error);
  // Parks until something arrives. `caller` is asyncio's name of the function.
  Progress Wait(const char* caller);

 private:
  bool OnWake(absl::Status status) override;
  void OnReaderDestroyed(const StreamReader& reader) override;

  StreamReader* reader_;
  std::optional<Completion> arrival_;  // Since the first Wait().
  absl::StatusOr<std::string> result_;
};

// See StreamReader::Read().
class [[nodiscard]] ReadBytes final : public ReadOperation {
 public:
  ReadBytes(StreamReader& reader, int64_t count)
      : ReadOperation(reader), count_(count) {}

 private:
  Progress Start() override;
  Progress Continue() override;
  Progress ContinueToEof();

  int64_t count_;
  std::string joined_;  // What was read until now, if `count_` is negative.
};

// See StreamReader::ReadExactly().
class [[nodiscard]] ReadExactBytes final : public ReadOperation {
 public:
  ReadExactBytes(StreamReader& reader, int64_t count)
      : ReadOperation(reader), count_(count) {}

 private:
  Progress Start() override;
  Progress Continue() override;

  int64_t count_;
};

// See StreamReader::ReadUntil().
class [[nodiscard]] ReadUntilSeparator : public ReadOperation {
 public:
  ReadUntilSeparator(StreamReader& reader, std::string separator);
  ReadUntilSeparator(StreamReader& reader, std::vector<std::string> separators);

 protected:
  Progress Start() override;
  Progress Continue() override;

  virtual Progress OnIncomplete();
  virtual Progress OnOverrun(const char* message, size_t consumed);

 private:
  // Sorted by length when it has started.
  absl::InlinedVector<std::string, 1> separators_;
  // No separator begins in front of it.
  size_t offset_ = 0;
};

// See StreamReader::ReadLine().
class [[nodiscard]] ReadLineOfBytes : public ReadUntilSeparator {
 public:
  explicit ReadLineOfBytes(StreamReader& reader)
      : ReadUntilSeparator(reader, std::string(1, '\n')) {}

 protected:
  Progress OnIncomplete() override;
  Progress OnOverrun(const char* message, size_t consumed) override;
};

// See StreamReader::Next().
class [[nodiscard]] NextLineOfBytes final : private ReadLineOfBytes {
 public:
  using ReadLineOfBytes::await_ready;
  using ReadLineOfBytes::await_suspend;
  using ReadLineOfBytes::ReadLineOfBytes;

  absl::StatusOr<std::optional<std::string>> await_resume();
};

}  // namespace streams

#endif  // STREAMS_READ_OPERATION_H_
