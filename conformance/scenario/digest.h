// SPDX-License-Identifier: Apache-2.0
//
// Whether a recording is of the steps that stand there now.
#ifndef CONFORMANCE_SCENARIO_DIGEST_H_
#define CONFORMANCE_SCENARIO_DIGEST_H_

#include <string>

#include "conformance/scenario/model.h"

namespace conformance {

// The first 8 hexadecimal digits of the SHA-256 of whatever decides the
// outcomes: id, `for`, `segments` and `compare` lines, and the steps without
// comments, outcomes and the space between tokens.
std::string ScenarioDigest(const Scenario& scenario);

enum class RecordingState {
  kNone,     // Nobody recorded it.
  kCurrent,  // Its outcomes are those of these steps.
  kStale,    // The steps were changed since: its outcomes mean nothing.
};
RecordingState GetRecordingState(const Scenario& scenario);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_DIGEST_H_
