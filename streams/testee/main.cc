// SPDX-License-Identifier: Apache-2.0

// The testee of //streams: speaks the protocol of
// conformance/protocol/README.md on standard input and output, for `certify
// --testee`.

#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "streams/testee/testee.h"

int main() {
  streams::testee::Testee testee;
  const absl::Status status = testee.Run();
  if (status.ok()) return 0;
  std::fprintf(stderr, "testee: protocol error: %s\n",
               std::string(status.message()).c_str());
  return 1;
}
