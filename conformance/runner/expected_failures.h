// SPDX-License-Identifier: Apache-2.0
//
// The list of failures that are known. Each entry says which scenario, how it
// fails, and why that is accepted:
//
//   read/zero-bytes[tcp]
//     gives: await reader.read(0) -> pending
//     reason: waits for data first; https://example.org/issues/12
//
// `gives` is the first divergence: the statement, and what came back; or the
// verdict alone, where it is not `fail` (`gives: crash`). Lines that begin with
// `#` and blank lines are free; --fix keeps those before the first entry.
#ifndef CONFORMANCE_RUNNER_EXPECTED_FAILURES_H_
#define CONFORMANCE_RUNNER_EXPECTED_FAILURES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/runner/certification.h"

namespace conformance {

struct ExpectedFailure {
  std::string scenario;
  std::string gives;
  std::string reason;
  int line = 0;
};

struct ExpectedFailures {
  std::string preamble;  // Comments before the first entry, with line feeds.
  std::vector<ExpectedFailure> entries;
};

// InvalidArgument: the message begins with "PATH:LINE: ".
absl::StatusOr<ExpectedFailures> ParseExpectedFailures(absl::string_view path,
                                                       absl::string_view text);

std::string FormatExpectedFailures(const ExpectedFailures& list);

// Turns failures into expected ones, and passes into unexpected ones, as the
// list says; what is not true any more goes to `stale_expectations`.
void ApplyExpectedFailures(const ExpectedFailures& list, absl::string_view path,
                           CertificationResult& result);

// The list that would make this result (before it was applied) as expected. The
// reasons of entries that stay are kept.
ExpectedFailures FixedExpectedFailures(const ExpectedFailures& old,
                                       const CertificationResult& result);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_EXPECTED_FAILURES_H_
