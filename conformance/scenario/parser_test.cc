// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/parser.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/expression.h"
#include "conformance/scenario/model.h"
#include "conformance/scenario/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::string_view kFile = R"(# Reading.
recorded on 3.11.2 3.15.2

scenario read-until/keeps-buffer   # a comment
  "It stays in the buffer."
  should
  since 3.8
  until 3.15
  for transport in tcp, unix
  for limit in 4, 1_000, -5
  needs tls-1.3, start-tls
  see https://docs.python.org/3/library/asyncio-stream.html#asyncio.StreamReader
  compare messages
  segments any
  recorded 5f0c1b7e on 3.15.2

peer> listen(receive_buffer=4096)
>>> reader, writer = await open_connection(peer)
>>> task = create_task(reader.read(10)); writer.write(b"a; b"); writer.close()  # c
[3.8-3.11] 2: None
2: [3.12+] pending
>>> task.cancel()
>>> data = await task
| b"a"
| b"ab"
>>> writer.transport.get_write_buffer_size() > 0
[transport=unix 3.12+ safe] True  # never
>>> len(data) + 1
>>> server.sockets
["a", [1]]
>>> del reader, writer
>>> advance_clock(1.5)
>>> events()
["ResourceWarning"]
>>> stats("live_tasks") == 0
>>> await wait_for(reader.read(n=1), timeout=5)
)";

Scenario ParseOne(absl::string_view text) {
  ParsedFile parsed = ParseScenarios("a.scenario", text);
  for (const Problem& problem : parsed.problems) {
    ADD_FAILURE() << FormatProblem("a.scenario", text, problem);
  }
  EXPECT_EQ(parsed.file.scenarios.size(), 1u);
  return parsed.file.scenarios[0];
}

TEST(ParseScenariosTest, ReadsTheHeader) {
  const Scenario scenario = ParseOne(kFile);
  EXPECT_EQ(scenario.id, "read-until/keeps-buffer");
  EXPECT_EQ(scenario.line, 4);
  EXPECT_EQ(scenario.summary, "It stays in the buffer.");
  EXPECT_EQ(scenario.level, Level::kShould);
  EXPECT_EQ(scenario.since->ToString(), "3.8");
  EXPECT_EQ(scenario.until->ToString(), "3.15");
  ASSERT_EQ(scenario.variables.size(), 2u);
  EXPECT_EQ(scenario.variables[0].values[1].value, Value(std::string("unix")));
  EXPECT_EQ(scenario.variables[1].values[1].text, "1_000");
  EXPECT_EQ(scenario.variables[1].values[1].value, Value(1000));
  EXPECT_EQ(scenario.variables[1].values[2].value, Value(-5));
  EXPECT_THAT(scenario.needs, ElementsAre("tls-1.3", "start-tls"));
  EXPECT_THAT(scenario.see, ElementsAre(HasSubstr("#asyncio.StreamReader")));
  EXPECT_TRUE(scenario.compare_messages);
  EXPECT_TRUE(scenario.segments_any);
  EXPECT_EQ(scenario.recorded_digest, "5f0c1b7e");
  ASSERT_EQ(scenario.recorded_on.size(), 1u);
  EXPECT_EQ(scenario.recorded_on[0].ToString(), "3.15.2");
}

TEST(ParseScenariosTest, ReadsStatements) {
  const Scenario scenario = ParseOne(kFile);
  using Kind = Statement::Kind;
  std::vector<Kind> kinds;
  for (const Step& step : scenario.steps) {
    for (const Statement& s : step.statements) kinds.push_back(s.kind);
  }
  EXPECT_THAT(kinds,
              ElementsAre(Kind::kPeer, Kind::kOperation, Kind::kCreateTask,
                          Kind::kOperation, Kind::kOperation, Kind::kCancel,
                          Kind::kObserve, Kind::kOperation, Kind::kEvaluate,
                          Kind::kOperation, Kind::kDelete, Kind::kAdvanceClock,
                          Kind::kEvents, Kind::kStats, Kind::kOperation));
  const Statement& open = scenario.steps[1].statements[0];
  EXPECT_TRUE(open.await);
  EXPECT_THAT(open.targets, ElementsAre("reader", "writer"));
  EXPECT_TRUE(open.operation.is_call_of("open_connection"));
  const Step& joined = scenario.steps[2];
  EXPECT_EQ(joined.statements[1].source, "writer.write(b\"a; b\")");
  EXPECT_EQ(joined.statements[1].column, 42);
  EXPECT_EQ(joined.statements[1].operation.operands[1].literal,
            Value(Bytes{"a; b"}));
  const Statement& buffer = scenario.steps[5].statements[0];
  EXPECT_EQ(DottedName(buffer.operation.operands[0]),
            "writer.transport.get_write_buffer_size");
  EXPECT_TRUE(buffer.expression.is(Expression::Kind::kCompare));
  EXPECT_TRUE(buffer.expression.operands[0].is(Expression::Kind::kResult));
  // A task that is observed gives its result as it is.
  const Statement& observed = scenario.steps[4].statements[0];
  EXPECT_EQ(observed.kind, Kind::kObserve);
  EXPECT_TRUE(observed.expression.is(Expression::Kind::kResult));
  EXPECT_EQ(scenario.steps[9].statements[0].seconds, 1.5);
}

