// SPDX-License-Identifier: Apache-2.0
#include "streams/os/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "streams/os/error.h"

namespace streams {
namespace {

constexpr size_t kPathOffset = offsetof(sockaddr_un, sun_path);
constexpr size_t kPathRoom = sizeof(sockaddr_un) - kPathOffset;

absl::Status NoAddress(absl::string_view text) {
  return MakeError(ErrorKind::kValue,
                   absl::StrCat("not a socket address: '", text, "'"));
}

bool ParsePort(absl::string_view text, uint16_t* port) {
  uint32_t number = 0;
  // SimpleAtoi() takes signs and spaces too.
  if (text.empty() || text[0] < '0' || text[0] > '9' ||
      !absl::SimpleAtoi(text, &number) || number > 65535) {
    return false;
  }
  *port = static_cast<uint16_t>(number);
  return true;
}

}  // namespace

int NativeFamily(AddressFamily family) {
  switch (family) {
    case AddressFamily::kInet:
      return AF_INET;
    case AddressFamily::kInet6:
      return AF_INET6;
    case AddressFamily::kUnix:
      return AF_UNIX;
    case AddressFamily::kUnspecified:
      break;
  }
  return AF_UNSPEC;
}

absl::StatusOr<SocketAddress> SocketAddress::FromIp(absl::string_view literal,
                                                    uint16_t port) {
  SocketAddress result;
  const size_t percent = literal.find('%');
  // Not longer than any literal, and zero-terminated for inet_pton().
  const std::string digits(literal.substr(0, percent));
  if (literal.find('\0') != absl::string_view::npos) return NoAddress(literal);
  if (percent == absl::string_view::npos &&
      ::inet_pton(AF_INET, digits.c_str(), &result.storage_.inet.sin_addr) ==
          1) {
    result.storage_.inet.sin_family = AF_INET;
    result.storage_.inet.sin_port = htons(port);
    return result;
  }
  sockaddr_in6& inet6 = result.storage_.inet6;
  uint32_t zone = 0;
  if (percent != absl::string_view::npos &&
      !absl::SimpleAtoi(literal.substr(percent + 1), &zone)) {
    return NoAddress(literal);
  }
  if (::inet_pton(AF_INET6, digits.c_str(), &inet6.sin6_addr) != 1) {
    return NoAddress(literal);
  }
  inet6.sin6_family = AF_INET6;
  inet6.sin6_port = htons(port);
  inet6.sin6_scope_id = zone;
  return result;
}

absl::StatusOr<SocketAddress> SocketAddress::FromUnixPath(
    absl::string_view path) {
  const bool is_abstract = absl::StartsWith(path, absl::string_view("\0", 1));
  if (!is_abstract && path.find('\0') != absl::string_view::npos) {
    return MakeError(ErrorKind::kValue, "embedded null byte");
  }
  if (path.empty()) {
    return MakeError(ErrorKind::kValue, "a Unix socket's path is empty");
  }
  // A path is followed by a zero byte, an abstract name is not.
  const size_t length = path.size() + (is_abstract ? 0 : 1);
  if (length > kPathRoom) {
    return MakeError(ErrorKind::kOs, "AF_UNIX path too long");
  }
  sockaddr_un native = {};
  native.sun_family = AF_UNIX;
  std::memcpy(native.sun_path, path.data(), path.size());
  return FromNative(reinterpret_cast<const sockaddr*>(&native),
                    static_cast<socklen_t>(kPathOffset + length));
}

absl::StatusOr<SocketAddress> SocketAddress::Parse(absl::string_view text) {
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (absl::ConsumePrefix(&rest, "@")) {
      std::string name(1, '\0');
      absl::StrAppend(&name, rest);
      return FromUnixPath(name);
    }
    return FromUnixPath(rest);
  }
  const size_t colon = rest.rfind(':');
  uint16_t port = 0;
  if (colon == absl::string_view::npos ||
      !ParsePort(rest.substr(colon + 1), &port)) {
    return NoAddress(text);
  }
  absl::string_view host = rest.substr(0, colon);
  const bool bracketed =
      absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  if (bracketed != absl::StrContains(host, ":")) return NoAddress(text);
  return FromIp(host, port);
}

