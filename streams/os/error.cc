// SPDX-License-Identifier: Apache-2.0
#include "streams/os/error.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace streams {
namespace {

// Payloads, all in plain text: "<kind> <errno>"; the partial bytes; numbers.
constexpr absl::string_view kKindUrl = "streams/error-kind";
constexpr absl::string_view kErrnoUrl = "streams/errno";
constexpr absl::string_view kPartialUrl = "streams/partial";
constexpr absl::string_view kExpectedUrl = "streams/expected";
constexpr absl::string_view kConsumedUrl = "streams/consumed";

struct KindRow {
  ErrorKind kind;
  const char* name;
  absl::StatusCode code;
};

// In the order of the enumeration.
constexpr KindRow kKinds[] = {
    {ErrorKind::kNone, "", absl::StatusCode::kOk},
    {ErrorKind::kOther, "Exception", absl::StatusCode::kUnknown},
    {ErrorKind::kExceptionGroup, "ExceptionGroup", absl::StatusCode::kUnknown},
    {ErrorKind::kCancelled, "CancelledError", absl::StatusCode::kCancelled},
    {ErrorKind::kIncompleteRead, "IncompleteReadError",
     absl::StatusCode::kOutOfRange},
    {ErrorKind::kLimitOverrun, "LimitOverrunError",
     absl::StatusCode::kResourceExhausted},
    {ErrorKind::kValue, "ValueError", absl::StatusCode::kInvalidArgument},
    {ErrorKind::kType, "TypeError", absl::StatusCode::kInvalidArgument},
    {ErrorKind::kIndex, "IndexError", absl::StatusCode::kInvalidArgument},
    {ErrorKind::kRuntime, "RuntimeError",
     absl::StatusCode::kFailedPrecondition},
    {ErrorKind::kAssertion, "AssertionError", absl::StatusCode::kInternal},
    {ErrorKind::kNotImplemented, "NotImplementedError",
     absl::StatusCode::kUnimplemented},
    {ErrorKind::kOs, "OSError", absl::StatusCode::kUnknown},
    {ErrorKind::kBlockingIo, "BlockingIOError", absl::StatusCode::kUnavailable},
    {ErrorKind::kBrokenPipe, "BrokenPipeError", absl::StatusCode::kUnavailable},
    {ErrorKind::kChildProcess, "ChildProcessError",
     absl::StatusCode::kNotFound},
    {ErrorKind::kConnectionAborted, "ConnectionAbortedError",
     absl::StatusCode::kUnavailable},
    {ErrorKind::kConnectionRefused, "ConnectionRefusedError",
     absl::StatusCode::kUnavailable},
    {ErrorKind::kConnectionReset, "ConnectionResetError",
     absl::StatusCode::kUnavailable},
    {ErrorKind::kFileExists, "FileExistsError",
     absl::StatusCode::kAlreadyExists},
    {ErrorKind::kFileNotFound, "FileNotFoundError",
     absl::StatusCode::kNotFound},
    {ErrorKind::kInterrupted, "InterruptedError",
     absl::StatusCode::kUnavailable},
    {ErrorKind::kIsADirectory, "IsADirectoryError",
     absl::StatusCode::kFailedPrecondition},
    {ErrorKind::kNotADirectory, "NotADirectoryError",
     absl::StatusCode::kFailedPrecondition},
    {ErrorKind::kPermission, "PermissionError",
     absl::StatusCode::kPermissionDenied},
    {ErrorKind::kProcessLookup, "ProcessLookupError",
     absl::StatusCode::kNotFound},
    {ErrorKind::kTimeout, "TimeoutError", absl::StatusCode::kDeadlineExceeded},
    {ErrorKind::kAddressLookup, "gaierror", absl::StatusCode::kNotFound},
    {ErrorKind::kSsl, "SSLError", absl::StatusCode::kAborted},
    {ErrorKind::kSslCertVerification, "SSLCertVerificationError",
     absl::StatusCode::kUnauthenticated},
    {ErrorKind::kSslEof, "SSLEOFError", absl::StatusCode::kDataLoss},
    {ErrorKind::kSslZeroReturn, "SSLZeroReturnError",
     absl::StatusCode::kOutOfRange},
};
static_assert(std::size(kKinds) ==
              static_cast<size_t>(ErrorKind::kSslZeroReturn) + 1);

const KindRow& RowOf(ErrorKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

void SetNumber(absl::Status& status, absl::string_view url, int64_t number) {
  status.SetPayload(url, absl::Cord(absl::StrCat(number)));
}

std::optional<int64_t> GetNumber(const absl::Status& status,
                                 absl::string_view url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  int64_t number = 0;
  if (!payload.has_value() ||
      !absl::SimpleAtoi(std::string(*payload), &number)) {
    return std::nullopt;
  }
  return number;
}

std::string SystemWords(int error_number) {
  char buffer[128];
  // glibc's strerror_r, which may return a string of its own.
  return strerror_r(error_number, buffer, sizeof buffer);
}

}  // namespace

const char* ErrorKindName(ErrorKind kind) { return RowOf(kind).name; }

ErrorKind GetErrorKind(const absl::Status& status) {
  if (status.ok()) return ErrorKind::kNone;
  if (absl::IsCancelled(status)) return ErrorKind::kCancelled;
  const std::optional<int64_t> number = GetNumber(status, kKindUrl);
  if (!number.has_value() || *number <= 0 ||
      *number >= static_cast<int64_t>(std::size(kKinds))) {
    return ErrorKind::kOther;
  }
  return static_cast<ErrorKind>(*number);
}

int GetErrno(const absl::Status& status) {
  return static_cast<int>(GetNumber(status, kErrnoUrl).value_or(0));
}

std::optional<IncompleteRead> GetIncompleteRead(const absl::Status& status) {
  const absl::optional<absl::Cord> partial = status.GetPayload(kPartialUrl);
  if (!partial.has_value()) return std::nullopt;
  IncompleteRead result;
  result.partial = std::string(*partial);
  const std::optional<int64_t> expected = GetNumber(status, kExpectedUrl);
  if (expected.has_value()) result.expected = static_cast<size_t>(*expected);
  return result;
}

std::optional<LimitOverrun> GetLimitOverrun(const absl::Status& status) {
  const std::optional<int64_t> consumed = GetNumber(status, kConsumedUrl);
  if (!consumed.has_value()) return std::nullopt;
  LimitOverrun result;
  result.consumed = static_cast<size_t>(*consumed);
  return result;
}

absl::Status MakeError(ErrorKind kind, absl::string_view message) {
  absl::Status status(RowOf(kind).code, message);
  SetNumber(status, kKindUrl, static_cast<int64_t>(kind));
  return status;
}

absl::Status MakeError(ErrorKind kind, int error_number,
                       absl::string_view message) {
  absl::Status status = MakeError(kind, message);
  SetNumber(status, kErrnoUrl, error_number);
  return status;
}

absl::Status IncompleteReadError(absl::string_view partial,
                                 std::optional<size_t> expected) {
  const std::string expected_words =
      expected.has_value() ? absl::StrCat(*expected) : "undefined";
  absl::Status status =
      MakeError(ErrorKind::kIncompleteRead,
                absl::StrCat(partial.size(), " bytes read on a total of ",
                             expected_words, " expected bytes"));
  status.SetPayload(kPartialUrl, absl::Cord(partial));
  if (expected.has_value()) {
    SetNumber(status, kExpectedUrl, static_cast<int64_t>(*expected));
  }
  return status;
}

absl::Status LimitOverrunError(absl::string_view message, size_t consumed) {
  absl::Status status = MakeError(ErrorKind::kLimitOverrun, message);
  SetNumber(status, kConsumedUrl, static_cast<int64_t>(consumed));
  return status;
}

absl::Status OsError(int error_number) {
  return OsError(error_number, SystemWords(error_number));
}

absl::Status OsError(int error_number, absl::string_view message) {
  absl::Status status =
      MakeError(ErrorKindOfErrno(error_number),
                absl::StrCat("[Errno ", error_number, "] ", message));
  SetNumber(status, kErrnoUrl, error_number);
  return status;
}

absl::Status AddressLookupError(int code) {
  absl::Status status =
      MakeError(ErrorKind::kAddressLookup,
                absl::StrCat("[Errno ", code, "] ", ::gai_strerror(code)));
  SetNumber(status, kErrnoUrl, code);
  return status;
}

ErrorKind ErrorKindOfErrno(int error_number) {
  switch (error_number) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS:
      return ErrorKind::kBlockingIo;
    case EPIPE:
    case ESHUTDOWN:
      return ErrorKind::kBrokenPipe;
    case ECHILD:
      return ErrorKind::kChildProcess;
    case ECONNABORTED:
      return ErrorKind::kConnectionAborted;
    case ECONNREFUSED:
      return ErrorKind::kConnectionRefused;
    case ECONNRESET:
      return ErrorKind::kConnectionReset;
    case EEXIST:
      return ErrorKind::kFileExists;
    case ENOENT:
      return ErrorKind::kFileNotFound;
    case EINTR:
      return ErrorKind::kInterrupted;
    case EISDIR:
      return ErrorKind::kIsADirectory;
    case ENOTDIR:
      return ErrorKind::kNotADirectory;
    case EACCES:
    case EPERM:
      return ErrorKind::kPermission;
    case ESRCH:
      return ErrorKind::kProcessLookup;
    case ETIMEDOUT:
      return ErrorKind::kTimeout;
    default:
      return ErrorKind::kOs;
  }
}

}  // namespace streams