TEST(ParseScenariosTest, ReadsOutcomes) {
  const Scenario scenario = ParseOne(kFile);
  const Step& joined = scenario.steps[2];
  ASSERT_EQ(joined.expected.size(), 2u);
  EXPECT_EQ(joined.expected[0].statement, 1);
  EXPECT_EQ(joined.expected[0].tag.ToString(), "3.8-3.11");
  EXPECT_EQ(joined.expected[1].statement, 1);
  EXPECT_EQ(joined.expected[1].outcome.kind, Outcome::Kind::kPending);
  const Step& observed = scenario.steps[4];
  ASSERT_EQ(observed.expected.size(), 2u);
  EXPECT_TRUE(observed.expected[1].alternative);
  EXPECT_EQ(scenario.steps[5].expected[0].tag.ToString(),
            "transport=unix 3.12+ safe");
  EXPECT_EQ(OutcomeText(scenario.steps[7].expected[0].outcome), "[\"a\", [1]]");
  EXPECT_EQ(OutcomeText(scenario.steps[10].expected[0].outcome),
            "[\"ResourceWarning\"]");
}

// The first problem of a scenario with these lines.
std::string ProblemOf(absl::string_view lines) {
  const std::string text = absl::StrCat("scenario a/b\n", lines, "\n");
  const ParsedFile parsed = ParseScenarios("f", text);
  return parsed.problems.empty() ? "none"
                                 : FormatProblem("f", text, parsed.problems[0]);
}

TEST(ParseScenariosTest, ShowsWhereTheProblemIs) {
  EXPECT_EQ(ProblemOf(">>> reader.read(1"),
            "f:2:18: error: `)` is missing\n"
            "    >>> reader.read(1\n"
            "                     ^\n");
  EXPECT_EQ(ProblemOf("  neds tcp"),
            "f:2:3: error: `neds` is no word of a header; did you mean "
            "`needs`?\n"
            "      neds tcp\n"
            "      ^\n");
}

TEST(ParseScenariosTest, RefusesWhatIsNoScenario) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {">>> await reader.read(1); x()", "only the last"},
      {">>> advance_clock(1); x()", "stands alone"},
      {">>> advance_clock(-1)", "number of seconds"},
      {">>> a.b().c()", "only what has a name can be called"},
      {">>> a() + b()", "one call"},
      {">>> f(await b())", "cannot be an argument"},
      {">>> create_task(f())", "a task is made as in"},
      {">>> server.sockets[0]", "take an element"},
      {">>> lambda: 1", "`lambda` cannot be used"},
      {">>> a == b == c", "only one comparison"},
      {">>> 1 - 1", "only a sign"},
      {">>> x = ", "something is missing"},
      {">>> 5 = x", "only names"},
      {">>> f(a=1, a=2)", "twice"},
      {">>> f(a=1, 2)", "follows one with a name"},
      {">>> w(b\"x\" * 1000000000000)", "more than"},
      {">>> w(b\"x\" * 999999 * 999999 * 999999)", "more than"},
      {">>> w(99999999999999999999)", "64 bits"},
      {">>> w(012)", "not a number"},
      {">>> w(f\"x\")", "prefix `f`"},
      {">>> w(\"\"\"x\"\"\")", "triple"},
      {">>> w(b\"\u00e9\")", "ASCII only"},
      {">>> w(\"\\d\")", "unknown escape"},
      {">>> $", "unexpected `$`"},
      {"peer> sned(b\"x\")", "did you mean `send`?"},
      {"peer> send()", "takes 1 arguments"},
      {"peer> listen(); close()", "one thing"},
      {">>> a(); b()\nNone", "say which"},
      {">>> a(); b()\n3: None", "has 2 statements"},
      {">>> a()\n[3.8 x y] 1", "at most one word"},
      {">>> a()\n[3.x] 1", "is not a version"},
      {"  for a in b, b", "twice"},
      {"  for a b", "for NAME in"},
      {"  needs tsl-1.3", "did you mean `tls-1.3`?"},
      {"  since 3", "is not a version"},
      {"  recorded xyz", "recorded DIGEST"},
      {"unindented", "indented line"},
  };
  for (const auto& [lines, message] : cases) {
    EXPECT_THAT(ProblemOf(lines), HasSubstr(message)) << lines;
  }
  EXPECT_THAT(ParseScenarios("f", "hello").problems[0].message,
              HasSubstr("expected `scenario"));
  EXPECT_THAT(ParseScenarios("f", "scenario NoSlash").problems[0].message,
              HasSubstr("AREA/BEHAVIOUR"));
}

