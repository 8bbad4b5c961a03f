// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/outcome.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "conformance/scenario/message_comment.h"
#include "conformance/scenario/value_text.h"

namespace conformance {

Outcome Outcome::Pending() {
  Outcome outcome;
  outcome.kind = Kind::kPending;
  return outcome;
}

Outcome Outcome::Returned(Value value) {
  Outcome outcome;
  outcome.kind = value.is_none()          ? Kind::kNone
                 : value.is<ErrorValue>() ? Kind::kReturned
                 : value.is<Object>()     ? Kind::kObject
                                          : Kind::kValue;
  outcome.value = std::move(value);
  return outcome;
}

Outcome Outcome::Raised(ErrorValue error) {
  Outcome outcome;
  outcome.kind = Kind::kRaised;
  outcome.value = std::move(error);
  return outcome;
}

Outcome Outcome::FromDone(const Done& done, bool bound) {
  if (const auto* error = done.result.get_if<ErrorValue>();
      done.raised && error != nullptr) {
    return Raised(*error);
  }
  return bound ? Nothing() : Returned(done.result);
}

const std::string& Outcome::message() const {
  static const std::string& none = *new std::string();
  const auto* error = value.get_if<ErrorValue>();
  return error == nullptr ? none : error->message;
}

std::string OutcomeText(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kNone:
      return "None";
    case Outcome::Kind::kPending:
      return "pending";
    case Outcome::Kind::kReturned:
      return absl::StrCat("returned ", ValueText(outcome.value));
    case Outcome::Kind::kValue:
    case Outcome::Kind::kRaised:
    case Outcome::Kind::kObject:
      break;
  }
  return ValueText(outcome.value);
}

std::string OutcomeTextWithMessage(const Outcome& outcome) {
  const std::string& message = outcome.message();
  if (message.empty()) return OutcomeText(outcome);
  return absl::StrCat(OutcomeText(outcome), "  # ", EscapeMessage(message));
}

bool SameOutcome(const Outcome& a, const Outcome& b, bool compare_messages) {
  // The kind: a class may be called "returned ValueError".
  return a.kind == b.kind && OutcomeText(a) == OutcomeText(b) &&
         (!compare_messages ||
          EscapeMessage(a.message()) == EscapeMessage(b.message()));
}

}  // namespace conformance
