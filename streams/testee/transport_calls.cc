// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/transport_calls.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "streams/testee/objects.h"
#include "streams/testee/tls_calls.h"

namespace streams::testee {
conformance::Value AddressToValue(const SocketAddress* address) {
  if (address == nullptr) return conformance::Value();
  conformance::Tuple tuple;
  switch (address->family()) {
    case AddressFamily::kInet:
      tuple.items = {address->host(), static_cast<int64_t>(address->port())};
      return tuple;
    case AddressFamily::kInet6:
      tuple.items = {address->host(), static_cast<int64_t>(address->port()),
                     static_cast<int64_t>(address->flow_info()),
                     static_cast<int64_t>(address->scope_id())};
      return tuple;
    case AddressFamily::kUnix:
      if (address->is_abstract()) return conformance::Bytes{address->path()};
      return address->path();
    case AddressFamily::kUnspecified:
      break;
  }
  return conformance::Value();
}

absl::StatusOr<Answer> GetExtraInfo(
    Call& call, const std::shared_ptr<Transport>& transport) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"name", "default"}, 1));
  const Item* const key = call.FindItem("name");
  if (key != nullptr && key->ToValue().is<conformance::List>()) {
    return call.WrongType("name");  // A list cannot be a key.
  }
  // One of another type is a key that it does not have.
  const std::optional<std::string> name =
      call.Text("name").value_or(std::nullopt);
  if (name == "peername" && transport->GetSocket() != nullptr) {
    return Item(AddressToValue(transport->GetPeerName()));
  }
  if (name == "sockname" && transport->GetSocket() != nullptr) {
    return Item(AddressToValue(transport->GetSockName()));
  }
  if (name == "socket" && transport->GetSocket() != nullptr) {
    // The transport owns the socket; whoever holds the one holds the other.
    return Item(std::make_shared<TransportSocketObject>(
        std::shared_ptr<const StreamSocket>(transport,
                                            transport->GetSocket())));
  }
  if (auto known = TlsExtraInfo(transport, name.value_or(""))) {
    return *std::move(known);
  }
  const Item* const otherwise = call.FindItem("default");
  return otherwise != nullptr ? *otherwise : Item();
}

absl::StatusOr<Answer> Write(
    Call& call, absl::FunctionRef<absl::Status(absl::string_view)> write) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"data"}, 1));
  STREAMS_ASSIGN_OR_RETURN(const std::string data, call.Bytes("data"));
  STREAMS_RETURN_IF_ERROR(write(data));
  return Item();
}

absl::StatusOr<Answer> WriteLines(
    Call& call,
    absl::FunctionRef<absl::Status(absl::Span<const absl::string_view>)>
        write) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"data"}, 1));
  const Item* const item = call.FindItem("data");
  if (item == nullptr) return call.WrongType("data");
  const std::vector<Item> parts = item->Parts();
  // What is false is nothing to write; anything else must be a sequence.
  const conformance::Value whole = item->ToValue();
  if (parts.empty() && !whole.is<conformance::Tuple>() &&
      !whole.is<conformance::List>() && !IsFalse(whole)) {
    return call.WrongType("data");
  }
  std::vector<conformance::Value> values;
  for (const Item& part : parts) values.push_back(part.ToValue());
  std::vector<absl::string_view> lines;
  for (const conformance::Value& value : values) {
    const auto* const bytes = value.get_if<conformance::Bytes>();
    if (bytes == nullptr) return call.WrongType("data");
    lines.push_back(bytes->data);
  }
  STREAMS_RETURN_IF_ERROR(write(lines));
  return Item();
}

}  // namespace streams::testee
