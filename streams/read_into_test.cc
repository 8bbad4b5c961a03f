// SPDX-License-Identifier: Apache-2.0

#include "streams/read_into.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/coro/free_lists.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/os/error.h"
#include "streams/pausable_transport.h"
#include "streams/reader.h"
#include "streams/reader_fixture.h"
#include "streams/transport/string_pool.h"

namespace streams {
namespace {

constexpr absl::string_view kOld = "what was in the string before";

// Nothing of the operation that Into() is called on is kept beside.
static_assert(sizeof(ReadInto<ReadLineOfBytes>) ==
              sizeof(ReadLineOfBytes) + sizeof(std::string*));

class ReadIntoTest : public ReaderFixture {
 protected:
  std::string target_ = std::string(kOld);
};

// --- The string ---

TEST_F(ReadIntoTest, TheStringsMemoryIsUsedAgain) {
  target_.reserve(200);
  const char* const data = target_.data();
  for (const size_t size : {100u, 3u, 150u, 0u, 200u, 199u}) {
    Feed(std::string(size, 'x') + ";");
    ASSERT_TRUE(Now(reader_->ReadExactly(size).Into(target_)).ok());
    EXPECT_EQ(target_, std::string(size, 'x'));
    EXPECT_EQ(target_.c_str()[size], '\0');
    EXPECT_EQ(target_.data(), data);
    ASSERT_TRUE(Now(reader_->ReadUntil(";").Into(target_)).ok());
    EXPECT_EQ(target_, ";");
  }
  EXPECT_EQ(target_.data(), data);
}

TEST_F(ReadIntoTest, TheMemoryOfALargeStringIsLentWhileTheCallWaits) {
  target_.assign(100'000, 'x');
  const char* const data = target_.data();
  auto read = Start(reader_->ReadLine().Into(target_));
  EXPECT_EQ(target_, "");
  EXPECT_LT(target_.capacity(), 100u);
  if (internal::kKeepsFreedBlocks) {
    EXPECT_EQ(internal::StringPool::Take(65'536).data(), data);
  }
  Feed("a line\n");
  Settle();
  EXPECT_TRUE(read.TakeResult().ok());
  EXPECT_EQ(target_, "a line\n");
}

TEST_F(ReadIntoTest, OfManyConnectionsTheMemoryOfASmallStringIsLentToo) {
  if (!internal::kKeepsFreedBlocks) GTEST_SKIP() << "it is not kept for others";
  internal::StringPool::SetManyConnections(true);
  target_.assign(200, 'x');
  const char* const data = target_.data();
  auto read = Start(reader_->ReadLine().Into(target_));
  EXPECT_EQ(target_, "");
  std::string other = internal::StringPool::Take(128);
  EXPECT_EQ(other.data(), data);
  // It comes back the same way.
  internal::StringPool::Give(other);
  const std::string line = std::string(99, 'y') + "\n";
  Feed(line);
  Settle();
  EXPECT_TRUE(read.TakeResult().ok());
  EXPECT_EQ(target_, line);
  EXPECT_EQ(target_.data(), data);
  internal::StringPool::SetManyConnections(false);
}

TEST_F(ReadIntoTest, TheMemoryOfALargeStringStaysIfTheCallNeedNotWait) {
  target_.assign(100'000, 'x');
  const char* const data = target_.data();
  Feed("a line\n");
  ASSERT_TRUE(Now(reader_->ReadLine().Into(target_)).ok());
  EXPECT_EQ(target_, "a line\n");
  EXPECT_EQ(target_.data(), data);
}

TEST_F(ReadIntoTest, TheStringGrows) {
  Feed(std::string(1000, 'x') + "\n");
  ASSERT_TRUE(Now(reader_->ReadLine().Into(target_)).ok());
  EXPECT_EQ(target_, std::string(1000, 'x') + "\n");
}

TEST_F(ReadIntoTest, ABlockIsGivenAway) {
  std::string block(100'000, 'x');
  const char* const data = block.data();
  ASSERT_TRUE(reader_->FeedBlock(std::move(block)).ok());
  ASSERT_TRUE(Now(reader_->Read(60'000).Into(target_)).ok());
  EXPECT_EQ(target_, std::string(60'000, 'x'));
  EXPECT_EQ(target_.data(), data);
  ASSERT_TRUE(Now(reader_->ReadExactly(1'000).Into(target_)).ok());
  EXPECT_EQ(target_, std::string(1'000, 'x'));
  EXPECT_EQ(target_.data(), data);  // The smaller part is copied.
  EXPECT_EQ(reader_->buffered(), std::string(39'000, 'x'));
}

TEST_F(ReadIntoTest, OfABlockThatIsMostlyEmptyACopyIsGiven) {
  std::string block(300, 'x');
  block.reserve(1024);
  ASSERT_TRUE(reader_->FeedBlock(std::move(block)).ok());
  // More than the half, but less than a quarter of the memory.
  ASSERT_TRUE(Now(reader_->Read(200).Into(target_)).ok());
  EXPECT_EQ(target_, std::string(200, 'x'));
  EXPECT_LT(target_.capacity(), 1024u);
}

TEST_F(ReadIntoTest, From1KiBOnAStringIsLentWhileTheCallWaits) {
  for (const size_t size : {1023u, 1024u}) {
    target_ = std::string(size, 'x');
    auto read = Start(reader_->ReadLine().Into(target_));
    EXPECT_EQ(target_.empty(), size == 1024u);
    Feed("a line\n");
    Settle();
    EXPECT_TRUE(read.TakeResult().ok());
    EXPECT_EQ(target_, "a line\n");
  }
}

// --- Errors, cancellation and the end of things ---

TEST_F(ReadIntoTest, NothingHappensBeforeTheAwait) {
  Feed("abc");
  auto operation = reader_->Read(10).Into(target_);
  EXPECT_EQ(target_, kOld);
  EXPECT_EQ(reader_->buffered(), "abc");
  EXPECT_TRUE(Now(std::move(operation)).ok());
  EXPECT_EQ(target_, "abc");
}

TEST_F(ReadIntoTest, CancelledItIsEmptyAndNothingIsLost) {
  auto read = Start(reader_->ReadExactly(10).Into(target_));
  Feed("abc");
  Settle();
  EXPECT_EQ(target_, kOld);
  read.Cancel();
  Settle();
  EXPECT_TRUE(read.cancelled());
  EXPECT_EQ(target_, "");
  EXPECT_EQ(reader_->buffered(), "abc");
}

TEST_F(ReadIntoTest, CancelledALargeOneIsEmptyToo) {
  target_.assign(100'000, 'x');
  auto read = Start(reader_->ReadExactly(10).Into(target_));
  read.Cancel();
  Settle();
  EXPECT_TRUE(read.cancelled());
  EXPECT_EQ(target_, "");
}

TEST_F(ReadIntoTest, CancelledBeforeItBeginsItIsLeftAlone) {
  Feed("a line\n");
  for (const std::string& before :
       {std::string(kOld), std::string(2000, 'x')}) {
    target_ = before;
    auto read = Spawn(loop_, reader_->ReadLine().Into(target_));
    read.Cancel();
    Settle();
    EXPECT_TRUE(read.cancelled());
    EXPECT_EQ(target_, before);
  }
  EXPECT_EQ(reader_->buffered(), "a line\n");
}

TEST_F(ReadIntoTest, DroppedItIsLeftAlone) {
  auto string = std::make_unique<std::string>(kOld);
  auto read = Start(reader_->ReadLine().Into(*string));
  Feed("a line\n");  // It is woken, and will not be told.
  read.Reset();
  EXPECT_EQ(*string, kOld);
  string.reset();
  Settle();
  ASSERT_TRUE(Now(reader_->ReadLine().Into(target_)).ok());
  EXPECT_EQ(target_, "a line\n");
}

TEST_F(ReadIntoTest, DroppedALargeOneIsEmpty) {
  target_.assign(100'000, 'x');
  auto read = Start(reader_->ReadLine().Into(target_));
  read.Reset();
  EXPECT_EQ(target_, "");
}

TEST_F(ReadIntoTest, AReaderMayGoFirst) {
  auto read = Start(reader_->ReadLine().Into(target_));
  reader_.reset();
  Settle();
  EXPECT_TRUE(read.cancelled());
  EXPECT_EQ(target_, "");
}

TEST_F(ReadIntoTest, ASecondOneIsRefusedWhileTheFirstWaits) {
  auto first = Start(reader_->ReadLine().Into(target_));
  std::string other(kOld);
  EXPECT_EQ(GetErrorKind(Now(reader_->ReadLine().Into(other))),
            ErrorKind::kRuntime);
  EXPECT_EQ(other, "");
  EXPECT_EQ(target_, kOld);
  Feed("a line\n");
  Settle();
  EXPECT_TRUE(first.TakeResult().ok());
  EXPECT_EQ(target_, "a line\n");
}

// --- Flow control ---

class PausedReadIntoTest : public ReadIntoTest {
 protected:
  void SetUp() override {
    SetLimit(8);
    ASSERT_TRUE(reader_->SetTransport(transport_).ok());
  }

  std::shared_ptr<PausableTransport> transport_ =
      std::make_shared<PausableTransport>();
};

TEST_F(PausedReadIntoTest, ATransportIsResumedAsSoonAsItMayBe) {
  Feed("12345\n12345\n12345\n12345\n");
  EXPECT_FALSE(transport_->IsReading());
  ASSERT_TRUE(Now(reader_->ReadLine().Into(target_)).ok());
  ASSERT_TRUE(Now(reader_->ReadUntil("\n").Into(target_)).ok());
  EXPECT_FALSE(transport_->IsReading());
  ASSERT_TRUE(Now(reader_->ReadLine().Into(target_)).ok());
  EXPECT_TRUE(transport_->IsReading());
  EXPECT_EQ(target_, "12345\n");
}

TEST_F(PausedReadIntoTest, ATransportIsResumedWhenABlockIsGivenAway) {
  ASSERT_TRUE(reader_->FeedBlock(std::string(100, 'x')).ok());
  EXPECT_FALSE(transport_->IsReading());
  ASSERT_TRUE(Now(reader_->Read(95).Into(target_)).ok());
  EXPECT_EQ(target_, std::string(95, 'x'));
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(PausedReadIntoTest, ATransportThatCannotResumeIsAnError) {
  Feed(std::string(20, 'x'));
  transport_->set_resume_status(MakeError(ErrorKind::kRuntime, "broken"));
  EXPECT_EQ(GetErrorKind(Now(reader_->ReadExactly(15).Into(target_))),
            ErrorKind::kRuntime);
  EXPECT_EQ(target_, "");
}

}  // namespace
}  // namespace streams
