// SPDX-License-Identifier: Apache-2.0
//
// From the tokens of a statement to what it does.
#ifndef CONFORMANCE_SCENARIO_STATEMENT_PARSER_H_
#define CONFORMANCE_SCENARIO_STATEMENT_PARSER_H_

#include <cstddef>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "conformance/scenario/model.h"
#include "conformance/scenario/token.h"

namespace conformance {

// What names mean where a statement stands.
struct StatementScope {
  std::set<std::string> tasks;
  std::set<std::string> peers;

  // Goes on behind `statement`.
  void Apply(const Statement& statement);
};

// `tokens` are those of one statement, without `;`. Its `source` is left to the
// caller. Errors are SyntaxErrors.
absl::StatusOr<Statement> ParseTesteeStatement(absl::Span<const Token> tokens,
                                               int end_column,
                                               const StatementScope& scope,
                                               size_t* expansion);
absl::StatusOr<Statement> ParsePeerStatement(absl::Span<const Token> tokens,
                                             int end_column,
                                             const StatementScope& scope,
                                             size_t* expansion);

}  // namespace conformance

#endif  // CONFORMANCE_SCENARIO_STATEMENT_PARSER_H_
