// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/scenario_selection.h"

#include <cstddef>
#include <regex>  // NOLINT(build/c++11)
#include <utility>

#include "absl/strings/str_cat.h"

namespace conformance {

std::vector<const CatalogEntry*> SelectEntries(const ScenarioCatalog& catalog,
                                               const std::string& filter) {
  const std::regex pattern(filter);
  std::vector<const CatalogEntry*> selected;
  for (const CatalogEntry& entry : catalog.entries()) {
    if (filter.empty() || std::regex_search(entry.variant.id, pattern)) {
      selected.push_back(&entry);
    }
  }
  return selected;
}

std::vector<ScenarioHistory> ObserveEntries(
    const std::vector<const CatalogEntry*>& entries, const Version& edition,
    Execution& testee) {
  std::vector<const CatalogEntry*> applicable;
  for (const CatalogEntry* entry : entries) {
    if (entry->scenario->AppliesTo(edition)) applicable.push_back(entry);
  }
  std::vector<ScenarioHistory> observed = testee.Run(applicable);
  std::vector<ScenarioHistory> histories;
  std::size_t next = 0;
  for (const CatalogEntry* entry : entries) {
    if (entry->scenario->AppliesTo(edition)) {
      histories.push_back(std::move(observed[next++]));
      continue;
    }
    ScenarioHistory history = NewHistory(*entry);
    RunHistory run;
    run.state = RunState::kNotApplicable;
    run.explanation = absl::StrCat(
        "is not asked: the scenario is not for edition ", edition.ToString());
    history.runs.push_back(std::move(run));
    histories.push_back(std::move(history));
  }
  return histories;
}

}  // namespace conformance
