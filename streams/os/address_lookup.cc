// SPDX-License-Identifier: Apache-2.0
#include "streams/os/address_lookup.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "streams/os/address.h"
#include "streams/os/error.h"

namespace streams {

absl::StatusOr<std::vector<AddressInfo>> LookUpAddress(
    const AddressQuery& query) {
  // The system would look up what comes before it: another name.
  if ((query.host().has_value() &&
       query.host()->find('\0') != std::string::npos) ||
      query.service().find('\0') != std::string::npos) {
    return MakeError(ErrorKind::kValue, "embedded null character");
  }
  addrinfo hints = {};
  hints.ai_family = NativeFamily(query.family());
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = query.protocol();
  hints.ai_flags = query.flags();
  addrinfo* first = nullptr;
  const char* const host =
      query.host().has_value() ? query.host()->c_str() : nullptr;
  const int code = ::getaddrinfo(host, query.service().c_str(), &hints, &first);
  if (code == EAI_SYSTEM) return OsError(errno);
  if (code != 0) return AddressLookupError(code);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(
      first, &::freeaddrinfo);
  std::vector<AddressInfo> answers;
  for (const addrinfo* each = first; each != nullptr; each = each->ai_next) {
    AddressInfo& answer = answers.emplace_back();
    answer.address = SocketAddress::FromNative(each->ai_addr, each->ai_addrlen);
    answer.family = answer.address.family();
    answer.protocol = each->ai_protocol;
    if (each->ai_canonname != nullptr)
      answer.canonical_name = each->ai_canonname;
  }
  return answers;
}

std::optional<AddressInfo> AnswerLiteral(const AddressQuery& query) {
  uint32_t port = 0;
  if (!query.host().has_value() ||
      // UDP too, as in asyncio: it makes no difference to a literal.
      (query.protocol() != 0 && query.protocol() != IPPROTO_TCP &&
       query.protocol() != IPPROTO_UDP) ||
      query.host()->find('%') != std::string::npos ||
      (!query.service().empty() && !absl::SimpleAtoi(query.service(), &port)) ||
      port > 65535) {
    return std::nullopt;
  }
  const absl::StatusOr<SocketAddress> address =
      SocketAddress::FromIp(*query.host(), static_cast<uint16_t>(port));
  if (!address.ok() || (query.family() != AddressFamily::kUnspecified &&
                        query.family() != address->family())) {
    return std::nullopt;
  }
  AddressInfo answer;
  answer.family = address->family();
  answer.protocol = IPPROTO_TCP;
  answer.address = *address;
  return answer;
}

}  // namespace streams
