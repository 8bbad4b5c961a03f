// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_ERROR_H_
#define STREAMS_OS_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace streams {

// Which of Python's exceptions an error is. absl's codes tell too little: for
// them ECONNRESET, ECONNABORTED and ECONNREFUSED are one. The kind travels with
// the status as a payload; a status of anybody else's has the kind kOther.
//
// Log message(), not ToString(): that prints payloads, hence a peer's bytes.
enum class ErrorKind : uint8_t {
  kNone,                 // OK.
  kOther,                // Exception
  kExceptionGroup,       // ExceptionGroup; see os/exception_group.h
  kCancelled,            // asyncio.CancelledError
  kIncompleteRead,       // asyncio.IncompleteReadError
  kLimitOverrun,         // asyncio.LimitOverrunError
  kValue,                // ValueError
  kType,                 // TypeError
  kIndex,                // IndexError
  kRuntime,              // RuntimeError
  kAssertion,            // AssertionError
  kNotImplemented,       // NotImplementedError
  kOs,                   // OSError, of an errno that has no kind of its own
  kBlockingIo,           // BlockingIOError
  kBrokenPipe,           // BrokenPipeError
  kChildProcess,         // ChildProcessError
  kConnectionAborted,    // ConnectionAbortedError
  kConnectionRefused,    // ConnectionRefusedError
  kConnectionReset,      // ConnectionResetError
  kFileExists,           // FileExistsError
  kFileNotFound,         // FileNotFoundError
  kInterrupted,          // InterruptedError
  kIsADirectory,         // IsADirectoryError
  kNotADirectory,        // NotADirectoryError
  kPermission,           // PermissionError
  kProcessLookup,        // ProcessLookupError
  kTimeout,              // TimeoutError, which is asyncio.TimeoutError
  kAddressLookup,        // socket.gaierror
  kSsl,                  // ssl.SSLError
  kSslCertVerification,  // ssl.SSLCertVerificationError
  kSslEof,               // ssl.SSLEOFError
  kSslZeroReturn,        // ssl.SSLZeroReturnError
};

// Python's name of the exception, without its module; "" for kNone.
const char* ErrorKindName(ErrorKind kind);

ErrorKind GetErrorKind(const absl::Status& status);

// OSError.errno: 0 when there is none. For kAddressLookup, the EAI_ code.
int GetErrno(const absl::Status& status);

// What the reader had when EOF came. `expected` is absent for ReadUntil().
struct IncompleteRead {
  std::string partial;
  std::optional<size_t> expected;
};
std::optional<IncompleteRead> GetIncompleteRead(const absl::Status& status);

// How many bytes of the buffer surely hold no separator, and may be consumed.
struct LimitOverrun {
  size_t consumed = 0;
};
std::optional<LimitOverrun> GetLimitOverrun(const absl::Status& status);

// Making them. `kind` is not kNone; kCancelled gives CancelledError().
absl::Status MakeError(ErrorKind kind, absl::string_view message);
// With an errno of whatever numbering the kind has.
absl::Status MakeError(ErrorKind kind, int error_number,
                       absl::string_view message);
absl::Status IncompleteReadError(absl::string_view partial,
                                 std::optional<size_t> expected);
absl::Status LimitOverrunError(absl::string_view message, size_t consumed);

// The kind and the code follow from `error_number` as Python's OSError chooses
// its subclass. The message is "[Errno 104] Connection reset by peer", as
// str(exception) has it; or with `message` in place of the system's words.
absl::Status OsError(int error_number);
absl::Status OsError(int error_number, absl::string_view message);

// A kAddressLookup from a return value of getaddrinfo(). [socket.gaierror]
absl::Status AddressLookupError(int code);

// Which kind Python gives to an errno: kOs for most.
ErrorKind ErrorKindOfErrno(int error_number);

}  // namespace streams

#endif  // STREAMS_OS_ERROR_H_
