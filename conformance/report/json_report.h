// SPDX-License-Identifier: Apache-2.0
//
// The result of a certification for a program:
//
//   {"implementation": {"name": …, "version": …},
//    "edition": "3.15", "oracle": "recorded",
//    "summary": {"total": n, "pass": n, "fail": n, … one for each verdict …,
//                "not-applicable": n, "as-expected": true},
//    "scenarios": [
//      {"id": "area/x[tcp]", "verdict": "fail", "level": "must",
//       "file": …, "line": 12, "expected-from": "recorded from CPython 3.15.2",
//       "explanation": "line 14, `await …`: expected X, and got Y",
//       "divergence": {"line": 14, "statement": 0, "source": …,
//                      "expected": …, "actual": …},
//       "choices": ["safe"], "warnings": […], "drift": …, "stderr": …}],
//    "warnings": […], "stale-expectations": […]}
//
// Members with nothing to say are left out of a scenario, but for the first
// six and `explanation`. Members may be added; none changes its meaning.
#ifndef CONFORMANCE_REPORT_JSON_REPORT_H_
#define CONFORMANCE_REPORT_JSON_REPORT_H_

#include <string>

#include "conformance/runner/certification.h"

namespace conformance {

std::string ResultToJson(const CertificationResult& result);

}  // namespace conformance

#endif  // CONFORMANCE_REPORT_JSON_REPORT_H_
