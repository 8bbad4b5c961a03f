// SPDX-License-Identifier: Apache-2.0

#include "streams/read_into.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/os/error.h"
#include "streams/reader.h"
#include "streams/transport/transport.h"

namespace streams {
namespace {

constexpr absl::string_view kOld = "what was in the string before";

// Nothing of the operation that Into() is called on is kept beside.
static_assert(sizeof(ReadInto<ReadLineOfBytes>) ==
              sizeof(ReadLineOfBytes) + sizeof(std::string*));

// Only what a reader asks of one.
class PausableTransport final : public Transport {
 public:
  void set_resume_status(absl::Status status) {
    resume_status_ = std::move(status);
  }

  bool IsReading() const override { return is_reading_; }
  absl::Status PauseReading() override {
    is_reading_ = false;
    return absl::OkStatus();
  }
  absl::Status ResumeReading() override {
    is_reading_ = true;
    return resume_status_;
  }

  bool IsClosing() const override { return false; }
  void Close() override {}
  void Abort() override {}
  void SetProtocol(std::shared_ptr<Protocol>) override {}
  std::shared_ptr<Protocol> GetProtocol() const override { return nullptr; }
  absl::Status Write(absl::string_view) override { return absl::OkStatus(); }
  absl::Status WriteLines(absl::Span<const absl::string_view>) override {
    return absl::OkStatus();
  }
  absl::Status WriteEof() override { return absl::OkStatus(); }
  bool CanWriteEof() const override { return true; }
  absl::Status SetWriteBufferLimits(std::optional<int64_t>,
                                    std::optional<int64_t>) override {
    return absl::OkStatus();
  }
  WriteBufferLimits GetWriteBufferLimits() const override { return {0, 0}; }
  size_t GetWriteBufferSize() const override { return 0; }

 private:
  bool is_reading_ = true;
  absl::Status resume_status_;
};

class ReadIntoTest : public testing::Test {
 protected:
  void Settle() {
    while (loop_.has_ready()) loop_.RunReady();
  }
  template <class Operation>
  auto Start(Operation operation) {
    auto handle = Spawn(loop_, std::move(operation));
    Settle();
    return handle;
  }
  template <class Operation>
  absl::Status Now(Operation operation) {
    auto handle = Start(std::move(operation));
    EXPECT_TRUE(handle.done());
    return handle.TakeResult();
  }
  void Feed(absl::string_view bytes) {
    ASSERT_TRUE(reader_->FeedData(bytes).ok());
  }
  void SetLimit(int64_t limit) {
    reader_ = StreamReader::Create(loop_, limit).value();
  }

  ReadyQueue loop_;
  std::unique_ptr<StreamReader> reader_ = std::make_unique<StreamReader>(loop_);
  std::string target_ = std::string(kOld);
};

// --- The same as the plain call, whatever happens ---

// Every operation in every situation, done plainly and with Into().
struct Outcome {
  absl::Status status;
  std::string bytes;
  std::string left;
  bool is_done = true;
};

class Rehearsal {
 public:
  // What happens before the call, and what while it waits.
  using Event = void (*)(StreamReader& reader);

  Rehearsal(Event before, Event meanwhile)
      : before_(before), meanwhile_(meanwhile) {}

  template <class Call>
  Outcome Plain(Call call) {
    auto handle = Run(call(*reader_));
    Outcome outcome = Finish(handle.done());
    if (!outcome.is_done) return outcome;
    const absl::StatusOr<std::string> result = handle.TakeResult();
    outcome.status = result.status();
    if (result.ok()) outcome.bytes = *result;
    return outcome;
  }

  template <class Call>
  Outcome Into(Call call) {
    std::string target(kOld);
    auto handle = Run(call(*reader_).Into(target));
    Outcome outcome = Finish(handle.done());
    if (!outcome.is_done) {
      EXPECT_EQ(target, kOld);
      return outcome;
    }
    outcome.status = handle.TakeResult();
    outcome.bytes = target;
    return outcome;
  }

 private:
  template <class Operation>
  auto Run(Operation operation) {
    before_(*reader_);
    auto handle = Spawn(loop_, std::move(operation));
    Settle();
    meanwhile_(*reader_);
    Settle();
    return handle;
  }
  Outcome Finish(bool is_done) const {
    return {absl::OkStatus(), "", std::string(reader_->buffered()), is_done};
  }
  void Settle() {
    while (loop_.has_ready()) loop_.RunReady();
  }

