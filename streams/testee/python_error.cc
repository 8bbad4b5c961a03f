// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/python_error.h"

#include <string.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "streams/streams.h"

namespace streams::testee {
namespace {

constexpr char kClassUrl[] = "asyncio-streams/testee/class";

std::string ErrnoSymbol(int error) {
  const char* const symbol = strerrorname_np(error);
  return symbol != nullptr ? symbol : absl::StrCat(error);
}

std::string AddressErrorSymbol(int code) {
  switch (code) {
    case EAI_AGAIN:
      return "EAI_AGAIN";
    case EAI_BADFLAGS:
      return "EAI_BADFLAGS";
    case EAI_FAIL:
      return "EAI_FAIL";
    case EAI_FAMILY:
      return "EAI_FAMILY";
    case EAI_MEMORY:
      return "EAI_MEMORY";
    case EAI_NODATA:
      return "EAI_NODATA";
    case EAI_NONAME:
      return "EAI_NONAME";
    case EAI_SERVICE:
      return "EAI_SERVICE";
    case EAI_SOCKTYPE:
      return "EAI_SOCKTYPE";
    case EAI_SYSTEM:
      return "EAI_SYSTEM";
    case EAI_ADDRFAMILY:
      return "EAI_ADDRFAMILY";
    default:
      return absl::StrCat(code);
  }
}

// What str() gives for a single argument.
std::string TextOf(const conformance::Value& value) {
  if (const auto* text = value.get_if<std::string>()) return *text;
  if (const auto* number = value.get_if<int64_t>())
    return absl::StrCat(*number);
  return std::string();
}

std::optional<ErrorKind> KindOfClass(absl::string_view class_name) {
  for (int i = static_cast<int>(ErrorKind::kOther);
       i <= static_cast<int>(ErrorKind::kSslZeroReturn); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    if (class_name == ErrorKindName(kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace

absl::Status PythonError(absl::string_view class_name,
                         absl::string_view message) {
  absl::Status status = absl::UnknownError(message);
  status.SetPayload(kClassUrl, absl::Cord(class_name));
  return status;
}

conformance::ErrorValue ErrorToValue(const absl::Status& status) {
  conformance::ErrorValue error;
  error.message = std::string(status.message());
  if (const auto class_name = status.GetPayload(kClassUrl)) {
    error.kind = std::string(*class_name);
    return error;
  }
  const ErrorKind kind = GetErrorKind(status);
  error.kind = ErrorKindName(kind);
  if (const auto incomplete = GetIncompleteRead(status)) {
    conformance::Value expected;
    if (incomplete->expected.has_value()) {
      expected = static_cast<int64_t>(*incomplete->expected);
    }
    conformance::SetNamed(error.attributes, "expected", expected);
    conformance::SetNamed(error.attributes, "partial",
                          conformance::Bytes{incomplete->partial});
  } else if (const auto overrun = GetLimitOverrun(status)) {
    conformance::SetNamed(error.attributes, "consumed",
                          static_cast<int64_t>(overrun->consumed));
  } else if (const auto ssl = GetSslError(status)) {
    if (kind == ErrorKind::kSslCertVerification) {
      conformance::SetNamed(error.attributes, "verify_code",
                            static_cast<int64_t>(ssl->verify_code));
    } else if (kind == ErrorKind::kSsl &&
               absl::StrContains(ssl->reason, "_ALERT_")) {
      conformance::SetNamed(error.attributes, "reason", ssl->reason);
    }
  } else if (const int number = GetErrno(status); number != 0) {
    conformance::SetNamed(error.attributes, "errno",
                          kind == ErrorKind::kAddressLookup
                              ? AddressErrorSymbol(number)
                              : ErrnoSymbol(number));
  }
  return error;
}

absl::Status ErrorFromValue(const conformance::ErrorValue& error) {
  std::string message;
  if (error.args.has_value() && !error.args->empty()) {
    const conformance::Value& first = error.args->front();
    const auto* number = first.get_if<int64_t>();
    const std::optional<ErrorKind> kind = KindOfClass(error.kind);
    if (number != nullptr && error.args->size() == 2 && kind.has_value() &&
        *kind >= ErrorKind::kOs && *kind <= ErrorKind::kTimeout) {
      return OsError(static_cast<int>(*number), TextOf((*error.args)[1]));
    }
    message = TextOf(first);
  }
  const std::optional<ErrorKind> kind = KindOfClass(error.kind);
  if (!kind.has_value()) return PythonError(error.kind, message);
  if (*kind == ErrorKind::kCancelled) return CancelledError();
  return MakeError(*kind, message);
}

}  // namespace streams::testee
