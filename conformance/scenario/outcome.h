// SPDX-License-Identifier: Apache-2.0
//
// What came back from a statement, and the one way to write it down.
//
// The text is canonical: two outcomes are the same exactly if their texts are.
// That holds for long values too, which are written as length and SHA-256.
// Pure values and functions.
#ifndef CONFORMANCE_SCENARIO_OUTCOME_H_
#define CONFORMANCE_SCENARIO_OUTCOME_H_

#include <string>

#include "conformance/protocol/message.h"
#include "conformance/protocol/value.h"

namespace conformance {

struct Outcome {
  enum class Kind {
    kNone,      // None, or a name was bound: nothing to say.
    kPending,   // The task still waits.
    kValue,     // `value`, anything but None and the following.
    kRaised,    // `value` is an ErrorValue.
    kReturned,  // `value` is an ErrorValue that was returned, not raised.
    kObject,    // `value` is an Object.
  };

  Kind kind = Kind::kNone;
  Value value;

  static Outcome Nothing() { return {}; }
  static Outcome Pending();
  // None, an error, an object or a value: whichever `value` is.
  static Outcome Returned(Value value);
  static Outcome Raised(ErrorValue error);
  // What `done` says. With `bound`, a value is nothing to say.
  static Outcome FromDone(const Done& done, bool bound);

  // The text of the error; empty if it is none.
  const std::string& message() const;
};

// The canonical text without the message of an error: `None`, `pending`,
// `b"abc\n"`, `LimitOverrunError(consumed=6)`, `returned ValueError()`,
// `<StreamReader>`.
std::string OutcomeText(const Outcome& outcome);
// The same, and behind an error `  # message`, escaped to stay on the line.
std::string OutcomeTextWithMessage(const Outcome& outcome);

// Same kind and same text; with `compare_messages` the messages of errors count
// too.
bool SameOutcome(const Outcome& a, const Outcome& b, bool compare_messages);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_OUTCOME_H_
