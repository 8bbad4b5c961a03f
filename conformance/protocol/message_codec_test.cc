// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/message_codec.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "conformance/protocol/message.h"
#include "conformance/protocol/value.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string AllBytes() {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  return all;
}

ErrorValue RaisedError() {
  ErrorValue error;
  error.kind = "IncompleteReadError";
  SetNamed(error.attributes, "partial", Bytes{"ab"});
  SetNamed(error.attributes, "expected", 5);
  error.message = "2 bytes read on a total of 5 expected bytes";
  return error;
}

// One of everything that a testee may send.
std::vector<Value> AllResults() {
  ErrorValue argument;
  argument.kind = "ValueError";
  argument.args = std::vector<Value>{std::string("boom")};
  return {None(),
          true,
          -12,
          1.5,
          std::string("t\u00e9xt \u20ac \U0001f600\n"),
          Bytes{AllBytes()},
          Bytes{std::string(70000, 'x')},
          Tuple{{1, 2}},
          List{{List{{List()}}, Tuple()}},
          Dict{{{std::string("a"), 1}, {2, Bytes{""}}}},
          Object{"StreamReader"},
          argument,
          RaisedError()};
}

// And what only the runner may.
std::vector<Value> AllArguments() {
  CallValue call;
  call.target = "reader";
  call.call = "read";
  call.args = {Value(10)};
  SetNamed(call.kwargs, "key", Value(true));
  std::vector<Value> arguments = AllResults();
  arguments.emplace_back(Reference{"writer.transport"});
  arguments.emplace_back(Callback{"accept"});
  arguments.emplace_back(call);
  return arguments;
}

Op FullOp() {
  Op op;
  op.id = 7;
  op.target = "reader";
  op.name = "readuntil";
  op.args = AllArguments();
  SetNamed(op.kwargs, "limit", 4);
  op.await = true;
  op.bind = {"a", "b"};
  return op;
}

Op GetOp() {
  Op op;
  op.id = 8;
  op.target = "server";
  op.form = Op::Form::kGet;
  op.name = "sockets";
  return op;
}

std::vector<RunnerMessage> AllRunnerMessages() {
  return {HelloRequest(),
          Reset{"area/behaviour[tcp,1.3]"},
          FullOp(),
          GetOp(),
          Batch{{FullOp(), Cancel{9, 7}, Drop{10, {"a"}}}},
          Settle(),
          Cancel{11, 8},
          Drop{12, {"a", "b"}},
          Advance{13, 30.5},
          StatsRequest(),
          Bye()};
}

std::vector<TesteeMessage> AllTesteeMessages() {
  Hello hello;
  hello.implementation_name = "cpython-asyncio";
  hello.implementation_version = "3.11.2";
  hello.edition = "3.11.2";
  hello.capabilities = {"reader", "tcp"};
  hello.without = {"readuntil"};
  return {hello,
          Ready(),
          Ack{7},
          Done{7, Tuple{{AllResults()}}, false},
          Done{8, RaisedError(), true},
          Done{9, RaisedError(), false},
          Settled(),
          Stats{{{"live_tasks", 2}, {"open_descriptors", 0}}},
          Event{"ResourceWarning", "unclosed <StreamWriter \u2026>"}};
}

TEST(MessageCodecTest, RunnerMessagesComeBackEqual) {
  for (const RunnerMessage& message : AllRunnerMessages()) {
    const std::string line = EncodeLine(message);
    const absl::StatusOr<RunnerMessage> back = DecodeRunnerLine(line);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(*back == message) << line;
  }
}

TEST(MessageCodecTest, TesteeMessagesComeBackEqual) {
  for (const TesteeMessage& message : AllTesteeMessages()) {
    const std::string line = EncodeLine(message);
    const absl::StatusOr<TesteeMessage> back = DecodeTesteeLine(line);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(*back == message) << line;
  }
}

