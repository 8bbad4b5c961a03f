// SPDX-License-Identifier: Apache-2.0

// When a reader pauses its transport, and when it resumes it.

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/os/error.h"
#include "streams/pausable_transport.h"
#include "streams/reader.h"
#include "streams/reader_fixture.h"

namespace streams {
namespace {

class ReaderFlowControlTest : public ReaderFixture {
 protected:
  void SetUp() override {
    SetLimit(8);
    ASSERT_TRUE(reader_->SetTransport(transport_).ok());
  }

  // A byte more than twice the limit; with `end` read, it is the limit.
  void Overfeed(absl::string_view end) {
    Feed(absl::StrCat("12345678", end, "abcdefgh"));
    ASSERT_FALSE(transport_->IsReading());
  }

  std::shared_ptr<PausableTransport> transport_ =
      std::make_shared<PausableTransport>();
};

TEST_F(ReaderFlowControlTest, PausesAtMoreThanTwiceTheLimit) {
  Feed("12345678abcdefgh");
  EXPECT_TRUE(transport_->IsReading());
  Feed("i");
  EXPECT_FALSE(transport_->IsReading());
  Feed("j");
  EXPECT_EQ(transport_->pauses(), 1);
}

TEST_F(ReaderFlowControlTest, ResumesAtTheLimit) {
  Overfeed(";");
  EXPECT_EQ(Now(reader_->Read(8)).value(), "12345678");
  EXPECT_FALSE(transport_->IsReading());
  EXPECT_EQ(Now(reader_->Read(1)).value(), ";");
  EXPECT_TRUE(transport_->IsReading());
}

// Each of the calls that the buffer answers at once.

TEST_F(ReaderFlowControlTest, ReadResumes) {
  Overfeed(";");
  EXPECT_EQ(Now(reader_->Read(9)).value(), "12345678;");
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, ReadExactlyResumes) {
  Overfeed(";");
  EXPECT_EQ(Now(reader_->ReadExactly(9)).value(), "12345678;");
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, ReadLineResumes) {
  Overfeed("\n");
  EXPECT_EQ(Now(reader_->ReadLine()).value(), "12345678\n");
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, ReadLineViewResumes) {
  Overfeed("\n");
  EXPECT_EQ(Now(reader_->ReadLineView()).value(), "12345678\n");
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, NextResumes) {
  Overfeed("\n");
  EXPECT_EQ(Now(reader_->Next()).value(), "12345678\n");
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, ReadUntilResumes) {
  Overfeed(";");
  EXPECT_EQ(Now(reader_->ReadUntil(";")).value(), "12345678;");
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, ReadUntilOfSeveralSeparatorsResumes) {
  Overfeed(";");
  EXPECT_EQ(Now(reader_->ReadUntil({"\r\n", ";"})).value(), "12345678;");
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, ConsumeResumes) {
  Overfeed(";");
  EXPECT_EQ(Now(reader_->Peek()).value(), "12345678;abcdefgh");
  EXPECT_FALSE(transport_->IsReading());
  ASSERT_TRUE(reader_->Consume(9).ok());
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, ALineThatIsDroppedResumes) {
  Overfeed("9\n");
  EXPECT_EQ(GetErrorKind(Now(reader_->ReadLine()).status()), ErrorKind::kValue);
  EXPECT_TRUE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, AReadThatWaitsResumes) {
  Overfeed(";");
  auto read = Start(reader_->ReadExactly(18));
  EXPECT_TRUE(transport_->IsReading());
  Feed("i");
  EXPECT_FALSE(transport_->IsReading());
  while (loop_.has_ready()) loop_.RunReady();
  EXPECT_EQ(read.TakeResult().value(), "12345678;abcdefghi");
  EXPECT_TRUE(transport_->IsReading());
}

// --- Transports that refuse ---

TEST_F(ReaderFlowControlTest, ATransportThatCannotPauseIsAskedOnce) {
  transport_->set_pause_status(MakeError(ErrorKind::kNotImplemented, ""));
  Feed(std::string(20, 'x'));
  Feed("x");
  EXPECT_EQ(transport_->pauses(), 1);
}

TEST_F(ReaderFlowControlTest, ATransportThatFailsToPauseIsAskedAgain) {
  transport_->set_pause_status(MakeError(ErrorKind::kRuntime, "broken"));
  EXPECT_EQ(GetErrorKind(reader_->FeedData(std::string(20, 'x'))),
            ErrorKind::kRuntime);
  transport_->set_pause_status(absl::OkStatus());
  Feed("x");
  EXPECT_FALSE(transport_->IsReading());
}

TEST_F(ReaderFlowControlTest, ATransportThatFailsToResumeIsAnError) {
  transport_->set_resume_status(MakeError(ErrorKind::kRuntime, "broken"));
  Overfeed(";");
  EXPECT_EQ(GetErrorKind(Now(reader_->Read(9)).status()), ErrorKind::kRuntime);
}

}  // namespace
}  // namespace streams
