// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_ADDRESS_LOOKUP_H_
#define STREAMS_OS_ADDRESS_LOOKUP_H_

#include <netdb.h>  // AI_..., for set_flags(). IWYU pragma: export

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "streams/os/address.h"

namespace streams {

// A question to getaddrinfo(), for stream sockets.
class AddressQuery {
 public:
  AddressQuery() = default;

  // A name or a literal. Not set: the wildcard address if flags have
  // AI_PASSIVE, else loopback. [None]
  AddressQuery& set_host(std::string host) {
    host_ = std::move(host);
    return *this;
  }
  // One of the two; the port by default, zero.
  AddressQuery& set_port(uint16_t port) {
    service_ = std::to_string(port);
    return *this;
  }
  AddressQuery& set_service(std::string service) {
    service_ = std::move(service);
    return *this;
  }
  // Any by default. kUnix finds nothing.
  AddressQuery& set_family(AddressFamily family) {
    family_ = family;
    return *this;
  }
  // IPPROTO_..., zero for any.
  AddressQuery& set_protocol(int protocol) {
    protocol_ = protocol;
    return *this;
  }
  // AI_...
  AddressQuery& set_flags(int flags) {
    flags_ = flags;
    return *this;
  }

  const std::optional<std::string>& host() const { return host_; }
  const std::string& service() const { return service_; }
  AddressFamily family() const { return family_; }
  int protocol() const { return protocol_; }
  int flags() const { return flags_; }

 private:
  std::optional<std::string> host_;
  std::string service_ = "0";
  AddressFamily family_ = AddressFamily::kUnspecified;
  int protocol_ = 0;
  int flags_ = 0;
};

// One answer.
struct AddressInfo {
  AddressFamily family = AddressFamily::kUnspecified;
  int protocol = 0;
  std::string canonical_name;  // Of the first answer, with AI_CANONNAME.
  SocketAddress address;
};

// Asks, and blocks the thread while the system asks others, which may take many
// seconds. At least one answer, in the system's order of preference; else
// kAddressLookup, or an OsError(). For coroutines: Resolve() (loop/resolver.h).
// [socket.getaddrinfo]
absl::StatusOr<std::vector<AddressInfo>> LookUpAddress(
    const AddressQuery& query);

// The answer that needs nobody, for a literal without zone and a port in
// digits; absent for all else. Never blocks. [asyncio skips getaddrinfo so]
std::optional<AddressInfo> AnswerLiteral(const AddressQuery& query);

}  // namespace streams

#endif  // STREAMS_OS_ADDRESS_LOOKUP_H_