TEST(MessageCodecTest, ALineIsPrintableAscii) {
  for (const RunnerMessage& message : AllRunnerMessages()) {
    for (const char c : EncodeLine(message)) {
      EXPECT_TRUE(c >= 0x20 && c < 0x7f);
    }
  }
}

TEST(MessageCodecTest, WritesTheLineOfTheReadme) {
  Op op;
  op.id = 7;
  op.target = "reader";
  op.name = "readuntil";
  op.args = {Bytes{"\n"}};
  op.await = true;
  op.bind = {"line"};
  EXPECT_EQ(EncodeLine(RunnerMessage(op)),
            "{\"type\":\"op\",\"id\":7,\"target\":\"reader\",\"call\":"
            "\"readuntil\",\"args\":[{\"bytes\":\"\\n\"}],\"kwargs\":{},"
            "\"await\":true,\"bind\":[\"line\"]}");
}

TEST(MessageCodecTest, RepeatedBytesTravelShort) {
  Op op;
  op.id = 1;
  op.name = "f";
  op.args = {Bytes{std::string(10'000'000, 'x')}};
  EXPECT_THAT(EncodeLine(RunnerMessage(op)), SizeIs(testing::Lt(200u)));
}

TEST(MessageCodecTest, BytesAreLatin1) {
  const auto message = DecodeTesteeLine(
      R"({"type":"done","id":1,"value":{"bytes":"a\n\u00ff\u0000"}})");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(std::get<Done>(*message).result,
            Value(Bytes{std::string("a\n\xff\0", 4)}));
}

TEST(MessageCodecTest, UnknownMembersAreIgnored) {
  const auto message = DecodeTesteeLine(
      R"({"type":"done","id":1,"value":{"colour":1,"tuple":[]},"x":{}})");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(std::get<Done>(*message).result, Value(Tuple()));
}

std::string TesteeError(const std::string& line) {
  return std::string(DecodeTesteeLine(line).status().message());
}

std::string RunnerError(const std::string& line) {
  return std::string(DecodeRunnerLine(line).status().message());
}

TEST(MessageCodecTest, SaysWhatIsWrongAndQuotes) {
  EXPECT_EQ(TesteeError("hello world"), "not JSON, in the line: hello world");
  EXPECT_THAT(TesteeError("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(TesteeError("{}"), HasSubstr("`type`"));
  EXPECT_THAT(TesteeError(R"({"type":"op","id":1})"),
              HasSubstr("unknown type `op`"));
  EXPECT_THAT(TesteeError(R"({"type":"ack"})"),
              HasSubstr("ack.id: is missing"));
  EXPECT_THAT(TesteeError(R"({"type":"ack","id":"7"})"),
              HasSubstr("ack.id: expected an integer, got a string"));
  EXPECT_THAT(TesteeError(R"({"type":"ack","id":0})"),
              HasSubstr("expected a positive integer"));
  EXPECT_THAT(TesteeError(R"({"type":"done","id":1})"),
              HasSubstr("exactly one of `value` and `error`"));
  EXPECT_THAT(TesteeError(R"({"type":"done","id":1,"value":1,"error":{}})"),
              HasSubstr("exactly one of `value` and `error`"));
  EXPECT_THAT(
      TesteeError(R"({"type":"done","id":1,"value":[1,{"bytes":"€"}]})"),
      HasSubstr("done.value[1].bytes: a character beyond U+00FF"));
  EXPECT_THAT(TesteeError(R"({"type":"done","id":1,"value":{}})"),
              HasSubstr("none of `bytes`"));
  EXPECT_THAT(
      TesteeError(R"({"type":"done","id":1,"value":9223372036854775808})"),
      HasSubstr("more than 64 bits"));
  EXPECT_THAT(RunnerError(R"({"type":"op","id":1,"call":"a","get":"b"})"),
              HasSubstr("exactly one of `call` and `get`"));
  EXPECT_THAT(RunnerError(R"({"type":"batch","ops":[{"type":"settle"}]})"),
              HasSubstr("batch.ops[0]"));
  EXPECT_THAT(RunnerError(R"({"type":"advance","id":1,"seconds":-1})"),
              HasSubstr("from 0"));
}

// A reference's text is its name. If a testee might send one called `1`, that
// would be as good as the number.
TEST(MessageCodecTest, ATesteeDoesNotRefer) {
  for (const char* value : {R"({"ref":"1"})", R"([{"callback":"1"}])",
                            R"({"tuple":[{"call":{"call":"f"}}]})"}) {
    EXPECT_THAT(TesteeError(absl::StrCat(R"({"type":"done","id":1,"value":)",
                                         value, "}")),
                HasSubstr("only the runner may send it"))
        << value;
  }
}

// Some 30 results, each of a line of 90 bytes, must not fill the memory.
TEST(MessageCodecTest, ResultsExpandToNoMoreThanALineHolds) {
  const auto result = [](int times) {
    return absl::StrCat(
        R"({"type":"done","id":1,"value":{"bytes":"x","times":)", times, "}}");
  };
  EXPECT_TRUE(DecodeTesteeLine(result(16 << 20)).ok());
  EXPECT_THAT(TesteeError(result((16 << 20) + 1)),
              HasSubstr("expand to more than 16777216"));
}

TEST(MessageCodecTest, ErrorsAreShortAndPrintable) {
  const std::string error = TesteeError("\x1b[2J" + std::string(100000, 'x'));
  EXPECT_LT(error.size(), 500u);
  EXPECT_THAT(error, HasSubstr("\\x1b[2J"));
  const std::string member = TesteeError(absl::StrCat(
      R"({"type":"done","id":1,"error":{"kind":"E","attributes":{")",
      std::string(100000, 'k'), R"(":{}}}})"));
  EXPECT_LT(member.size(), 1000u);
}

