// SPDX-License-Identifier: Apache-2.0
#include "message_head.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "streams/streams.h"

namespace example {

streams::Task<absl::StatusOr<Fields>> ReadHead(streams::StreamReader* reader,
                                               size_t max_fields) {
  Fields fields;
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string line,
                                co_await reader->ReadLine());
    if (line == "\r\n" || line == "\n") co_return fields;
    const size_t colon = line.find(':');
    if (colon == std::string::npos) {
      co_return absl::InvalidArgumentError(
          line.empty() ? "the stream ended within the head"
                       : "a line of the head has no colon");
    }
    if (fields.size() == max_fields) {
      co_return absl::ResourceExhaustedError("the head has too many fields");
    }
    std::string value = line.substr(colon + 1);
    absl::StripAsciiWhitespace(&value);
    fields.insert_or_assign(line.substr(0, colon), std::move(value));
  }
}

}  // namespace example
