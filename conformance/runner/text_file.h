// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_TEXT_FILE_H_
#define CONFORMANCE_RUNNER_TEXT_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace conformance {

// A whole file. An error says which one, for a person.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);
absl::Status WriteTextFile(const std::string& path, absl::string_view text);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_TEXT_FILE_H_
