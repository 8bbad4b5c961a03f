// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/edition.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace conformance {
namespace {

// Nobody releases more; it keeps arithmetic far from its limits.
constexpr size_t kMaxDigits = 4;

bool ParsePart(absl::string_view text, int* part) {
  return !text.empty() && text.size() <= kMaxDigits &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, part);
}

// A minor version as the last of its releases.
Version LastRelease(Version version) {
  if (!version.micro.has_value()) {
    version.micro = std::numeric_limits<int>::max();
  }
  return version;
}

std::vector<Version> Sorted(std::vector<Version> versions) {
  std::sort(versions.begin(), versions.end());
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  return versions;
}

Version MinorOf(Version version) {
  version.micro.reset();
  return version;
}

// The tag of recorded[first] to recorded[last], ends included.
std::string RunTag(const std::vector<Version>& recorded, size_t first,
                   size_t last) {
  // A minor version names the end of a run if nothing of it lies outside.
  const bool whole_first =
      first == 0 || !recorded[first - 1].SameMinor(recorded[first]);
  const bool whole_last = last + 1 == recorded.size() ||
                          !recorded[last + 1].SameMinor(recorded[last]);
  const Version low = whole_first ? MinorOf(recorded[first]) : recorded[first];
  if (last + 1 == recorded.size()) return absl::StrCat(low.ToString(), "+");
  if (first == last) {
    return whole_first && whole_last ? low.ToString()
                                     : recorded[first].ToString();
  }
  if (recorded[first].SameMinor(recorded[last])) {
    if (whole_first && whole_last) return low.ToString();
    return absl::StrCat(recorded[first].ToString(), "-",
                        recorded[last].ToString());
  }
  const Version high = whole_last ? MinorOf(recorded[last]) : recorded[last];
  return absl::StrCat(low.ToString(), "-", high.ToString());
}

}  // namespace

absl::StatusOr<Version> Version::Parse(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  Version version;
  int micro = 0;
  if (parts.size() < 2 || parts.size() > 3 ||
      !ParsePart(parts[0], &version.major_part) ||
      !ParsePart(parts[1], &version.minor_part) ||
      (parts.size() == 3 && !ParsePart(parts[2], &micro))) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", text.substr(0, 40), "` is not a version; one is 3.11 or 3.11.2"));
  }
  if (parts.size() == 3) version.micro = micro;
  return version;
}

std::string Version::ToString() const {
  std::string text = absl::StrCat(major_part, ".", minor_part);
  if (micro.has_value()) absl::StrAppend(&text, ".", *micro);
  return text;
}

absl::StatusOr<EditionRange> EditionRange::Parse(absl::string_view text) {
  EditionRange range;
  const bool open = !text.empty() && text.back() == '+';
  const size_t dash = text.find('-');
  if (open) text.remove_suffix(1);
  absl::StatusOr<Version> first = Version::Parse(
      dash == absl::string_view::npos ? text : text.substr(0, dash));
  if (!first.ok()) return first.status();
  range.first = *first;
  if (open && dash == absl::string_view::npos) return range;
  if (dash == absl::string_view::npos) {
    range.last = range.first;
    return range;
  }
  absl::StatusOr<Version> last = Version::Parse(text.substr(dash + 1));
  if (!last.ok()) return last.status();
  range.last = *last;
  if (open || LastRelease(*last) < range.first) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", text.substr(0, 40),
                     "` is not a range; one is 3.11-3.13 or 3.14+"));
  }
  return range;
}

std::string EditionRange::ToString() const {
  if (!last.has_value()) return absl::StrCat(first.ToString(), "+");
  if (*last == first) return first.ToString();
  return absl::StrCat(first.ToString(), "-", last->ToString());
}

bool EditionRange::Contains(const Version& version) const {
  const Version release = LastRelease(version);
  return first <= release && (!last || release <= LastRelease(*last));
}

absl::StatusOr<EditionSet> EditionSet::Parse(absl::string_view text) {
  EditionSet set;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    absl::StatusOr<EditionRange> range =
        EditionRange::Parse(absl::StripAsciiWhitespace(part));
    if (!range.ok()) return range.status();
    set.ranges.push_back(*range);
  }
  return set;
}

std::string EditionSet::ToString() const {
  std::string text;
  for (const EditionRange& range : ranges) {
    absl::StrAppend(&text, text.empty() ? "" : ",", range.ToString());
  }
  return text;
}

bool EditionSet::Contains(const Version& version) const {
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(),
                                       [&version](const EditionRange& range) {
                                         return range.Contains(version);
                                       });
}

std::optional<Version> ResolveEdition(const Version& edition,
                                      const std::vector<Version>& recorded) {
  const Version release = LastRelease(edition);
  std::optional<Version> below;
  std::optional<Version> above;
  for (const Version& version : recorded) {
    if (!version.SameMinor(edition)) continue;
    if (version <= release) {
      if (!below || *below < version) below = version;
    } else if (!above || version < *above) {
      above = version;
    }
  }
  return below.has_value() ? below : above;
}

std::string ShortestEditionTag(const std::vector<Version>& recorded,
                               const std::vector<Version>& subset) {
  const std::vector<Version> all = Sorted(recorded);
  const std::vector<Version> wanted = Sorted(subset);
  if (all == wanted) return "";
  std::string tag;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!std::binary_search(wanted.begin(), wanted.end(), all[i])) continue;
    const size_t first = i;
    while (i + 1 < all.size() &&
           std::binary_search(wanted.begin(), wanted.end(), all[i + 1])) {
      ++i;
    }
    absl::StrAppend(&tag, tag.empty() ? "" : ",", RunTag(all, first, i));
  }
  return tag;
}

}  // namespace conformance