TEST(ParseScenariosTest, ReadsWhatOtherEditorsWrite) {
  const Scenario scenario = ParseOne(
      "\xEF\xBB\xBFscenario\ta/b\r\n\t'One.'\r\n\tfor\tn\tin\t1,\t2\r\n"
      ">>>\tf(n)\r\n");
  EXPECT_EQ(scenario.id, "a/b");
  EXPECT_EQ(scenario.summary, "One.");
  ASSERT_EQ(scenario.variables.size(), 1u);
  EXPECT_EQ(scenario.variables[0].values.size(), 2u);
  EXPECT_THAT(ParseScenarios("f", "# \xE9\n").problems[0].message,
              HasSubstr("not UTF-8"));
}

TEST(ParseScenariosTest, LargeProductsStayProducts) {
  const Scenario scenario =
      ParseOne("scenario a/b\n>>> f(b\"x\" * 8388608, b\"x\" * 100)\n");
  const Expression& call = scenario.steps[0].statements[0].operation;
  EXPECT_TRUE(call.operands[1].is(Expression::Kind::kMultiply));
  EXPECT_EQ(call.operands[2].literal, Value(Bytes{std::string(100, 'x')}));
}

TEST(ParseScenariosTest, LargeOutcomesAreHeldAsText) {
  std::string text = "scenario a/b\n";
  for (int i = 0; i < 20; ++i) {
    text += ">>> f()\nb\"x\" * 8388608 + b\"more\"\n";
  }
  const Scenario scenario = ParseOne(text);
  const Outcome observed =
      Outcome::Returned(Bytes{std::string(8388608, 'x') + "more"});
  EXPECT_TRUE(
      SameOutcome(scenario.steps[19].expected[0].outcome, observed, false));
  EXPECT_TRUE(scenario.steps[19].expected[0].outcome.value.is<Reference>());
}

TEST(ParseScenariosTest, IsBounded) {
  const auto parse = [](const std::string& expression) {
    return ProblemOf(absl::StrCat(">>> f(", expression, ")"));
  };
  std::string chain = "a";
  for (int i = 0; i < 1000; ++i) chain += "+a";
  EXPECT_THAT(parse(chain), HasSubstr("too many operators"));
  EXPECT_THAT(parse(std::string(1000, '(')), HasSubstr("nested too deeply"));
  EXPECT_THAT(parse(std::string(1000, '-') + "1"),
              HasSubstr("nested too deeply"));
  std::string dots = "a";
  for (int i = 0; i < 1000; ++i) dots += ".a";
  EXPECT_THAT(parse(dots), HasSubstr("too long a chain"));
  EXPECT_THAT(ProblemOf(std::string(100000, 'x')), HasSubstr("65536"));
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += ">>> f(b\"x\" * 1000000)\n";
  EXPECT_THAT(ProblemOf(lines), HasSubstr("too large"));
  std::string variants;
  for (const char* name : {"a", "b", "c", "d"}) {
    absl::StrAppend(&variants, "  for ", name, " in 1,2,3,4,5,6,7,8\n");
  }
  EXPECT_THAT(ProblemOf(variants), HasSubstr("variants"));
  EXPECT_LE(
      ParseScenarios("f", std::string(10000, '\n') + absl::StrCat("x\n", "y\n"))
          .problems.size(),
      static_cast<size_t>(kMaxProblems));
}

}  // namespace
}  // namespace conformance