TEST(MessageCodecTest, RefusesWhatIsTooDeepTooLongOrTooMany) {
  const std::string head = R"({"type":"done","id":1,"value":)";
  const auto nested = [&](int depth) {
    return absl::StrCat(head, std::string(depth, '['), std::string(depth, ']'),
                        "}");
  };
  EXPECT_TRUE(DecodeTesteeLine(nested(kMaxValueDepth)).ok());
  EXPECT_THAT(TesteeError(nested(kMaxValueDepth + 1)), HasSubstr("nested"));
  EXPECT_THAT(TesteeError(nested(1'000'000)), HasSubstr("nested"));
  EXPECT_THAT(TesteeError(std::string(kMaxLineSize + 1, ' ')),
              HasSubstr("a line of more than"));
  std::string many = head + "[1";
  for (int i = 0; i < 1'100'000; ++i) many += ",1";
  EXPECT_THAT(TesteeError(many + "]}"), HasSubstr("elements"));
  EXPECT_THAT(TesteeError(head + R"({"bytes":"x","times":1000000000000}})"),
              HasSubstr("expand to more than"));
  EXPECT_THAT(TesteeError(head + R"([{"bytes":"x","times":10000000},)" +
                          R"({"bytes":"x","times":10000000}]})"),
              HasSubstr("[1].times"));
}

TEST(MessageCodecTest, InvalidUtf8IsNotJson) {
  EXPECT_THAT(TesteeError("{\"type\":\"ready\",\"x\":\"\xff\"}"),
              HasSubstr("not JSON"));
  EXPECT_THAT(TesteeError(R"({"type":"ready","x":"\ud800"})"),
              HasSubstr("not JSON"));
}

TEST(MessageCodecTest, StringsThatAreNotUtf8AreSentWithReplacements) {
  const std::string line = EncodeLine(TesteeMessage(Event{"a\xff", ""}));
  const auto back = DecodeTesteeLine(line);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(std::get<Event>(*back).name, "a\ufffd");
}

}  // namespace
}  // namespace conformance
