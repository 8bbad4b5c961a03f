// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/history.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "conformance/scenario/outcome_parser.h"

namespace conformance {
namespace {

// What is shorter is not worth a second look.
constexpr std::size_t kSmall = 256;

}  // namespace

Outcome Compacted(Outcome outcome) {
  if (outcome.kind != Outcome::Kind::kValue) return outcome;
  const bool is_small_bytes =
      outcome.value.is<Bytes>() &&
      outcome.value.get_if<Bytes>()->data.size() <= kSmall;
  if (is_small_bytes || outcome.value.is<std::int64_t>() ||
      outcome.value.is<bool>()) {
    return outcome;
  }
  absl::StatusOr<Outcome> compact = ParseOutcome(OutcomeText(outcome));
  return compact.ok() ? *std::move(compact) : outcome;
}

bool SameRun(const RunHistory& a, const RunHistory& b) {
  if (a.state != b.state || a.explanation != b.explanation ||
      a.outcomes.size() != b.outcomes.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.outcomes.size(); ++i) {
    if (!SameOutcome(a.outcomes[i].outcome, b.outcomes[i].outcome,
                     /*compare_messages=*/true)) {
      return false;
    }
  }
  return true;
}

}  // namespace conformance
