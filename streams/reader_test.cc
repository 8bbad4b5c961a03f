// SPDX-License-Identifier: Apache-2.0

#include "streams/reader.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/coro/cancelled.h"
#include "streams/coro/free_lists.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/os/error.h"
#include "streams/reader_fixture.h"
#include "streams/separators.h"
#include "streams/transport/io_block.h"

namespace streams {
namespace {

using Bytes = absl::StatusOr<std::string>;

using StreamReaderTest = ReaderFixture;

void ExpectError(const absl::Status& status, ErrorKind kind) {
  EXPECT_EQ(GetErrorKind(status), kind) << status;
}

TEST_F(StreamReaderTest, RefusesALimitThatIsNotPositive) {
  ExpectError(StreamReader::Create(loop_, 0).status(), ErrorKind::kValue);
  ExpectError(StreamReader::Create(loop_, -1).status(), ErrorKind::kValue);
  EXPECT_EQ(StreamReader(loop_).limit(), 65536u);
}

TEST_F(StreamReaderTest, ReadGivesWhatIsThere) {
  Feed("abcde");
  EXPECT_EQ(Now(reader_->Read(2)).value(), "ab");
  EXPECT_EQ(Now(reader_->Read(100)).value(), "cde");
  EXPECT_EQ(Now(reader_->Read(0)).value(), "");
}

TEST_F(StreamReaderTest, ReadWaitsForTheFirstByte) {
  auto read = Start(reader_->Read(10));
  EXPECT_FALSE(read.done());
  Feed("a");
  EXPECT_FALSE(
      read.done());  // It is woken in the next turn, with all there is.
  Feed("b");
  Settle();
  EXPECT_EQ(read.TakeResult().value(), "ab");
}

TEST_F(StreamReaderTest, PeekWaitsAndConsumesNothing) {
  auto peek = Start(reader_->Peek());
  EXPECT_FALSE(peek.done());
  Feed("ab");
  Settle();
  EXPECT_EQ(peek.TakeResult().value(), "ab");
  Feed("c");
  EXPECT_EQ(Now(reader_->Peek()).value(), "abc");
  ASSERT_TRUE(reader_->Consume(2).ok());
  EXPECT_EQ(Now(reader_->Read(10)).value(), "c");
  reader_->FeedEof();
  EXPECT_EQ(Now(reader_->Peek()).value(), "");
}

TEST_F(StreamReaderTest, PeekFailsAsReadDoes) {
  auto peek = Start(reader_->Peek());
  ExpectError(Now(reader_->Peek()).status(), ErrorKind::kRuntime);
  reader_->SetError(MakeError(ErrorKind::kValue, "broken"));
  Settle();
  ExpectError(peek.TakeResult().status(), ErrorKind::kValue);
  ExpectError(Now(reader_->Peek()).status(), ErrorKind::kValue);
}

TEST_F(StreamReaderTest, ABlockIsReadAsOtherBytesAre) {
  auto read = Start(reader_->Read(60'000));
  ASSERT_TRUE(reader_->FeedBlock(std::string(100'000, 'x')).ok());
  Settle();
  EXPECT_EQ(read.TakeResult().value(), std::string(60'000, 'x'));
  Feed("\n");
  EXPECT_EQ(Now(reader_->ReadLine()).value(), std::string(40'000, 'x') + "\n");
  reader_->FeedEof();
  ExpectError(reader_->FeedBlock("y"), ErrorKind::kAssertion);
}

TEST_F(StreamReaderTest, ReadGivesNothingAtEof) {
  reader_->FeedEof();
  EXPECT_EQ(Now(reader_->Read(10)).value(), "");
  EXPECT_EQ(Now(reader_->Read()).value(), "");
  EXPECT_TRUE(reader_->AtEof());
}

TEST_F(StreamReaderTest, ReadToEofGathersEverything) {
  SetLimit(2);
  auto read = Start(reader_->Read(-1));
  Feed("abcde");
  Settle();
  EXPECT_FALSE(read.done());
  EXPECT_EQ(reader_->buffered(), "");
  Feed("f");
  reader_->FeedEof();
  Settle();
  EXPECT_EQ(read.TakeResult().value(), "abcdef");
}

TEST_F(StreamReaderTest, ReadToEofThatIsDroppedLosesWhatItHasGathered) {
  SetLimit(2);
  {
    auto read = Start(reader_->Read(-1));
    Feed("abcde");
    Settle();
    EXPECT_FALSE(read.done());
  }
  Feed("f");
  reader_->FeedEof();
  EXPECT_EQ(Now(reader_->Read(-1)).value(), "f");
}

TEST_F(StreamReaderTest, NothingHappensBeforeTheAwait) {
  Feed("abc");
  auto operation = reader_->Read(10);
  EXPECT_EQ(reader_->buffered(), "abc");
  EXPECT_EQ(Now(std::move(operation)).value(), "abc");
}

TEST_F(StreamReaderTest, ReadExactlyWaitsForAll) {
  auto read = Start(reader_->ReadExactly(4));
  Feed("abc");
  Settle();
  EXPECT_FALSE(read.done());
  Feed("de");
  Settle();
  EXPECT_EQ(read.TakeResult().value(), "abcd");
  EXPECT_EQ(reader_->buffered(), "e");
}

TEST_F(StreamReaderTest, ReadExactlyFailsAtEofWithWhatThereIs) {
  Feed("abc");
  reader_->FeedEof();
  const absl::Status error = Now(reader_->ReadExactly(4)).status();
  ExpectError(error, ErrorKind::kIncompleteRead);
  EXPECT_EQ(GetIncompleteRead(error)->partial, "abc");
  EXPECT_EQ(GetIncompleteRead(error)->expected, 4);
  EXPECT_TRUE(reader_->AtEof());
}

TEST_F(StreamReaderTest, ReadExactlyRefusesANegativeCount) {
  ExpectError(Now(reader_->ReadExactly(-1)).status(), ErrorKind::kValue);
  EXPECT_EQ(Now(reader_->ReadExactly(0)).value(), "");
}

TEST_F(StreamReaderTest, ReadLineKeepsTheNewline) {
  Feed("one\ntwo");
  EXPECT_EQ(Now(reader_->ReadLine()).value(), "one\n");
  reader_->FeedEof();
  EXPECT_EQ(Now(reader_->ReadLine()).value(), "two");
  EXPECT_EQ(Now(reader_->ReadLine()).value(), "");
}

TEST_F(StreamReaderTest, ALineThatIsTooLongIsDropped) {
  SetLimit(3);
  Feed("abcd\nef\n");
  ExpectError(Now(reader_->ReadLine()).status(), ErrorKind::kValue);
  EXPECT_EQ(Now(reader_->ReadLine()).value(), "ef\n");
}

TEST_F(StreamReaderTest, ALineThatIsTooLongAndHasNoEndDropsEverything) {
  SetLimit(3);
  Feed("abcd");
  ExpectError(Now(reader_->ReadLine()).status(), ErrorKind::kValue);
  EXPECT_EQ(reader_->buffered(), "");
}

TEST_F(StreamReaderTest, ALineViewIsTheLineWhereItLies) {
  Feed("one\ntwo\nthr");
  const char* const data = reader_->buffered().data();
  const absl::string_view one = Now(reader_->ReadLineView()).value();
  EXPECT_EQ(one, "one\n");
  EXPECT_EQ(one.data(), data);
  EXPECT_EQ(reader_->buffered(), "two\nthr");
  EXPECT_EQ(Now(reader_->ReadLineView()).value(), "two\n");
  auto third = Start(reader_->ReadLineView());
  EXPECT_FALSE(third.done());
  Feed("ee\n");
  Settle();
  EXPECT_EQ(third.TakeResult().value(), "three\n");
  EXPECT_EQ(reader_->buffered(), "");
}

// The last line of the buffer is a view of it as the others are, until somebody
// feeds or waits.
TEST_F(StreamReaderTest, ALineViewOutlivesTheBuffersEnd) {
  const std::string line(1000, 'x');
  Feed(line + "\n");
  const absl::string_view view = Now(reader_->ReadLineView()).value();
  EXPECT_TRUE(reader_->buffered().empty());
  EXPECT_EQ(view, line + "\n");
  Feed("next\n");
  EXPECT_EQ(Now(reader_->ReadLine()).value(), "next\n");
  const int64_t free_bytes = internal::IoBlock::FreeBytes();
  Feed("a\n");
  EXPECT_EQ(Now(reader_->ReadLineView()).value(), "a\n");
  auto waits = Start(reader_->ReadLineView());
  if (internal::kKeepsFreedBlocks) {
    EXPECT_EQ(internal::IoBlock::FreeBytes(), free_bytes);
  }
  Feed("b\n");
  Settle();
  EXPECT_EQ(waits.TakeResult().value(), "b\n");
}

TEST_F(StreamReaderTest, ALineViewOfABlockIsTakenFromIt) {
  ASSERT_TRUE(reader_->FeedBlock(std::string(5'000, 'x') + "\n").ok());
  EXPECT_EQ(Now(reader_->ReadLineView()).value().size(), 5'001u);
  ASSERT_TRUE(reader_->FeedBlock("two\n").ok());
  EXPECT_EQ(Now(reader_->ReadLine()).value(), "two\n");
}

TEST_F(StreamReaderTest, ALineViewEndsAsALineDoes) {
  SetLimit(3);
  Feed("abcd\nef");
  ExpectError(Now(reader_->ReadLineView()).status(), ErrorKind::kValue);
  reader_->FeedEof();
  EXPECT_EQ(Now(reader_->ReadLineView()).value(), "ef");
  EXPECT_EQ(Now(reader_->ReadLineView()).value(), "");
  reader_->SetError(MakeError(ErrorKind::kConnectionReset, "gone"));
  ExpectError(Now(reader_->ReadLineView()).status(),
              ErrorKind::kConnectionReset);
}

TEST_F(StreamReaderTest, NextEndsAtEof) {
  Feed("one\n\ntwo");
  reader_->FeedEof();
  std::vector<std::string> lines;
  for (;;) {
    std::optional<std::string> line = Now(reader_->Next()).value();
    if (!line.has_value()) break;
    lines.push_back(*line);
  }
  EXPECT_THAT(lines, testing::ElementsAre("one\n", "\n", "two"));
}

TEST_F(StreamReaderTest, ReadUntilLeavesTheBufferOnAnOverrun) {
  SetLimit(4);
  Feed("abcdef\n");
  const absl::Status found = Now(reader_->ReadUntil("\n")).status();
  ExpectError(found, ErrorKind::kLimitOverrun);
  EXPECT_EQ(GetLimitOverrun(found)->consumed, 6u);
  const absl::Status missing = Now(reader_->ReadUntil("--")).status();
  ExpectError(missing, ErrorKind::kLimitOverrun);
  EXPECT_EQ(GetLimitOverrun(missing)->consumed, 6u);
  EXPECT_EQ(reader_->buffered(), "abcdef\n");
}

TEST_F(StreamReaderTest, TheLimitDoesNotCountTheSeparator) {
  SetLimit(4);
  Feed("abcd\r\n");
  EXPECT_EQ(Now(reader_->ReadUntil("\r\n")).value(), "abcd\r\n");
}

TEST_F(StreamReaderTest, ReadUntilFailsAtEofWithWhatThereIs) {
  Feed("abc\r");
  reader_->FeedEof();
  const absl::Status error = Now(reader_->ReadUntil("\r\n")).status();
  EXPECT_EQ(GetIncompleteRead(error)->partial, "abc\r");
  EXPECT_EQ(GetIncompleteRead(error)->expected, std::nullopt);
  EXPECT_TRUE(reader_->AtEof());
}

TEST_F(StreamReaderTest, ReadUntilRefusesAnEmptySeparator) {
  ExpectError(Now(reader_->ReadUntil("")).status(), ErrorKind::kValue);
  ExpectError(Now(reader_->ReadUntil({"ab", ""})).status(), ErrorKind::kValue);
  ExpectError(Now(reader_->ReadUntil(std::vector<std::string>())).status(),
              ErrorKind::kValue);
}

TEST_F(StreamReaderTest, OfSeveralSeparatorsTheOneThatEndsFirstWins) {
  Feed("a;b\r\nc");
  EXPECT_EQ(Now(reader_->ReadUntil({"\r\n", ";"})).value(), "a;");
  const Separators separators = {"\r\n", ";"};
  EXPECT_EQ(Now(reader_->ReadUntil(separators)).value(), "b\r\n");
}

TEST_F(StreamReaderTest, ASecondReaderIsRefusedOnlyIfItWouldWait) {
  auto first = Start(reader_->Read(10));
  const absl::Status error = Now(reader_->ReadExactly(1)).status();
  ExpectError(error, ErrorKind::kRuntime);
  EXPECT_EQ(error.message(),
            "readexactly() called while another coroutine is already waiting "
            "for incoming data");
  EXPECT_EQ(Now(reader_->Read(0)).value(), "");
  Feed("a");
  Settle();
  EXPECT_EQ(first.TakeResult().value(), "a");
}

TEST_F(StreamReaderTest, CancellingLosesNothing) {
  auto read = Start(reader_->ReadExactly(10));
  Feed("abc");
  Settle();
  read.Cancel();
  Settle();
  EXPECT_TRUE(read.cancelled());
  EXPECT_EQ(Now(reader_->Read(10)).value(), "abc");
}

TEST_F(StreamReaderTest, CancellingAWokenReadLosesNothing) {
  auto read = Start(reader_->Read(10));
  Feed("abc");
  read.Cancel();
  Settle();
  EXPECT_TRUE(read.cancelled());
  EXPECT_EQ(reader_->buffered(), "abc");
}

TEST_F(StreamReaderTest, AnErrorWakesWhoWaitsAndStays) {
  auto read = Start(reader_->Read(10));
  EXPECT_TRUE(reader_->error().ok());
  reader_->SetError(MakeError(ErrorKind::kConnectionReset, "gone"));
  Settle();
  ExpectError(read.TakeResult().status(), ErrorKind::kConnectionReset);
  ExpectError(Now(reader_->ReadLine()).status(), ErrorKind::kConnectionReset);
  ExpectError(reader_->error(), ErrorKind::kConnectionReset);
}

TEST_F(StreamReaderTest, AnErrorHidesWhatIsBuffered) {
  Feed("abc");
  reader_->SetError(MakeError(ErrorKind::kConnectionReset, "gone"));
  ExpectError(Now(reader_->Read(1)).status(), ErrorKind::kConnectionReset);
  EXPECT_EQ(reader_->buffered(), "abc");
  ExpectError(Now(reader_->Peek()).status(), ErrorKind::kConnectionReset);
}

TEST_F(StreamReaderTest, NothingIsFedBehindEof) {
  reader_->FeedEof();
  const absl::Status error = reader_->FeedData("");
  ExpectError(error, ErrorKind::kAssertion);
  EXPECT_EQ(error.message(), "feed_data after feed_eof");
}

TEST_F(StreamReaderTest, ConsumeDropsWhatWasViewed) {
  Feed("abcdef");
  EXPECT_TRUE(reader_->Consume(2).ok());
  EXPECT_EQ(reader_->buffered(), "cdef");
  EXPECT_TRUE(reader_->Consume(100).ok());
  EXPECT_EQ(reader_->buffered(), "");
}

TEST_F(StreamReaderTest, AReaderMayGoBeforeWhoWaitsForIt) {
  auto read = Start(reader_->Read(10));
  reader_.reset();
  Settle();
  EXPECT_TRUE(read.cancelled());
}

TEST_F(StreamReaderTest, AReaderMayGoBeforeWhoWasWoken) {
  auto read = Start(reader_->Read(10));
  Feed("abc");
  reader_.reset();
  Settle();
  ExpectError(read.TakeResult().status(), ErrorKind::kCancelled);
}

TEST_F(StreamReaderTest, WhoWaitsMayGoFirst) {
  Start(reader_->Read(10)).Reset();
  Feed("abc");
  Settle();
  EXPECT_EQ(Now(reader_->Read(10)).value(), "abc");
}

}  // namespace
}  // namespace streams
