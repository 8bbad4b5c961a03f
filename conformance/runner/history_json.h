// SPDX-License-Identifier: Apache-2.0
//
// Histories as a JSON document, and back: what `certify --histories` writes and
// `--recheck` reads, and what the recorder works from.
//
//   {"implementation": {"name": …, "version": …}, "edition": "3.11.2",
//    "scenarios": [
//      {"id": "area/x[tcp]", "scenario": "area/x", "file": …, "line": 12,
//       "variables": {"transport": "tcp"}, "digest": "5f0c1b7e",
//       "compare_messages": false, "state": "observed", "explanation": "",
//       "runs": [
//         {"state": "observed", "explanation": "", "perturbation": "seed 1",
//         "count": 1,
//          "stopped_at_line": 0, "stderr": "", "wire": ["-> {…}"],
//          "outcomes": [
//            {"line": 14, "statement": 0, "text": "ValueError()",
//             "message": "boom", "alternatives": ["None"]}]}]}]}
//
// A scenario's `state` is that of its first run which is not `observed`.
#ifndef CONFORMANCE_RUNNER_HISTORY_JSON_H_
#define CONFORMANCE_RUNNER_HISTORY_JSON_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/runner/history.h"

namespace conformance {

// The texts of the outcomes that the scenario declares for one statement with
// `|`; empty if it declares none.
using AlternativesOf = std::function<std::vector<std::string>(
    const ScenarioHistory& history, const ObservedOutcome& outcome)>;

std::string HistoriesToJson(const Histories& histories,
                            const AlternativesOf& alternatives);

// InvalidArgument: it is not such a document; the message says where.
absl::StatusOr<Histories> HistoriesFromJson(absl::string_view text);

// "observed", "unsupported", "not-applicable", "crash" …
absl::string_view RunStateName(RunState state);

// The first of the runs that was not observed, else the first; null without
// runs.
const RunHistory* DecisiveRun(const ScenarioHistory& history);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_HISTORY_JSON_H_
