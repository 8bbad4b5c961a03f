// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/scenario_catalog.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "conformance/runner/text_file.h"
#include "conformance/scenario/parser.h"
#include "conformance/scenario/problem.h"
#include "conformance/scenario/validator.h"

namespace conformance {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<std::string>> FilesOfFolder(
    const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".scenario") {
      files.push_back(it->path().string());
    }
  }
  if (error) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the folder ", path, ": ", error.message()));
  }
  if (files.empty()) {
    return absl::NotFoundError(
        absl::StrCat("there is no *.scenario file in the folder ", path));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindScenarioFiles(
    const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      absl::StatusOr<std::vector<std::string>> found = FilesOfFolder(path);
      if (!found.ok()) return found.status();
      files.insert(files.end(), found->begin(), found->end());
    } else if (fs::exists(path, error)) {
      files.push_back(path);
    } else {
      return absl::NotFoundError(
          absl::StrCat("there is no file or folder ", path,
                       " (relative paths start at the folder where you are)"));
    }
  }
  return files;
}

absl::StatusOr<ScenarioCatalog> ScenarioCatalog::Load(
    const std::vector<std::string>& paths) {
  absl::StatusOr<std::vector<std::string>> files = FindScenarioFiles(paths);
  if (!files.ok()) return files.status();
  ScenarioCatalog catalog;
  // All files, so that one look shows all that is wrong.
  std::string problems;
  for (const std::string& file : *files) {
    const absl::Status status = catalog.LoadFile(file);
    if (!status.ok()) absl::StrAppend(&problems, status.message());
  }
  if (problems.empty()) {
    if (absl::Status status = catalog.CheckIdsAreUnique(); !status.ok()) {
      return status;
    }
    return catalog;
  }
  return absl::InvalidArgumentError(problems);
}

absl::Status ScenarioCatalog::LoadFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) {
    return absl::NotFoundError(absl::StrCat(text.status().message(), "\n"));
  }
  ParsedFile parsed = ParseScenarios(path, *text);
  std::vector<Problem> problems = std::move(parsed.problems);
  if (!HasErrors(problems)) {
    for (Problem& problem : Validate(parsed.file)) {
      problems.push_back(std::move(problem));
    }
  }
  std::string errors;
  for (const Problem& problem : problems) {
    const std::string shown = FormatProblem(path, *text, problem);
    const bool ends = !shown.empty() && shown.back() == '\n';
    if (problem.severity == Problem::Severity::kWarning) {
      warnings_.push_back(ends ? shown.substr(0, shown.size() - 1) : shown);
    } else {
      absl::StrAppend(&errors, shown, ends ? "" : "\n");
    }
  }
  if (!errors.empty()) return absl::InvalidArgumentError(errors);
  files_.push_back(std::make_unique<ScenarioFile>(std::move(parsed.file)));
  for (const Scenario& scenario : files_.back()->scenarios) {
    for (Variant& variant : Expand(scenario)) {
      entries_.push_back(
          CatalogEntry{files_.back().get(), &scenario, std::move(variant)});
    }
  }
  return absl::OkStatus();
}

absl::Status ScenarioCatalog::CheckIdsAreUnique() const {
  std::map<std::string, const CatalogEntry*> seen;
  for (const CatalogEntry& entry : entries_) {
    const auto [place, is_new] = seen.emplace(entry.variant.id, &entry);
    if (is_new) continue;
    const CatalogEntry& other = *place->second;
    return absl::InvalidArgumentError(
        absl::StrCat(entry.file->path, ":", entry.scenario->line,
                     ": error: scenario ", entry.variant.id, " is also in ",
                     other.file->path, ":", other.scenario->line, "\n"));
  }
  return absl::OkStatus();
}

}  // namespace conformance
