// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_ADDRESS_FILLING_H_
#define CONFORMANCE_RUNNER_ADDRESS_FILLING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "conformance/runner/bound_names.h"
#include "conformance/runner/scenario_folder.h"

namespace conformance {

// Whether `function` connects or listens, and may resolve names in another
// thread: settling does not see that, so it is waited for.
bool IsConnectingCall(absl::string_view function);

// Fills in what a scenario leaves to the runner in a call of a function that
// connects or listens: a free address, the `accept` callback, and the Unix
// variant of the function where `unix_transport`. Other calls stay as they
// are. A new function of that kind is an entry in the table of the source.
//
// `arguments` have been evaluated: a peer is a tuple (host, port) or a path.
void FillAddresses(std::string& function, std::vector<Value>& arguments,
                   const NamedValues& keywords, bool unix_transport,
                   const BoundNames& names, ScenarioFolder& folder);

// The same for all calls that are arguments, however deep.
void FillAddressesInArguments(std::vector<Value>& arguments,
                              NamedValues& keywords, bool unix_transport,
                              const BoundNames& names, ScenarioFolder& folder);

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_ADDRESS_FILLING_H_
