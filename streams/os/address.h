// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_OS_ADDRESS_H_
#define STREAMS_OS_ADDRESS_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <memory>
#include <new>
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
  SocketAddress() = default;
  // Moving one copies it: what is left is an address still.
  SocketAddress(const SocketAddress& other) {
    if (other.is_local()) {
      new (&storage_.local) LocalAddress(other.storage_.local);
    } else {
      storage_.inet6 = other.storage_.inet6;  // The largest of the others.
    }
  }
  SocketAddress& operator=(const SocketAddress& other) {
    if (this == &other) return *this;
    this->~SocketAddress();
    return *new (this) SocketAddress(other);
  }
  ~SocketAddress() {
    if (is_local()) storage_.local.~LocalAddress();
  }

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
  // 0.0.0.0 or ::, of whatever port: to a socket that listens, every address
  // that this machine has.
  bool is_wildcard() const;

  std::string ToString() const;

  const sockaddr* native() const {
    return is_local() && storage_.local.name != nullptr
               ? reinterpret_cast<const sockaddr*>(storage_.local.name.get())
               : &storage_.any;
  }
  socklen_t native_length() const;

  friend bool operator==(const SocketAddress& a, const SocketAddress& b) {
    return a.ToString() == b.ToString();
  }
  friend bool operator!=(const SocketAddress& a, const SocketAddress& b) {
    return !(a == b);
  }

 private:
  // Of a Unix socket. Its name is on the heap, since most addresses are of
  // other kinds, and each connection keeps one.
  struct LocalAddress {
    sa_family_t family;
    socklen_t length;
    std::shared_ptr<const sockaddr_un> name;  // Null if it has none.
  };
  // `any` tells by its family which of the others it is. A LocalAddress is made
  // and destroyed by the class.
  union Storage {
    Storage() : inet6() {}
    ~Storage() {}

    sockaddr any;
    sockaddr_in inet;
    sockaddr_in6 inet6;
    LocalAddress local;
  };

  bool is_local() const { return storage_.any.sa_family == AF_UNIX; }
  // What it has behind the family; empty if it is of another one.
  absl::string_view local_name() const;

  Storage storage_;
};

}  // namespace streams

#endif  // STREAMS_OS_ADDRESS_H_
