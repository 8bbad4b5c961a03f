// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/requirements.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// Of the last variant of a scenario with this header and these steps.
Requirements Of(absl::string_view header, absl::string_view steps) {
  const ParsedFile parsed = ParseScenarios(
      "f", absl::StrCat("scenario a/b\n", header, "\n\n", steps, "\n"));
  EXPECT_THAT(parsed.problems, IsEmpty());
  const Scenario& scenario = parsed.file.scenarios.at(0);
  return RequirementsOf(scenario, Expand(scenario).back());
}

TEST(RequirementsTest, FunctionsNeedWhatTheyAreOf) {
  const Requirements found = Of("", ">>> reader = StreamReader()");
  EXPECT_THAT(found.capabilities, UnorderedElementsAre("reader"));
  EXPECT_THAT(found.calls, UnorderedElementsAre("StreamReader"));
}

TEST(RequirementsTest, TheTransportIsAVariable) {
  constexpr absl::string_view kSteps = ">>> server = await start_server()";
  EXPECT_THAT(Of("", kSteps).capabilities,
              UnorderedElementsAre("server", "tcp"));
  EXPECT_THAT(Of("  for transport in tcp, unix", kSteps).capabilities,
              UnorderedElementsAre("server", "unix"));
}

TEST(RequirementsTest, TheVersionOfTlsIsAVariable) {
  constexpr absl::string_view kSteps = ">>> context = client_context()";
  EXPECT_THAT(Of("", kSteps).capabilities, UnorderedElementsAre("tls-1.3"));
  EXPECT_THAT(Of("  for tls in 1.3, 1.2", kSteps).capabilities,
              UnorderedElementsAre("tls-1.2"));
  EXPECT_THAT(Of("  needs tls-1.2", kSteps).capabilities,
              UnorderedElementsAre("tls-1.2", "tls-1.3"));
}

TEST(RequirementsTest, StartTlsNeedsMoreThanTls) {
  constexpr absl::string_view kOpen =
      ">>> reader, writer = await open_connection(\"127.0.0.1\", 80)\n";
  EXPECT_THAT(Of("", kOpen).capabilities, Not(Contains("start-tls")));
  EXPECT_THAT(Of("", absl::StrCat(kOpen, ">>> await writer.start_tls(None)"))
                  .capabilities,
              Contains("start-tls"));
}

}  // namespace
}  // namespace conformance
