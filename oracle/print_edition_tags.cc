// SPDX-License-Identifier: Apache-2.0
//
// The tags that C++ writes, for comparison with those of edition_tags.py: for
// each line `RECORDED|SUBSET` (versions separated by blanks) a line with the
// tag of the subset.
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "conformance/scenario/edition.h"

namespace {

std::vector<conformance::Version> Versions(const std::string& text) {
  std::vector<conformance::Version> versions;
  for (const absl::string_view word :
       absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    versions.push_back(conformance::Version::Parse(word).value());
  }
  return versions;
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::pair<std::string, std::string> sets = absl::StrSplit(line, '|');
    std::cout << conformance::ShortestEditionTag(Versions(sets.first),
                                                 Versions(sets.second))
              << "\n";
  }
}
