// SPDX-License-Identifier: Apache-2.0
#include "streams/os/ssl_error.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "streams/os/error.h"

namespace streams {
namespace {

// Payloads in plain text, as those of error.cc.
constexpr absl::string_view kLibraryUrl = "streams/ssl-library";
constexpr absl::string_view kReasonUrl = "streams/ssl-reason";
constexpr absl::string_view kVerifyCodeUrl = "streams/ssl-verify-code";
constexpr absl::string_view kVerifyMessageUrl = "streams/ssl-verify-message";

std::string GetText(const absl::Status& status, absl::string_view url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

void SetText(absl::Status& status, absl::string_view url,
             absl::string_view text) {
  if (!text.empty()) status.SetPayload(url, absl::Cord(text));
}

}  // namespace

std::optional<SslErrorInfo> GetSslError(const absl::Status& status) {
  switch (GetErrorKind(status)) {
    case ErrorKind::kSsl:
    case ErrorKind::kSslCertVerification:
    case ErrorKind::kSslEof:
    case ErrorKind::kSslZeroReturn:
      break;
    default:
      return std::nullopt;
  }
  SslErrorInfo info;
  info.library = GetText(status, kLibraryUrl);
  info.reason = GetText(status, kReasonUrl);
  if (!absl::SimpleAtoi(GetText(status, kVerifyCodeUrl), &info.verify_code)) {
    info.verify_code = 0;
  }
  info.verify_message = GetText(status, kVerifyMessageUrl);
  return info;
}

absl::Status SslError(ErrorKind kind, int number, absl::string_view message,
                      const SslErrorInfo& info) {
  absl::Status status = MakeError(kind, number, message);
  SetText(status, kLibraryUrl, info.library);
  SetText(status, kReasonUrl, info.reason);
  if (info.verify_code != 0) {
    SetText(status, kVerifyCodeUrl, absl::StrCat(info.verify_code));
  }
  SetText(status, kVerifyMessageUrl, info.verify_message);
  return status;
}

}  // namespace streams
