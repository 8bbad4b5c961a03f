// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READER_H_
#define STREAMS_READER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "streams/coro/frame_pool.h"
#include "streams/coro/ready_queue.h"
#include "streams/inline_bytes.h"
#include "streams/read_operation.h"
#include "streams/reader_observer.h"
#include "streams/receive_buffer.h"
#include "streams/separators.h"
#include "streams/transport/transport.h"

namespace streams {

// 64 KiB. asyncio: streams._DEFAULT_LIMIT.
inline constexpr size_t kDefaultLimit = 64 * 1024;

// The reading end of a stream: a buffer that a protocol feeds, and the calls
// that wait until it holds what they want.
//
// Loop and thread: only on the thread of the loop (an EventLoop is a
// ReadyQueue)
//   that it was made for, and which must outlive its use.
// Ownership: whoever holds the unique_ptr. Destroying a reader that somebody
//   waits for ends that wait as if it were cancelled. What arrives for a
//   destroyed reader is dropped.
// At EOF: Read() and ReadLine() give what is left, then empty strings;
//   ReadExactly() and ReadUntil() fail with kIncompleteRead, which carries (and
//   consumes) what was left.
// At an error (the connection broke, SetError()): whoever waits fails with it,
//   and so does every later call, even if there is data in the buffer; only
//   buffered() still shows that.
// Cancelled: the call ends with kCancelled. What it waited for stays in the
//   buffer, with one exception, which is asyncio's too: Read(-1) loses what it
//   has gathered.
// A second concurrent call, while the first one waits: kRuntime at once, unless
//   the buffer can answer it.
// Limits: `limit`, in bytes, bounds what ReadLine() and ReadUntil() return, the
//   separator not counted. Reading from the transport pauses when more than
//   twice the limit is buffered, and resumes when no more than the limit is.
//   Read() and ReadExactly() are not bounded: do not take their count from a
//   peer unchecked.
//
// asyncio: asyncio.StreamReader.
class StreamReader : public internal::PoolAllocated {
 public:
  // With the default limit.
  explicit StreamReader(ReadyQueue& loop) : queue_(loop) {}

  // kValue unless `limit` is positive.
  static absl::StatusOr<std::unique_ptr<StreamReader>> Create(ReadyQueue& loop,
                                                              int64_t limit);

  StreamReader(const StreamReader&) = delete;
  StreamReader& operator=(const StreamReader&) = delete;
  ~StreamReader();

  // The calls that give a string can put it into one of the caller's instead,
  // whose memory is used again: `co_await reader->ReadLine().Into(line)` gives
  // an absl::Status. See read_into.h.

  // Gives up to `count` bytes as soon as there is at least one, or an empty
  // string at EOF. A negative count: everything until EOF. As with every call
  // that gives a string, it may be the memory in which it was received, with a
  // capacity of up to four times its size. asyncio: read.
  ReadBytes Read(int64_t count = -1) { return ReadBytes(*this, count); }

  // A line with its "\n"; at EOF what is left of one, or an empty string.
  // kValue if the line is longer than the limit; then the line is dropped, or
  // the whole buffer if the line's end is not in it. asyncio: readline.
  ReadLineOfBytes ReadLine() { return ReadLineOfBytes(*this); }

  // Exactly `count` bytes. kIncompleteRead at EOF; kValue if `count` is
  // negative. asyncio: readexactly.
  ReadExactBytes ReadExactly(int64_t count) {
    return ReadExactBytes(*this, count);
  }

  // Everything up to and with `separator`. kLimitOverrun if that is longer than
  // the limit; then the buffer stays as it is, and GetLimitOverrun() tells how
  // much of it is known to be free of a separator. kValue if `separator` is
  // empty. asyncio: readuntil.
  ReadUntilSeparator ReadUntil(absl::string_view separator = "\n") {
    return ReadUntilSeparator(*this, separator);
  }

  // With several separators: the shortest possible result that ends with one of
  // them. kValue if there is none, or an empty one.
  ReadUntilSeparator ReadUntil(const Separators& separators) {
    return ReadUntilSeparator(*this, separators);
  }
  ReadUntilSeparator ReadUntil(
      std::initializer_list<absl::string_view> separators) {
    return ReadUntilSeparator(*this, separators);
  }

