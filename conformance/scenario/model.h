// SPDX-License-Identifier: Apache-2.0
//
// A scenario file in memory. parser.h reads it, validator.h checks what no
// single line can tell, expansion.h makes the variants, expectation.h selects
// what is expected of a statement. Plain data.
#ifndef CONFORMANCE_SCENARIO_MODEL_H_
#define CONFORMANCE_SCENARIO_MODEL_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/protocol/value.h"
#include "conformance/scenario/edition.h"
#include "conformance/scenario/expression.h"
#include "conformance/scenario/outcome.h"

namespace conformance {

// One statement of a step.
struct Statement {
  enum class Kind {
    kOperation,     // One call or attribute of the testee: `operation`.
    kCreateTask,    // The same, as a task that has the name targets[0].
    kObserve,       // How the task `name` stands: `task`, `await task`.
    kCancel,        // `name`.cancel(), of a task.
    kDelete,        // del `targets`
    kAdvanceClock,  // `seconds`
    kEvents,
    kStats,     // stats("`name`")
    kEvaluate,  // `expression`, by the runner alone.
    kPeer,      // `operation` is a call of a function of the scripted peer.
  };

  Kind kind = Kind::kOperation;
  std::string source;  // As written, trimmed, without its comment.
  int column = 1;
  std::vector<std::string> targets;  // What stands left of `=`, or after del.
  bool await = false;                // kOperation, and `await task`.
  // A kCall or a kAttribute: what is asked of the testee or the peer.
  Expression operation;
  // What the runner computes from it, with a kResult in the place of the
  // operation (kResult alone: nothing to compute); for kEvaluate, all of it.
  Expression expression;
  std::string name;
  double seconds = 0;
};

// For which editions and variants an outcome is; `[transport=unix 3.12+]`.
struct OutcomeTag {
  EditionSet editions;  // Empty: all.
  std::vector<std::pair<std::string, std::vector<std::string>>> variables;
  std::string word;  // "cpython", "safe", or empty.

  bool empty() const {
    return editions.ranges.empty() && variables.empty() && word.empty();
  }
  // Without brackets.
  std::string ToString() const;
};

struct ExpectedOutcome {
  int line = 0;
  OutcomeTag tag;
  int statement = 0;         // Index into Step::statements, from 0.
  bool alternative = false;  // Written with `|`: one of several that will do.
  Outcome outcome;
};

// One line of a scenario.
struct Step {
  int line = 0;
  std::string actor;   // The name of a peer; empty: the testee.
  std::string source;  // The line as written, without its comment.
  std::vector<Statement> statements;
  std::vector<ExpectedOutcome> expected;

  bool is_peer() const { return !actor.empty(); }
};

struct VariantValue {
  std::string text;  // As in the id: `unix`, `1.3`.
  Value value;       // As in a step: a literal of Python, or else a string.
};

// `for NAME in A, B`
struct Variable {
  std::string name;
  std::vector<VariantValue> values;
  int line = 0;
};

enum class Level { kMust, kShould };

struct Scenario {
  int line = 0;    // Of the word `scenario`.
  std::string id;  // Without a variant.
  std::string summary;
  Level level = Level::kMust;
  std::optional<Version> since;
  std::optional<Version> until;
  std::vector<Variable> variables;
  std::vector<std::string> needs;
  std::vector<std::string> see;
  bool compare_messages = false;
  bool segments_any = false;

  // The recording: absent as long as nobody recorded it.
  std::optional<std::string> recorded_digest;
  // The versions of its own `recorded … on`; empty: those of the file.
  std::vector<Version> recorded_on;
  int recorded_line = 0;  // Of the word `recorded`; 0 if there is none.
  int last_header_line = 0;

  std::vector<Step> steps;

  // `since` and `until`. A minor edition stands for its newest release.
  bool AppliesTo(const Version& edition) const;
};

struct ScenarioFile {
  std::string path;
  int recorded_line = 0;  // 0 if there is none.
  std::vector<Version> recorded_on;
  std::vector<Scenario> scenarios;
};

// The versions whose outcomes are written down for `scenario`, in order: its
// own or the file's, as far as since and until let them. Empty if it is not
// recorded.
std::vector<Version> RecordedVersions(const ScenarioFile& file,
                                      const Scenario& scenario);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_MODEL_H_
