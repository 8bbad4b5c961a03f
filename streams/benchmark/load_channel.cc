// SPDX-License-Identifier: Apache-2.0
#include "streams/benchmark/load_channel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace streams_benchmark {
namespace {

constexpr size_t kReadSize = 65536;
// So many bytes are encrypted before they are sent.
constexpr size_t kWriteSize = 65536;

size_t SendNow(int fd, const void* data, size_t size) {
  const ssize_t count = send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count >= 0) return static_cast<size_t>(count);
  if (errno != EAGAIN) Die("send");
  return 0;
}

size_t ReceiveNow(int fd, void* buffer, size_t size) {
  const ssize_t count = recv(fd, buffer, size, MSG_DONTWAIT);
  if (count == 0) return LoadChannel::kEof;
  if (count > 0) return static_cast<size_t>(count);
  if (errno != EAGAIN) Die("recv");
  return 0;
}

class PlainChannel final : public LoadChannel {
 public:
  explicit PlainChannel(int fd) : LoadChannel(fd) {}

  size_t Send(const char* data, size_t size) override {
    return SendNow(fd(), data, size);
  }
  size_t Receive(char* buffer, size_t size) override {
    return ReceiveNow(fd(), buffer, size);
  }
  void CloseSending() override { shutdown(fd(), SHUT_WR); }
};

SSL_CTX* ClientContext() {
  static SSL_CTX* const context = [] {
    SSL_CTX* const result = SSL_CTX_new(TLS_client_method());
    if (result == nullptr) Die("SSL_CTX_new");
    SSL_CTX_set_min_proto_version(result, TLS1_3_VERSION);
    SSL_CTX_set_session_cache_mode(result, SSL_SESS_CACHE_OFF);
    return result;
  }();
  return context;
}

// The certificate is not verified, and no session is taken up again: every
// handshake is a full one.
class TlsChannel final : public LoadChannel {
 public:
  explicit TlsChannel(int fd)
      : LoadChannel(fd),
        ssl_(SSL_new(ClientContext())),
        incoming_(BIO_new(BIO_s_mem())),
        outgoing_(BIO_new(BIO_s_mem())) {
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    SSL_set_connect_state(ssl_.get());
    Handshake();
  }

  size_t Send(const char* data, size_t size) override {
    if (!ready_ || HasUnsent()) return 0;
    const size_t taken = std::min(size, kWriteSize);
    if (SSL_write(ssl_.get(), data, static_cast<int>(taken)) !=
        static_cast<int>(taken)) {
      Die("SSL_write");
    }
    Flush();
    return taken;
  }

  bool HasUnsent() const override { return BIO_ctrl_pending(outgoing_) > 0; }

  void Flush() override {
    const uint8_t* data = nullptr;
    size_t size = 0;
    if (!BIO_mem_contents(outgoing_, &data, &size) || size == 0) return;
    const size_t sent = SendNow(fd(), data, size);
    if (sent == size) {
      BIO_reset(outgoing_);
      return;
    }
    char dropped[4096];
    for (size_t left = sent; left > 0;) {
      left -= static_cast<size_t>(
          BIO_read(outgoing_, dropped,
                   static_cast<int>(std::min(left, sizeof dropped))));
    }
  }

  size_t Receive(char* buffer, size_t size) override {
    for (;;) {
      const int count =
          ready_ ? SSL_read(ssl_.get(), buffer, static_cast<int>(size)) : -1;
      if (count > 0) return static_cast<size_t>(count);
      if (ready_) {
        const int error = SSL_get_error(ssl_.get(), count);
        if (error == SSL_ERROR_ZERO_RETURN) return kEof;
        if (error != SSL_ERROR_WANT_READ) Die("SSL_read");
      }
      static char encrypted[kReadSize];
      const size_t arrived = ReceiveNow(fd(), encrypted, sizeof encrypted);
      if (arrived == 0 || arrived == kEof) return arrived;
      BIO_write(incoming_, encrypted, static_cast<int>(arrived));
      if (!ready_) Handshake();
    }
  }

  void CloseSending() override {
    SSL_shutdown(ssl_.get());
    Flush();
    shutdown(fd(), SHUT_WR);
  }

 private:
  void Handshake() {
    const int result = SSL_do_handshake(ssl_.get());
    Flush();
    if (result == 1) {
      CheckCipher();
      ready_ = true;
    } else if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) {
      errno = EPROTO;
      Die("the handshake failed");
    }
  }

  // A comparison of servers is not to be one of ciphers.
  void CheckCipher() {
    const char* const wanted = "TLS_AES_128_GCM_SHA256";
    const char* const name =
        SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl_.get()));
    if (strcmp(name, wanted) == 0) return;
    fprintf(stderr, "load_generator: the server chose %s and not %s\n", name,
            wanted);
    exit(1);
  }

  const bssl::UniquePtr<SSL> ssl_;
  BIO* const incoming_;  // The SSL's.
  BIO* const outgoing_;
  bool ready_ = false;
};

sockaddr_in Address(const std::string& host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    errno = EINVAL;
    Die(host.c_str());
  }
  return address;
}

// 127.1.0.1, 127.1.0.2 and so on: any of 127.0.0.0/8 is this machine.
void BindToLoopback(int fd, uint32_t source) {
  const int on = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x7f010001 + source % 250);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    Die("bind");
  }
}

}  // namespace

void Die(const char* what) {
  fprintf(stderr, "load_generator: %s: %s\n", what, strerror(errno));
  exit(1);
}

LoadChannel::~LoadChannel() { close(fd_); }

std::unique_ptr<LoadChannel> LoadChannel::Connect(
    const Destination& destination, uint32_t source) {
  sockaddr_in address = Address(destination.host, destination.port);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) Die("socket");
  if (destination.host.compare(0, 4, "127.") == 0) BindToLoopback(fd, source);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    Die("connect");
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (destination.tls) return std::make_unique<TlsChannel>(fd);
  return std::make_unique<PlainChannel>(fd);
}

}  // namespace streams_benchmark
