// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_SCENARIO_FOLDER_H_
#define CONFORMANCE_RUNNER_SCENARIO_FOLDER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace conformance {

// A folder of its own for the Unix sockets and the certificates of one
// scenario; removed, with what is in it, on destruction.
class ScenarioFolder {
 public:
  ScenarioFolder() = default;
  ~ScenarioFolder();
  ScenarioFolder(const ScenarioFolder&) = delete;
  ScenarioFolder& operator=(const ScenarioFolder&) = delete;

  // A path in it at which there is nothing yet, short enough for the address
  // of a socket.
  std::string FreshPath();

  // The path of a file NAME.pem in it that holds the test certificate of that
  // name; empty if there is none.
  std::string CertificatePath(absl::string_view name);

 private:
  // Makes it, if it is not there yet.
  const std::string& folder();

  std::string folder_;  // Empty until the first path is asked for.
  int count_ = 0;
  std::vector<std::string> certificates_;  // Paths that were handed out.
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_SCENARIO_FOLDER_H_
