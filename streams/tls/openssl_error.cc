// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/openssl_error.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "openssl/err.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"
#include "streams/os/error.h"
#include "streams/os/ssl_error.h"
#include "streams/tls/certificate_verification.h"

namespace streams::internal {
namespace {

// ssl.SSL_ERROR_SSL, _ZERO_RETURN and _EOF.
constexpr int kErrorSsl = 1;
constexpr int kErrorZeroReturn = 6;
constexpr int kErrorEof = 8;

struct Renamed {
  absl::string_view boringssl;
  absl::string_view openssl;
};

// OpenSSL's for all that is wrong with a record, rather than with what it
// holds.
constexpr absl::string_view kRecordLayerFailure = "RECORD_LAYER_FAILURE";

// What the two call differently and a peer can bring about. Where OpenSSL draws
// other lines, the nearest.
constexpr Renamed kReasons[] = {
    {"APPLICATION_DATA_INSTEAD_OF_HANDSHAKE", "UNEXPECTED_MESSAGE"},
    {"APPLICATION_DATA_ON_SHUTDOWN", "APPLICATION_DATA_AFTER_CLOSE_NOTIFY"},
    {"BAD_HANDSHAKE_RECORD", "BAD_RECORD_TYPE"},
    {"DATA_LENGTH_TOO_LONG", kRecordLayerFailure},
    {"DECODE_ERROR", "LENGTH_MISMATCH"},
    {"DECRYPTION_FAILED_OR_BAD_RECORD_MAC", kRecordLayerFailure},
    {"ENCRYPTED_LENGTH_TOO_LONG", kRecordLayerFailure},
    {"EXCESS_HANDSHAKE_DATA", "NOT_ON_RECORD_BOUNDARY"},
    {"HANDSHAKE_FAILURE_ON_CLIENT_HELLO", "SSLV3_ALERT_HANDSHAKE_FAILURE"},
    {"INVALID_OUTER_RECORD_TYPE", kRecordLayerFailure},
    {"NO_COMMON_SIGNATURE_ALGORITHMS", "NO_SUITABLE_SIGNATURE_ALGORITHM"},
    {"NO_SHARED_GROUP", "NO_SUITABLE_KEY_SHARE"},
    {"NO_SUPPORTED_VERSIONS_ENABLED", "NO_PROTOCOLS_AVAILABLE"},
    {"RECORD_TOO_LARGE", "PACKET_LENGTH_TOO_LONG"},
    {"TLS13_DOWNGRADE", "INAPPROPRIATE_FALLBACK"},
    {"TLSV1_ALERT_BAD_CERTIFICATE_HASH_VALUE",
     "TLSV1_BAD_CERTIFICATE_HASH_VALUE"},
    {"TLSV1_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE",
     "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE"},
    {"TLSV1_ALERT_CERTIFICATE_REQUIRED", "TLSV13_ALERT_CERTIFICATE_REQUIRED"},
    {"TLSV1_ALERT_CERTIFICATE_UNOBTAINABLE", "TLSV1_CERTIFICATE_UNOBTAINABLE"},
    {"TLSV1_ALERT_UNRECOGNIZED_NAME", "TLSV1_UNRECOGNIZED_NAME"},
    {"TLSV1_ALERT_UNSUPPORTED_EXTENSION", "TLSV1_UNSUPPORTED_EXTENSION"},
    {"TOO_MANY_EMPTY_FRAGMENTS", kRecordLayerFailure},
    {"TOO_MANY_WARNING_ALERTS", "TOO_MANY_WARN_ALERTS"},
    {"UNEXPECTED_RECORD", "UNEXPECTED_MESSAGE"},
    {"WRONG_MESSAGE_TYPE", "UNEXPECTED_MESSAGE"},
    {"WRONG_VERSION_ON_EARLY_DATA", "WRONG_VERSION_NUMBER"},
};

// BoringSSL's reason strings are symbols; a library that has none of its own
// gives another's name.
std::string ReasonSymbol(uint32_t error) {
  const char* const text = ERR_reason_error_string(error);
  if (text == nullptr) return "";
  for (const Renamed& renamed : kReasons) {
    if (renamed.boringssl == text) return std::string(renamed.openssl);
  }
  return text;
}

// Plaintext, where OpenSSL only looks for it before the first encrypted record.
bool IsAboutPlaintext(absl::string_view symbol) {
  return symbol == "WRONG_VERSION_NUMBER" || symbol == "HTTP_REQUEST" ||
         symbol == "HTTPS_PROXY_REQUEST";
}

// OpenSSL's words are its symbol's, but for a few.
std::string ReasonWords(absl::string_view symbol) {
  std::string words = absl::AsciiStrToLower(symbol);
  if (absl::StartsWith(symbol, "SSLV3_ALERT_")) {
    words = absl::StrCat("ssl/tls", words.substr(5));
  }
  return absl::StrReplaceAll(words, {{"_", " "}});
}

std::string LibraryName(uint32_t error) {
  switch (ERR_GET_LIB(error)) {
    case ERR_LIB_SSL:
      return "SSL";
    case ERR_LIB_X509:
      return "X509";
    case ERR_LIB_PEM:
      return "PEM";
    case ERR_LIB_ASN1:
      return "ASN1";
    default: {
      const char* const name = ERR_lib_error_string(error);
      return name == nullptr ? "" : name;
    }
  }
}

absl::Status VerificationError(const SSL* ssl) {
  SslErrorInfo info;
  info.library = "SSL";
  info.reason = "CERTIFICATE_VERIFY_FAILED";
  const long code = SSL_get_verify_result(ssl);  // NOLINT: BoringSSL's type.
  info.verify_code = static_cast<int>(code);
  info.verify_message = VerifyMessage(ssl, code);
  return SslError(
      ErrorKind::kSslCertVerification, kErrorSsl,
      absl::StrCat("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
                   "failed: ",
                   info.verify_message),
      info);
}

}  // namespace

absl::Status SslErrorOfReason(int number, absl::string_view library,
                              absl::string_view reason) {
  SslErrorInfo info;
  info.library = std::string(library);
  info.reason = std::string(reason);
  return SslError(
      ErrorKind::kSsl, number,
      absl::StrCat("[", library, ": ", reason, "] ", ReasonWords(reason)),
      info);
}

absl::Status ConnectionError(const SSL* ssl, int result) {
  const int code = SSL_get_error(ssl, result);
  // The newest, as CPython does.
  const uint32_t error = ERR_peek_last_error();
  ERR_clear_error();
  if (code == SSL_ERROR_ZERO_RETURN) {
    return SslError(ErrorKind::kSslZeroReturn, kErrorZeroReturn,
                    "TLS/SSL connection has been closed (EOF)", {});
  }
  if (code == SSL_ERROR_SYSCALL || error == 0) {
    return SslError(ErrorKind::kSslEof, kErrorEof,
                    "EOF occurred in violation of protocol", {});
  }
  if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
      ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    return VerificationError(ssl);
  }
  const std::string symbol = ReasonSymbol(error);
  if (SSL_in_init(ssl) == 0 && IsAboutPlaintext(symbol)) {
    return SslErrorOfReason(kErrorSsl, "SSL", kRecordLayerFailure);
  }
  return SslErrorOfReason(kErrorSsl, LibraryName(error), symbol);
}

absl::Status LibraryError(absl::string_view otherwise) {
  const uint32_t error = ERR_peek_last_error();
  ERR_clear_error();
  if (error == 0) return MakeError(ErrorKind::kSsl, otherwise);
  return SslErrorOfReason(ERR_GET_REASON(error), LibraryName(error),
                          ReasonSymbol(error));
}

}  // namespace streams::internal
