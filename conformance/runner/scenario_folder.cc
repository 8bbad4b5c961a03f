// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/scenario_folder.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "conformance/certificates/certificates.h"

namespace conformance {

ScenarioFolder::~ScenarioFolder() {
  if (folder_.empty()) return;
  for (int i = 1; i <= count_; ++i) {
    unlink(absl::StrCat(folder_, "/", i).c_str());
  }
  for (const std::string& path : certificates_) unlink(path.c_str());
  rmdir(folder_.c_str());
}

const std::string& ScenarioFolder::folder() {
  if (folder_.empty()) {
    // Not below $TMPDIR if that is long: an address has room for 107 bytes.
    const char* base = std::getenv("TMPDIR");
    if (base == nullptr || *base != '/' || std::strlen(base) > 60) {
      base = "/tmp";
    }
    std::string folder = absl::StrCat(base, "/streamsXXXXXX");
    if (mkdtemp(folder.data()) != nullptr) folder_ = folder;
  }
  return folder_;
}

std::string ScenarioFolder::FreshPath() {
  return absl::StrCat(folder(), "/", ++count_);
}

std::string ScenarioFolder::CertificatePath(absl::string_view name) {
  const absl::string_view pem = FindCertificate(name);
  if (pem.empty()) return "";
  std::string path = absl::StrCat(folder(), "/", name, ".pem");
  if (std::find(certificates_.begin(), certificates_.end(), path) ==
      certificates_.end()) {
    certificates_.push_back(path);
    std::ofstream(path, std::ios::binary) << pem;
  }
  return path;
}

}  // namespace conformance