  // As ReadLine(), with nullopt at EOF, for a loop over the lines:
  //
  //   for (;;) {
  //     STREAMS_CO_ASSIGN_OR_RETURN(std::optional<std::string> line,
  //                                 co_await reader->Next());
  //     if (!line.has_value()) break;
  //
  // asyncio: async for line in reader.
  NextLineOfBytes Next() { return NextLineOfBytes(*this); }

  // True when the buffer is empty and EOF has come. asyncio: at_eof.
  bool AtEof() const { return eof_ && buffer_.empty(); }

  // The error that the stream has ended with, or OK. asyncio: exception.
  const absl::Status& error() const { return error_; }

  size_t limit() const { return limit_; }

  // The way without copies. Peek() waits as Read() does, and gives a view of
  // everything that is buffered, empty at EOF; buffered() gives it without
  // waiting. Nothing is consumed: Consume() drops the first `count` bytes of it
  // (all, if there are fewer), and lets the peer send more. A view is valid
  // until the next call of anything else, or turn of the loop. Who looks for
  // more than is there consumes what he can, and waits by one of the other
  // calls: a second Peek() gives the same again at once. Not in asyncio.
  //
  //   STREAMS_CO_ASSIGN_OR_RETURN(const absl::string_view bytes,
  //                               co_await reader->Peek());
  //   writer->Write(bytes);
  //   STREAMS_CO_RETURN_IF_ERROR(reader->Consume(bytes.size()));
  PeekBytes Peek() { return PeekBytes(*this); }
  absl::string_view buffered() const { return buffer_.view(); }
  absl::Status Consume(size_t count) {
    buffer_.Consume(std::min(count, buffer_.size()));
    return ResumeTransportIfDrained();
  }

  // As ReadLine(), without a copy: a view of the line where it lies, consumed
  // already. Valid as a view of buffered() is: until the next call of anything
  // that is not const, or turn of the loop. Empty at EOF. Not in asyncio.
  ReadLineInPlace ReadLineView() { return ReadLineInPlace(*this); }

  // For protocols, and for tests that feed a reader without a connection.

  // Appends bytes, and wakes who waits. kAssertion after FeedEof().
  // asyncio: feed_data.
  absl::Status FeedData(absl::string_view bytes);

  // The same for bytes that the reader may take as they are, in the end to
  // return them from a Read() that asks for all of them; if not, `bytes` is
  // left as it was.
  absl::Status FeedBlock(std::string&& bytes);

  // asyncio: feed_eof.
  void FeedEof();

  // Whoever waits, and every later call, fails with `error`. OK makes the
  // reader usable again, and wakes nobody. asyncio: set_exception.
  void SetError(absl::Status error);

  // The transport to pause and to resume; kAssertion if there is one already.
  // asyncio: set_transport.
  absl::Status SetTransport(std::shared_ptr<Transport> transport);

 private:
  friend class ReadOperation;
  friend class ReadBytes;
  friend class PeekBytes;
  friend class ReadExactBytes;
  friend class ReadUntilSeparator;
  friend class LineOperation;
  friend class ReadLineInPlace;
  friend class StreamReaderProtocol;
  friend class internal::ArrivalWait;
  friend class internal::ReaderObserver;

  StreamReader(ReadyQueue& loop, size_t limit) : queue_(loop), limit_(limit) {}

  // Pausing and resuming, it goes on with another one.
  // [StreamReader._replace_transport]
  void ReplaceTransport(std::shared_ptr<Transport> transport);

  // See Protocol::Prefetch().
  void Prefetch(int step) const;
  // What follows when bytes have been put to the buffer; and if they are more
  // than twice the limit.
  absl::Status OnFed();
  absl::Status OnOverfed();
  // FeedData() of no bytes, or after EOF.
  absl::Status FedNothing();
  // For who is going to wait, where something is in his way.
  absl::Status PrepareToWait();
  absl::Status ResumeTransport();
  absl::Status ResumeTransportIfDrained() {
    if (ABSL_PREDICT_TRUE(!is_paused_) || buffer_.size() > limit_) {
      return absl::OkStatus();
    }
    return ResumeTransport();
  }
  void Wake() {
    if (std::exchange(is_awaited_, false)) waits_->Wake();
  }

