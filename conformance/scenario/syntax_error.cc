// SPDX-License-Identifier: Apache-2.0

#include "conformance/scenario/syntax_error.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace conformance {
namespace {

constexpr absl::string_view kColumnUrl = "conformance/column";

}  // namespace

absl::Status SyntaxError(int column, absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kColumnUrl, absl::Cord(absl::StrCat(column)));
  return status;
}

int ColumnOf(const absl::Status& status) {
  int column = 0;
  if (const auto payload = status.GetPayload(kColumnUrl); payload.has_value()) {
    if (!absl::SimpleAtoi(std::string(*payload), &column)) column = 0;
  }
  return column;
}

}  // namespace conformance