  Event before_;
  Event meanwhile_;
  ReadyQueue loop_;
  std::unique_ptr<StreamReader> reader_ =
      StreamReader::Create(loop_, /*limit=*/16).value();
};

void Nothing(StreamReader&) {}
void FeedLines(StreamReader& reader) {
  ASSERT_TRUE(reader.FeedData("one;\ntwo\n").ok());
}
void FeedHalf(StreamReader& reader) { ASSERT_TRUE(reader.FeedData("on").ok()); }
void FeedTooMuch(StreamReader& reader) {
  ASSERT_TRUE(reader.FeedData(std::string(40, 'x') + "\n;rest").ok());
}
void FeedABlock(StreamReader& reader) {
  ASSERT_TRUE(reader.FeedBlock("one;\n").ok());
}
void End(StreamReader& reader) { reader.FeedEof(); }
void FeedLinesAndEnd(StreamReader& reader) {
  FeedLines(reader);
  reader.FeedEof();
}
void FeedHalfAndEnd(StreamReader& reader) {
  FeedHalf(reader);
  reader.FeedEof();
}
void Break(StreamReader& reader) {
  reader.SetError(MakeError(ErrorKind::kConnectionReset, "gone"));
}

template <class Call>
void ExpectTheSame(const char* name, Call call) {
  const struct {
    const char* name;
    Rehearsal::Event before;
    Rehearsal::Event meanwhile;
  } kSituations[] = {
      {"there", FeedLines, Nothing},
      {"comes", Nothing, FeedLines},
      {"rest comes", FeedHalf, End},
      {"more comes", FeedHalf, FeedLines},
      {"block", FeedABlock, Nothing},
      {"block comes", Nothing, FeedABlock},
      {"EOF", End, Nothing},
      {"EOF comes", Nothing, End},
      {"last", FeedHalfAndEnd, End},
      {"all", FeedLinesAndEnd, Nothing},
      {"too long", FeedTooMuch, End},
      {"gets too long", FeedHalf, FeedTooMuch},
      {"broken", Break, Nothing},
      {"breaks", FeedHalf, Break},
      {"never comes", Nothing, Nothing},
  };
  for (const auto& situation : kSituations) {
    SCOPED_TRACE(absl::StrCat(name, ", ", situation.name));
    const Outcome plain =
        Rehearsal(situation.before, situation.meanwhile).Plain(call);
    const Outcome into =
        Rehearsal(situation.before, situation.meanwhile).Into(call);
    EXPECT_EQ(into.is_done, plain.is_done);
    EXPECT_EQ(into.status, plain.status);
    EXPECT_EQ(into.bytes, plain.bytes);
    EXPECT_EQ(into.left, plain.left);
  }
}

TEST(ReadIntoAndPlainTest, GiveTheSame) {
  ExpectTheSame("Read(3)", [](StreamReader& r) { return r.Read(3); });
  ExpectTheSame("Read(100)", [](StreamReader& r) { return r.Read(100); });
  ExpectTheSame("Read(0)", [](StreamReader& r) { return r.Read(0); });
  ExpectTheSame("Read()", [](StreamReader& r) { return r.Read(); });
  ExpectTheSame("ReadLine", [](StreamReader& r) { return r.ReadLine(); });
  ExpectTheSame("ReadExactly(4)",
                [](StreamReader& r) { return r.ReadExactly(4); });
  ExpectTheSame("ReadExactly(0)",
                [](StreamReader& r) { return r.ReadExactly(0); });
  ExpectTheSame("ReadExactly(-1)",
                [](StreamReader& r) { return r.ReadExactly(-1); });
  ExpectTheSame("ReadUntil()", [](StreamReader& r) { return r.ReadUntil(); });
  ExpectTheSame("ReadUntil(';\\n')",
                [](StreamReader& r) { return r.ReadUntil(";\n"); });
  ExpectTheSame("ReadUntil({})", [](StreamReader& r) {
    return r.ReadUntil({"two", ";", "a separator too long to lie inline"});
  });
  ExpectTheSame("ReadUntil('')",
                [](StreamReader& r) { return r.ReadUntil(""); });
}

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
