// SPDX-License-Identifier: Apache-2.0
//
// From a history to a verdict: pure functions.
#ifndef CONFORMANCE_RUNNER_JUDGE_H_
#define CONFORMANCE_RUNNER_JUDGE_H_

#include "conformance/runner/history.h"
#include "conformance/runner/verdict.h"
#include "conformance/scenario/edition.h"
#include "conformance/scenario/expansion.h"
#include "conformance/scenario/expectation.h"
#include "conformance/scenario/model.h"

namespace conformance {

// What is expected of each statement of a variant, in order.
using Expectations = std::vector<Expectation>;

// As recorded for `edition`: a full version that the scenario is recorded for.
Expectations RecordedExpectations(const Scenario& scenario,
                                  const Variant& variant,
                                  const Version& edition);

// As the oracle behaved in `oracle`, which has to be kObserved. Where the
// scenario declares several outcomes or deliberate choices, and the oracle's is
// one of them, all of them are expected.
Expectations LiveExpectations(const Scenario& scenario, const Variant& variant,
                              const Version& oracle_version,
                              const RunHistory& oracle);

// The verdict is never one about expected failures: see expected_failures.h.
Judgement Judge(const Scenario& scenario, const Expectations& expectations,
                const RunHistory& history);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_JUDGE_H_
