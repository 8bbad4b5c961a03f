// SPDX-License-Identifier: Apache-2.0

// Prints what errors_test.py compares with docs/errors.md and with Python: a
// line for each of the first COUNT kinds, then one for each way to make an
// error, as "name<TAB>attributes<TAB>message".
//
//   print_errors COUNT

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "streams/streams.h"

namespace {

using streams::ErrorKind;

void PrintKind(ErrorKind kind) {
  absl::Status status;
  if (kind != ErrorKind::kNone) status = streams::MakeError(kind, "said");
  std::printf("kind\t%s\t%s\t%s\n", streams::ErrorKindName(kind),
              absl::StatusCodeToString(status.code()).c_str(),
              streams::GetErrorKind(status) == kind ? "kept" : "lost");
}

void PrintError(const std::string& attributes, const absl::Status& status) {
  std::printf("error\t%s\t%s\t%s\n",
              streams::ErrorKindName(streams::GetErrorKind(status)),
              attributes.c_str(), std::string(status.message()).c_str());
}

void PrintIncompleteRead(const absl::Status& status) {
  const auto read = streams::GetIncompleteRead(status);
  const std::string expected = read->expected.has_value()
                                   ? absl::StrCat(*read->expected)
                                   : std::string("None");
  PrintError(absl::StrCat("partial=", read->partial, " expected=", expected),
             status);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc == 2 ? std::atoi(argv[1]) : 0;
  for (int i = 0; i < count; ++i) PrintKind(static_cast<ErrorKind>(i));

  PrintIncompleteRead(streams::IncompleteReadError("ab", 4));
  PrintIncompleteRead(streams::IncompleteReadError("", std::nullopt));
  const absl::Status overrun = streams::LimitOverrunError("too long", 7);
  PrintError(
      absl::StrCat("consumed=", streams::GetLimitOverrun(overrun)->consumed),
      overrun);
  for (int number = 1; number < 134; ++number) {
    const absl::Status status = streams::OsError(number);
    PrintError(absl::StrCat("errno=", streams::GetErrno(status)), status);
  }
}
