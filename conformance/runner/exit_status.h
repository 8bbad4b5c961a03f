// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_EXIT_STATUS_H_
#define CONFORMANCE_RUNNER_EXIT_STATUS_H_

namespace conformance {

// Of certify. Zero scenarios are never a success.
enum class ExitStatus {
  kAsExpected = 0,
  kUnexpected = 1,
  kUsage = 2,
  kTesteeNotSpokenTo = 3,  // It could not be started, or does not say hello.
  kNotAllRan = 4,          // Nothing, or less than the canonical set.
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_EXIT_STATUS_H_
