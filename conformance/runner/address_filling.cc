// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/address_filling.h"

#include <cstddef>
#include <utility>

namespace conformance {
namespace {

struct AddressedFunction {
  absl::string_view name;
  // What it is called where the transport is a Unix socket; empty: the same.
  absl::string_view unix_name;
  bool is_unix;  // It takes a path, whatever the scenario's transport is.
  bool takes_callback;
  bool chooses_address;  // Without an address, a fresh one is filled in.
  bool is_connecting;    // It is a coroutine that may resolve names.
};

constexpr AddressedFunction kFunctions[] = {
    {"open_connection", "open_unix_connection", false, false, false, true},
    {"open_unix_connection", "", true, false, false, true},
    {"start_server", "start_unix_server", false, true, true, true},
    {"start_unix_server", "", true, true, true, true},
    {"connected_socket", "", false, false, false, false},
    {"listening_socket", "", false, false, true, false},
};

const AddressedFunction* FindFunction(absl::string_view name) {
  for (const AddressedFunction& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

bool HasAddressKeyword(const NamedValues& keywords) {
  for (const absl::string_view name : {"host", "port", "path", "sock"}) {
    if (FindNamed(keywords, name) != nullptr) return true;
  }
  return false;
}

// An address in one argument becomes one argument for each of its parts; one
// that the testee reported and the scenario gave a name is looked up.
void SpreadAddress(std::vector<Value>& arguments, std::size_t at,
                   const BoundNames& names) {
  if (arguments.size() <= at) return;
  if (const auto* reference = arguments[at].get_if<Reference>()) {
    const Value* value = names.ReportedValue(reference->name);
    if (value == nullptr || value->is<Object>()) return;
    arguments[at] = *value;
  }
  const auto* tuple = arguments[at].get_if<Tuple>();
  if (tuple == nullptr) return;
  const std::vector<Value> parts = tuple->items;
  const auto place = arguments.begin() + static_cast<std::ptrdiff_t>(at);
  arguments.insert(arguments.erase(place), parts.begin(), parts.end());
}

}  // namespace

bool IsConnectingCall(absl::string_view function) {
  const AddressedFunction* found = FindFunction(function);
  return found != nullptr && found->is_connecting;
}

void FillAddresses(std::string& function, std::vector<Value>& arguments,
                   const NamedValues& keywords, bool unix_transport,
                   const BoundNames& names, ScenarioFolder& folder) {
  const AddressedFunction* known = FindFunction(function);
  if (known == nullptr) return;
  if (known->takes_callback &&
      (arguments.empty() ||
       !(arguments[0].is<Callback>() || arguments[0].is_none()))) {
    arguments.insert(arguments.begin(), Callback{"accept"});
  }
  const std::size_t at = known->takes_callback ? 1 : 0;
  SpreadAddress(arguments, at, names);
  // A path can only be that of a Unix socket, whatever the transport is.
  const bool has_path = arguments.size() == at + 1 &&
                        arguments[at].is<std::string>() &&
                        FindNamed(keywords, "port") == nullptr;
  const bool is_unix = unix_transport || has_path || known->is_unix;
  if (known->chooses_address && arguments.size() <= at &&
      !HasAddressKeyword(keywords)) {
    if (is_unix) {
      arguments.emplace_back(folder.FreshPath());
    } else {
      arguments.emplace_back(std::string("127.0.0.1"));
      arguments.emplace_back(0);
    }
  }
  if (is_unix && !known->unix_name.empty()) {
    function = std::string(known->unix_name);
  }
}

void FillAddressesInArguments(std::vector<Value>& arguments,
                              NamedValues& keywords, bool unix_transport,
                              const BoundNames& names, ScenarioFolder& folder) {
  const auto fill = [&](Value& argument) {
    auto* call = argument.get_if<CallValue>();
    if (call == nullptr) return;
    FillAddressesInArguments(call->args, call->kwargs, unix_transport, names,
                             folder);
    if (call->target.empty()) {
      FillAddresses(call->call, call->args, call->kwargs, unix_transport, names,
                    folder);
    }
  };
  for (Value& argument : arguments) fill(argument);
  for (auto& [name, argument] : keywords) fill(argument);
}

}  // namespace conformance
