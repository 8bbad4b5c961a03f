// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_SCENARIO_CATALOG_H_
#define CONFORMANCE_RUNNER_SCENARIO_CATALOG_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/model.h"

namespace conformance {

// One variant of a scenario. Points into the catalog that it came from.
struct CatalogEntry {
  const ScenarioFile* file = nullptr;
  const Scenario* scenario = nullptr;
  Variant variant;
};

// All scenarios of some files, read, parsed and validated.
class ScenarioCatalog {
 public:
  // `paths` are files, or folders, whose *.scenario files are taken (not those
  // of folders below them), in order of name.
  //
  // NotFound: a path does not exist, or a folder has no scenario.
  // InvalidArgument: problems in the files; the message is their whole report.
  static absl::StatusOr<ScenarioCatalog> Load(
      const std::vector<std::string>& paths);

  // In the order of the files.
  const std::vector<CatalogEntry>& entries() const { return entries_; }
  // Problems that do not keep a file from being used.
  const std::vector<std::string>& warnings() const { return warnings_; }
  const std::vector<std::unique_ptr<ScenarioFile>>& files() const {
    return files_;
  }

 private:
  absl::Status LoadFile(const std::string& path);
  absl::Status CheckIdsAreUnique() const;

  // Behind pointers, so that entries stay valid when the catalog is moved.
  std::vector<std::unique_ptr<ScenarioFile>> files_;
  std::vector<CatalogEntry> entries_;
  std::vector<std::string> warnings_;
};

// The scenario files that `paths` stand for; errors as for Load.
absl::StatusOr<std::vector<std::string>> FindScenarioFiles(
    const std::vector<std::string>& paths);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_SCENARIO_CATALOG_H_
