// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/expression.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace conformance {

std::string DottedName(const Expression& expression) {
  if (expression.is(Expression::Kind::kName)) return expression.name;
  if (!expression.is(Expression::Kind::kAttribute)) return "";
  const std::string object = DottedName(expression.operands[0]);
  return object.empty() ? "" : absl::StrCat(object, ".", expression.name);
}

bool IsExceptionName(absl::string_view name) {
  // The exceptions of the standard library that do not follow its rule.
  for (const absl::string_view other :
       {"KeyboardInterrupt", "SystemExit", "StopIteration",
        "StopAsyncIteration", "GeneratorExit", "gaierror", "herror"}) {
    if (name == other) return true;
  }
  return !name.empty() && absl::ascii_isupper(name[0]) &&
         (absl::EndsWith(name, "Error") || absl::EndsWith(name, "Exception") ||
          absl::EndsWith(name, "ExceptionGroup") ||
          absl::EndsWith(name, "Warning"));
}

}  // namespace conformance
