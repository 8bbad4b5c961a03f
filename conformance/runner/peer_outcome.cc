// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/peer_outcome.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "conformance/runner/raised_outcome.h"

namespace conformance {
namespace {

struct OsErrorName {
  int error;
  absl::string_view symbol;
  absl::string_view python_class;
};

constexpr OsErrorName kOsErrors[] = {
    {ECONNRESET, "ECONNRESET", "ConnectionResetError"},
    {ECONNREFUSED, "ECONNREFUSED", "ConnectionRefusedError"},
    {ECONNABORTED, "ECONNABORTED", "ConnectionAbortedError"},
    {EPIPE, "EPIPE", "BrokenPipeError"},
    {ESHUTDOWN, "ESHUTDOWN", "BrokenPipeError"},
    {ENOENT, "ENOENT", "FileNotFoundError"},
    {EACCES, "EACCES", "PermissionError"},
    {EPERM, "EPERM", "PermissionError"},
    {ETIMEDOUT, "ETIMEDOUT", "TimeoutError"},
    {EADDRINUSE, "EADDRINUSE", "OSError"},
    {EINVAL, "EINVAL", "OSError"},
    {EBADF, "EBADF", "OSError"},
    {EFBIG, "EFBIG", "OSError"},
    {ENOTCONN, "ENOTCONN", "OSError"},
    {ENAMETOOLONG, "ENAMETOOLONG", "OSError"},
    {EOPNOTSUPP, "EOPNOTSUPP", "OSError"},
};

}  // namespace

Outcome OsErrorOutcome(int error) {
  ErrorValue value;
  value.kind = "OSError";
  value.message = std::strerror(error);
  std::string symbol = absl::StrCat("E", error);
  for (const OsErrorName& known : kOsErrors) {
    if (known.error != error) continue;
    value.kind = std::string(known.python_class);
    symbol = std::string(known.symbol);
  }
  SetNamed(value.attributes, "errno", std::move(symbol));
  return Outcome::Raised(std::move(value));
}

PeerOutcome PeerRaised(absl::string_view python_class,
                       absl::string_view message) {
  return PeerOutcome{RaisedOutcome(python_class, message), false, ""};
}

PeerOutcome PeerReturned(Value value) {
  return PeerOutcome{Outcome::Returned(std::move(value)), false, ""};
}

PeerOutcome PeerOutcomeOf(const ConnectionResult& result,
                          std::string waiting_for) {
  if (result.socket.timed_out) {
    PeerOutcome outcome =
        PeerRaised("TimeoutError", absl::StrCat("the peer ", waiting_for));
    outcome.timed_out = true;
    outcome.explanation = std::move(waiting_for);
    return outcome;
  }
  if (result.socket.error != 0) {
    return PeerOutcome{OsErrorOutcome(result.socket.error), false, ""};
  }
  if (result.tls_error.has_value()) {
    return PeerOutcome{Outcome::Raised(*result.tls_error), false, ""};
  }
  if (result.pending) return PeerOutcome{Outcome::Pending(), false, ""};
  return {};
}

}  // namespace conformance
