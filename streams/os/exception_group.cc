// SPDX-License-Identifier: Apache-2.0
#include "streams/os/exception_group.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "streams/os/error.h"

namespace streams {
namespace {

// A status has room for bytes only, not for other statuses: they are written
// as netstrings, "5:bytes", each of which holds the netstrings of its code, its
// message, and the names and bytes of its payloads.
constexpr absl::string_view kExceptionsUrl = "streams/exceptions";

void AppendPiece(std::string& text, absl::string_view piece) {
  absl::StrAppend(&text, piece.size(), ":", piece);
}

// Takes a netstring off the front; false if there is none.
bool TakePiece(absl::string_view& text, absl::string_view* piece) {
  const size_t colon = text.find(':');
  size_t size = 0;
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(text.substr(0, colon), &size) ||
      size > text.size() - colon - 1) {
    return false;
  }
  *piece = text.substr(colon + 1, size);
  text.remove_prefix(colon + 1 + size);
  return true;
}

std::string Encode(const absl::Status& status) {
  std::string text;
  AppendPiece(text, absl::StrCat(status.raw_code()));
  AppendPiece(text, status.message());
  status.ForEachPayload(
      [&text](absl::string_view url, const absl::Cord& payload) {
        AppendPiece(text, url);
        AppendPiece(text, std::string(payload));
      });
  return text;
}

absl::Status Decode(absl::string_view text) {
  absl::string_view code;
  absl::string_view message;
  int number = 0;
  if (!TakePiece(text, &code) || !TakePiece(text, &message) ||
      !absl::SimpleAtoi(code, &number)) {
    return absl::UnknownError("");
  }
  absl::Status status(static_cast<absl::StatusCode>(number), message);
  absl::string_view url;
  absl::string_view payload;
  while (TakePiece(text, &url) && TakePiece(text, &payload)) {
    status.SetPayload(url, absl::Cord(payload));
  }
  return status;
}

}  // namespace

absl::Status ExceptionGroupError(absl::string_view message,
                                 absl::Span<const absl::Status> errors) {
  absl::Status status =
      MakeError(ErrorKind::kExceptionGroup,
                absl::StrCat(message, " (", errors.size(), " sub-exception",
                             errors.size() == 1 ? ")" : "s)"));
  std::string text;
  for (const absl::Status& error : errors) AppendPiece(text, Encode(error));
  status.SetPayload(kExceptionsUrl, absl::Cord(text));
  return status;
}

std::vector<absl::Status> GetExceptions(const absl::Status& status) {
  std::vector<absl::Status> errors;
  const absl::optional<absl::Cord> payload = status.GetPayload(kExceptionsUrl);
  if (!payload.has_value()) return errors;
  const std::string all(*payload);
  absl::string_view text = all;
  absl::string_view piece;
  while (TakePiece(text, &piece)) errors.push_back(Decode(piece));
  return errors;
}

}  // namespace streams
