// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/verdict.h"

namespace conformance {

absl::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kExpectedFail:
      return "expected-fail";
    case Verdict::kUnexpectedPass:
      return "unexpected-pass";
    case Verdict::kUnsupported:
      return "unsupported";
    case Verdict::kCrash:
      return "crash";
    case Verdict::kTimeout:
      return "timeout";
    case Verdict::kProtocolError:
      return "protocol-error";
    case Verdict::kInconclusive:
      return "inconclusive";
  }
  return "";
}

bool IsExpected(Verdict verdict) {
  return verdict == Verdict::kPass || verdict == Verdict::kExpectedFail ||
         verdict == Verdict::kUnsupported;
}

}  // namespace conformance
