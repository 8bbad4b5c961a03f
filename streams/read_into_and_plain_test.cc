// SPDX-License-Identifier: Apache-2.0
//
// Every reading call in every situation, done plainly and with Into(): the two
// give the same.

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/coro/ready_queue.h"
#include "streams/coro/task_handle.h"
#include "streams/os/error.h"
#include "streams/read_into.h"
#include "streams/reader.h"

namespace streams {
namespace {

constexpr absl::string_view kOld = "what was in the string before";

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

}  // namespace
}  // namespace streams
