// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_PEER_OUTCOME_H_
#define CONFORMANCE_RUNNER_PEER_OUTCOME_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/runner/peer_connection.h"
#include "conformance/scenario/outcome.h"

namespace conformance {

// What an operation of a peer gave.
struct PeerOutcome {
  Outcome outcome;
  // The deadline passed first: `explanation` says what was waited for.
  bool timed_out = false;
  std::string explanation;
};

// The outcome for an error number: its Python class, with the symbol.
Outcome OsErrorOutcome(int error);

PeerOutcome PeerRaised(absl::string_view python_class,
                       absl::string_view message);
PeerOutcome PeerReturned(Value value);

// What the result of a connection's operation amounts to; `waiting_for` is for
// the case that the deadline passed.
PeerOutcome PeerOutcomeOf(const ConnectionResult& result,
                          std::string waiting_for);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_PEER_OUTCOME_H_
