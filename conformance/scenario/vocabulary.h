// SPDX-License-Identifier: Apache-2.0
//
// The words of the scenario language that are names of something: functions of
// the testee, callbacks, statements of the scripted peer. One table each; a new
// operation is an entry here and its code in the runner or the testee.
#ifndef CONFORMANCE_SCENARIO_VOCABULARY_H_
#define CONFORMANCE_SCENARIO_VOCABULARY_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace conformance {

struct PeerCall {
  absl::string_view name;
  int min_args;
  int max_args;
  absl::Span<const absl::string_view> keywords;
  // Whether a peer may begin with it.
  bool begins;
};

absl::Span<const PeerCall> PeerCalls();
// Null if there is none.
const PeerCall* FindPeerCall(absl::string_view name);

struct TesteeFunction {
  absl::string_view name;
  // That it needs; empty: none of its own. "socket" stands for `tcp` or `unix`,
  // whichever the transport is, "tls" for `tls-1.2` or `tls-1.3`.
  std::vector<absl::string_view> capabilities;
};

// Functions with target null. Null if there is none: a testee may have more.
const TesteeFunction* FindTesteeFunction(absl::string_view name);

// `accept`, `raise_exception` … : names that stand for themselves.
bool IsCallbackName(absl::string_view name);

// All capabilities of the protocol.
absl::Span<const absl::string_view> Capabilities();

// The nearest of `candidates`, for "did you mean"; empty if none is near.
std::string NearestName(absl::string_view name,
                        absl::Span<const absl::string_view> candidates);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_VOCABULARY_H_
