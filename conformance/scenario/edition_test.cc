// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/edition.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

Version V(absl::string_view text) { return Version::Parse(text).value(); }

std::vector<Version> Vs(const std::vector<std::string>& texts) {
  std::vector<Version> versions;
  for (const std::string& text : texts) versions.push_back(V(text));
  return versions;
}

const std::vector<Version>& Recorded() {
  static const auto& recorded = *new std::vector<Version>(
      Vs({"3.8.18", "3.9.18", "3.10.13", "3.11.2", "3.11.7", "3.12.1", "3.13.0",
          "3.14.10", "3.15.2"}));
  return recorded;
}

TEST(VersionTest, ParsesAndPrints) {
  EXPECT_EQ(V("3.11.2").ToString(), "3.11.2");
  EXPECT_EQ(V("3.15").ToString(), "3.15");
  EXPECT_TRUE(V("3.11.2").is_full());
  EXPECT_FALSE(V("3.11").is_full());
  for (const char* bad : {"", "3", "3.", "3.x", "3.11.2.1", "3.11rc1", "-3.1",
                          "3.11111111111", " 3.11", "3..1"}) {
    EXPECT_FALSE(Version::Parse(bad).ok()) << bad;
  }
}

TEST(VersionTest, OrdersByNumber) {
  EXPECT_LT(V("3.9.18"), V("3.10.1"));
  EXPECT_LT(V("3.11.2"), V("3.11.7"));
  EXPECT_LT(V("3.11"), V("3.11.0"));
}

TEST(EditionRangeTest, ContainsAsDocumented) {
  const auto contains = [](const char* range, const char* version) {
    return EditionRange::Parse(range).value().Contains(V(version));
  };
  EXPECT_TRUE(contains("3.11", "3.11.2"));
  EXPECT_TRUE(contains("3.11", "3.11"));
  EXPECT_FALSE(contains("3.11", "3.12.0"));
  EXPECT_TRUE(contains("3.11.2", "3.11.2"));
  EXPECT_FALSE(contains("3.11.2", "3.11.7"));
  EXPECT_TRUE(contains("3.11-3.13", "3.11.0"));
  EXPECT_TRUE(contains("3.11-3.13", "3.13.9"));
  EXPECT_FALSE(contains("3.11-3.13", "3.14.0"));
  EXPECT_FALSE(contains("3.11.3-3.13", "3.11.2"));
  EXPECT_TRUE(contains("3.14+", "3.15.2"));
  EXPECT_TRUE(contains("3.14+", "3.14"));
  EXPECT_FALSE(contains("3.14+", "3.13.7"));
  EXPECT_TRUE(contains("3.14.3+", "3.14"));
}

TEST(EditionRangeTest, RefusesWhatIsNone) {
  for (const char* bad : {"", "+", "3.12-", "-3.12", "3.13-3.12", "3.1-3.2+",
                          "3.1++", "3.1-3.2-3.3"}) {
    EXPECT_FALSE(EditionRange::Parse(bad).ok()) << bad;
  }
  EXPECT_TRUE(EditionRange::Parse("3.11.2-3.11").ok());
}

TEST(EditionSetTest, JoinsRanges) {
  const EditionSet set = EditionSet::Parse("3.8-3.10, 3.12.1,3.14+").value();
  EXPECT_EQ(set.ToString(), "3.8-3.10,3.12.1,3.14+");
  EXPECT_TRUE(set.Contains(V("3.9.18")));
  EXPECT_FALSE(set.Contains(V("3.11.2")));
  EXPECT_TRUE(EditionSet().Contains(V("3.8.18")));
}

TEST(ResolveEditionTest, FindsTheRecordingToJudgeBy) {
  const auto resolve = [](const char* edition) {
    const auto version = ResolveEdition(V(edition), Recorded());
    return version.has_value() ? version->ToString() : "none";
  };
  EXPECT_EQ(resolve("3.11.2"), "3.11.2");
  EXPECT_EQ(resolve("3.11"), "3.11.7");
  EXPECT_EQ(resolve("3.15"), "3.15.2");
  EXPECT_EQ(resolve("3.11.5"), "3.11.2");
  EXPECT_EQ(resolve("3.11.9"), "3.11.7");
  EXPECT_EQ(resolve("3.11.0"), "3.11.2");
  EXPECT_EQ(resolve("3.16"), "none");
}

TEST(ShortestEditionTagTest, NamesRuns) {
  const auto tag = [](const std::vector<std::string>& subset) {
    return ShortestEditionTag(Recorded(), Vs(subset));
  };
  EXPECT_EQ(tag({"3.14.10", "3.15.2"}), "3.14+");
  EXPECT_EQ(tag({"3.15.2"}), "3.15+");
  EXPECT_EQ(tag({"3.11.2", "3.11.7", "3.12.1", "3.13.0"}), "3.11-3.13");
  EXPECT_EQ(tag({"3.11.2", "3.11.7"}), "3.11");
  EXPECT_EQ(tag({"3.11.2"}), "3.11.2");
  EXPECT_EQ(tag({"3.11.7", "3.12.1"}), "3.11.7-3.12");
  EXPECT_EQ(tag({"3.10.13", "3.11.2"}), "3.10-3.11.2");
  EXPECT_EQ(tag({"3.12.1"}), "3.12");
  EXPECT_EQ(tag({"3.15.2", "3.8.18", "3.11.7"}), "3.8,3.11.7,3.15+");
  EXPECT_EQ(ShortestEditionTag(Recorded(), Recorded()), "");
}

// Every subset of the recorded versions: its tag says exactly that subset.
TEST(ShortestEditionTagTest, IsTrueOfEverySubset) {
  const std::vector<Version>& recorded = Recorded();
  for (unsigned mask = 1; mask + 1 < (1u << recorded.size()); ++mask) {
    std::vector<Version> subset;
    for (size_t i = 0; i < recorded.size(); ++i) {
      if ((mask >> i) & 1) subset.push_back(recorded[i]);
    }
    const std::string tag = ShortestEditionTag(recorded, subset);
    const auto set = EditionSet::Parse(tag);
    ASSERT_TRUE(set.ok()) << tag;
    for (size_t i = 0; i < recorded.size(); ++i) {
      EXPECT_EQ(set->Contains(recorded[i]), ((mask >> i) & 1) == 1) << tag;
    }
  }
}

}  // namespace
}  // namespace conformance
