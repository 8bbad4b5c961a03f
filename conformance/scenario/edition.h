// SPDX-License-Identifier: Apache-2.0
//
// CPython versions, and sets of them as the tags of outcomes write them.
//
// An *edition* is the behaviour of one CPython: a full version (3.11.2), or, in
// short, the newest recorded of a minor version (3.15). Pure values.
#ifndef CONFORMANCE_SCENARIO_EDITION_H_
#define CONFORMANCE_SCENARIO_EDITION_H_

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace conformance {

struct Version {
  int major_part = 3;
  int minor_part = 0;
  std::optional<int> micro;  // Absent: the whole minor version.

  // "3.11" or "3.11.2"; nothing else.
  static absl::StatusOr<Version> Parse(absl::string_view text);
  std::string ToString() const;

  bool is_full() const { return micro.has_value(); }
  bool SameMinor(const Version& other) const {
    return major_part == other.major_part && minor_part == other.minor_part;
  }
  // A minor version comes before all of its full ones.
  auto operator<=>(const Version&) const = default;
};

// `3.11`, `3.11.2`, `3.11-3.13`, `3.14+`.
struct EditionRange {
  Version first;
  std::optional<Version> last;  // Absent: open-ended.

  static absl::StatusOr<EditionRange> Parse(absl::string_view text);
  std::string ToString() const;
  // `version` is full, or a minor, which stands for its newest release.
  bool Contains(const Version& version) const;
  bool operator==(const EditionRange&) const = default;
};

// Ranges joined by commas. Empty: every edition.
struct EditionSet {
  std::vector<EditionRange> ranges;

  static absl::StatusOr<EditionSet> Parse(absl::string_view text);
  std::string ToString() const;
  bool Contains(const Version& version) const;
  bool operator==(const EditionSet&) const = default;
};

// Which of the recorded (full) versions answers for `edition`: itself; for a
// minor, its newest; for a release that was not recorded, the nearest lower one
// of its minor, or, if there is none, the nearest higher one. Nothing if no
// version of that minor was recorded.
std::optional<Version> ResolveEdition(const Version& edition,
                                      const std::vector<Version>& recorded);

// The shortest tag which names exactly `subset` among `recorded` (both full;
// any order). Empty if that is all of them. A run that reaches the newest
// version is written open-ended: what holds now is what is expected next.
// `subset` must be a part of `recorded`, and not empty.
std::string ShortestEditionTag(const std::vector<Version>& recorded,
                               const std::vector<Version>& subset);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_EDITION_H_