  ReadyQueue& queue_;
  size_t limit_ = kDefaultLimit;
  internal::ReceiveBuffer buffer_;
  // Who waits, or was woken and hasn't ended yet; the newest first.
  internal::ArrivalWait* waits_ = nullptr;
  internal::ReaderObserver* observers_ = nullptr;
  std::shared_ptr<Transport> transport_;
  absl::Status error_;
  bool eof_ = false;
  bool is_paused_ = false;
  bool is_awaited_ = false;  // The first of waits_ is to be woken.
};

// --- Reading calls that the buffer can answer; see ReadOperation ---

inline bool ReadOperation::IsWayFree() const {
  return ABSL_PREDICT_TRUE(reader_->error_.ok()) &&
         ABSL_PREDICT_TRUE(!reader_->is_paused_);
}

inline size_t ReadOperation::CountAtOnceWithByte(char end) const {
  const internal::ReceiveBuffer& buffer = reader_->buffer_;
  if (ABSL_PREDICT_FALSE(buffer.empty() || !IsWayFree())) return 0;
  const size_t count =
      internal::CountThrough(buffer.data(), buffer.size(), end);
  // Of none, more than any limit.
  const size_t length = count - 1;
  return ABSL_PREDICT_TRUE(length <= reader_->limit_) ? count : 0;
}

inline size_t ReadOperation::Count() const {
  return has_failed() || reader_->is_paused_ ? 0 : position();
}

inline absl::StatusOr<std::string> ReadOperation::TakeBytes(size_t count) {
  internal::ReceiveBuffer& buffer = reader_->buffer_;
  if (buffer.GivesString(count)) return buffer.Take(count);
  absl::StatusOr<std::string> result(absl::in_place, buffer.data(), count);
  buffer.Consume(count);
  return result;
}

inline void ReadOperation::TakeBytesInto(std::string& target, size_t count) {
  internal::ReceiveBuffer& buffer = reader_->buffer_;
  if (buffer.GivesString(count)) {
    buffer.TakeString(target, count);
  } else {
    buffer.CopyTo(target, count);
    buffer.Consume(count);
  }
}

inline size_t ReadBytes::CountAtOnce() const {
  if (count_ <= 0 || !IsWayFree()) return 0;
  const size_t size = reader().buffer_.size();
  return static_cast<uint64_t>(count_) < size ? static_cast<size_t>(count_)
                                              : size;
}

inline size_t ReadBytes::Count() const {
  return ABSL_PREDICT_FALSE(has_failed()) ? 0 : CountAtOnce();
}

inline size_t PeekBytes::CountAtOnce() const {
  return reader().error_.ok() ? reader().buffer_.size() : 0;
}

inline size_t PeekBytes::Count() const {
  return has_failed() ? 0 : reader().buffer_.size();
}

inline absl::StatusOr<absl::string_view> PeekBytes::TakeBytes(size_t count) {
  return absl::string_view(reader().buffer_.data(), count);
}

inline size_t ReadExactBytes::CountAtOnce() const {
  return count_ > 0 &&
                 static_cast<uint64_t>(count_) <= reader().buffer_.size() &&
                 IsWayFree()
             ? static_cast<size_t>(count_)
             : 0;
}

inline size_t ReadUntilSeparator::CountAtOnce() const {
  return separators_.is_byte() ? CountAtOnceWithByte(separators_.byte())
                               : CountAtOnceWithSeparators();
}

inline size_t LineOperation::CountAtOnce() const {
  return CountAtOnceWithByte('\n');
}

inline absl::StatusOr<absl::string_view> ReadLineInPlace::TakeBytes(
    size_t count) {
  internal::ReceiveBuffer& buffer = reader().buffer_;
  const absl::string_view line(buffer.data(), count);
  buffer.ConsumeInPlace(count);
  return line;
}

}  // namespace streams

#endif  // STREAMS_READER_H_
