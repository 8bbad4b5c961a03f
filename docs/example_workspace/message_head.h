// SPDX-License-Identifier: Apache-2.0
#ifndef DOCS_EXAMPLE_WORKSPACE_MESSAGE_HEAD_H_
#define DOCS_EXAMPLE_WORKSPACE_MESSAGE_HEAD_H_

#include <cstddef>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "streams/streams.h"

namespace example {

using Fields = std::map<std::string, std::string>;

// Reads lines of the form `name: value`, as HTTP and mail begin with, up to and
// with the empty line. What follows stays in the reader.
//
// The reader must outlive the task. At EOF before the empty line, and for a
// line without a colon: kInvalidArgument. More than `max_fields`:
// kResourceExhausted, since a peer could go on for ever. The reader's limit
// bounds each line.
streams::Task<absl::StatusOr<Fields>> ReadHead(streams::StreamReader* reader,
                                               size_t max_fields);

}  // namespace example

#endif  // DOCS_EXAMPLE_WORKSPACE_MESSAGE_HEAD_H_
