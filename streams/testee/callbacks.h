// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_CALLBACKS_H_
#define STREAMS_TESTEE_CALLBACKS_H_

#include <memory>
#include <optional>

#include "absl/strings/string_view.h"
#include "streams/streams.h"
#include "streams/testee/objects.h"

namespace streams::testee {

// The callback of the protocol that has this name; `accept` puts what it takes
// into `pairs`. Absent if there is none. To add a callback, add a branch.
std::optional<ClientConnectedCallback> MakeCallback(
    absl::string_view name, std::shared_ptr<AcceptedPairs> pairs);

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_CALLBACKS_H_
