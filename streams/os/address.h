// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_ADDRESS_H_
#define STREAMS_OS_ADDRESS_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace streams {

// AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX.
enum class AddressFamily { kUnspecified, kInet, kInet6, kUnix };

int NativeFamily(AddressFamily family);

// The address of a socket: what Python's socket module writes as ("::1", 80, 0,
// 0) or "/run/socket". A value; never looks anything up.
class SocketAddress {
 public:
  // Of no family.
  SocketAddress();
  // Moving one copies it: what is left is an address still.
  SocketAddress(const SocketAddress&) = default;
  SocketAddress& operator=(const SocketAddress&) = default;

  // From a literal, "127.0.0.1", "::1" or "fe80::1%2" (a zone is a number here:
  // names of interfaces are for AddressLookup). kValue if it is none.
  static absl::StatusOr<SocketAddress> FromIp(absl::string_view literal,
                                              uint16_t port);

  // A path, not empty; or, if it begins with a zero byte, a name in Linux's
  // abstract name space. kOs if it is too long (107 bytes; 108 if abstract),
  // kValue for a path with a zero byte inside.
  static absl::StatusOr<SocketAddress> FromUnixPath(absl::string_view path);

  // From "1.2.3.4:80", "[::1]:80", "unix:/path" or "unix:@abstract": what
  // ToString() writes. kValue if it is none.
  static absl::StatusOr<SocketAddress> Parse(absl::string_view text);

  // From the kernel's. Another family, or too short: of no family.
  static SocketAddress FromNative(const sockaddr* address, socklen_t length);

  AddressFamily family() const;

  // The rest is for its family only, and empty or zero for others.
  std::string host() const;  // "127.0.0.1", "::1", "fe80::1%2".
  uint16_t port() const;
  uint32_t flow_info() const;
  uint32_t scope_id() const;
  // As FromUnixPath() takes it: "" for a socket without name, a leading zero
  // byte for an abstract one.
  std::string path() const;
  bool is_abstract() const;

  std::string ToString() const;

  const sockaddr* native() const {
    return long_ == nullptr ? &storage_.any
                            : reinterpret_cast<const sockaddr*>(long_.get());
  }
  socklen_t native_length() const { return length_; }

  friend bool operator==(const SocketAddress& a, const SocketAddress& b) {
    return a.ToString() == b.ToString();
  }
  friend bool operator!=(const SocketAddress& a, const SocketAddress& b) {
    return !(a == b);
  }

 private:
  const char* native_path() const;

  union Storage {
    sockaddr any;
    sockaddr_in inet;
    sockaddr_in6 inet6;
  };

  Storage storage_;  // The beginning, if it is longer.
  socklen_t length_;
  // The whole, if it is longer: most addresses are not those of Unix sockets,
  // and each connection keeps two.
  std::shared_ptr<const sockaddr_un> long_;
};

}  // namespace streams

#endif  // STREAMS_OS_ADDRESS_H_
