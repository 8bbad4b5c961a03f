// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_CERTIFY_OPTIONS_H_
#define CONFORMANCE_RUNNER_CERTIFY_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "conformance/runner/exit_status.h"

namespace conformance {

// What the expectation is.
enum class OracleMode {
  // What was recorded; a live oracle replays each scenario in addition. The
  // default.
  kRecordedAndLive,
  kRecorded,  // What was recorded, and no Python is needed.
  kLive,      // What the live oracle does.
};

// The command line of certify.
struct CertifyOptions {
  std::string testee;   // A command line; empty: the default one.
  std::string edition;  // Empty: the one that the testee claims.
  OracleMode oracle = OracleMode::kRecordedAndLive;
  std::string python = "python3";
  std::vector<std::string> scenarios;  // Empty: the default folder.
  std::string filter;
  std::string json_path;
  std::string histories_path;
  std::string recheck_path;
  std::string expected_failures_path;
  bool fix = false;
  bool list = false;
  bool observe = false;
  bool verbose = false;
  int repeat = 1;
  int jobs = 1;
  std::chrono::milliseconds deadline{10'000};
  std::optional<std::uint64_t> perturbation_seed;
  int load_threads = 0;

  // Given by the wrapper, not by the user.
  std::string default_testee;
  std::string oracle_program;
  std::string default_scenarios;
  std::string reproduce_with = "certify";

  // Nobody chose a part of the scenarios.
  bool is_canonical() const { return scenarios.empty() && filter.empty(); }
};

// The options, or, if there is nothing more to do (--help) or an error (which
// has been printed), the exit status.
std::variant<CertifyOptions, ExitStatus> ParseCertifyOptions(
    int argc, const char* const* argv);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_CERTIFY_OPTIONS_H_