SocketAddress SocketAddress::FromNative(const sockaddr* address,
                                        socklen_t length) {
  SocketAddress result;
  if (length < sizeof(sa_family_t)) return result;
  if (address->sa_family == AF_UNIX) {
    const size_t size = std::min<size_t>(length, sizeof(sockaddr_un));
    std::shared_ptr<sockaddr_un> name;
    if (size > kPathOffset) {
      name = std::make_shared<sockaddr_un>();
      std::memcpy(name.get(), address, size);
    }
    new (&result.storage_.local)
        LocalAddress{AF_UNIX, static_cast<socklen_t>(size), std::move(name)};
  } else if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    std::memcpy(&result.storage_.inet, address, sizeof(sockaddr_in));
  } else if (address->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    std::memcpy(&result.storage_.inet6, address, sizeof(sockaddr_in6));
  }
  return result;
}

AddressFamily SocketAddress::family() const {
  switch (storage_.any.sa_family) {
    case AF_INET:
      return AddressFamily::kInet;
    case AF_INET6:
      return AddressFamily::kInet6;
    case AF_UNIX:
      return AddressFamily::kUnix;
    default:
      return AddressFamily::kUnspecified;
  }
}

std::string SocketAddress::host() const {
  char buffer[INET6_ADDRSTRLEN] = "";
  if (family() == AddressFamily::kInet) {
    ::inet_ntop(AF_INET, &storage_.inet.sin_addr, buffer, sizeof buffer);
  } else if (family() == AddressFamily::kInet6) {
    ::inet_ntop(AF_INET6, &storage_.inet6.sin6_addr, buffer, sizeof buffer);
    if (scope_id() != 0) return absl::StrCat(buffer, "%", scope_id());
  }
  return buffer;
}

uint16_t SocketAddress::port() const {
  if (family() == AddressFamily::kInet) return ntohs(storage_.inet.sin_port);
  if (family() == AddressFamily::kInet6) return ntohs(storage_.inet6.sin6_port);
  return 0;
}

uint32_t SocketAddress::flow_info() const {
  if (family() != AddressFamily::kInet6) return 0;
  return ntohl(storage_.inet6.sin6_flowinfo);
}

uint32_t SocketAddress::scope_id() const {
  if (family() != AddressFamily::kInet6) return 0;
  return storage_.inet6.sin6_scope_id;
}

absl::string_view SocketAddress::local_name() const {
  if (!is_local() || storage_.local.name == nullptr) return "";
  return absl::string_view(storage_.local.name->sun_path,
                           storage_.local.length - kPathOffset);
}

std::string SocketAddress::path() const {
  const absl::string_view name = local_name();
  if (is_abstract()) return std::string(name);
  return std::string(name.substr(0, name.find('\0')));
}

bool SocketAddress::is_abstract() const {
  return !local_name().empty() && local_name()[0] == '\0';
}

bool SocketAddress::is_wildcard() const {
  if (family() == AddressFamily::kInet) {
    return storage_.inet.sin_addr.s_addr == htonl(INADDR_ANY);
  }
  return family() == AddressFamily::kInet6 &&
         IN6_IS_ADDR_UNSPECIFIED(&storage_.inet6.sin6_addr);
}

socklen_t SocketAddress::native_length() const {
  switch (family()) {
    case AddressFamily::kInet:
      return sizeof(sockaddr_in);
    case AddressFamily::kInet6:
      return sizeof(sockaddr_in6);
    case AddressFamily::kUnix:
      return storage_.local.length;
    case AddressFamily::kUnspecified:
      break;
  }
  return sizeof(sa_family_t);
}

std::string SocketAddress::ToString() const {
  switch (family()) {
    case AddressFamily::kInet:
      return absl::StrCat(host(), ":", port());
    case AddressFamily::kInet6:
      return absl::StrCat("[", host(), "]:", port());
    case AddressFamily::kUnix:
      if (is_abstract()) return absl::StrCat("unix:@", path().substr(1));
      return absl::StrCat("unix:", path());
    case AddressFamily::kUnspecified:
      break;
  }
  return "";
}

}  // namespace streams
