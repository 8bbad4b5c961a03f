// SPDX-License-Identifier: Apache-2.0
//
// `raw-tls`, the yardstick of the encrypted cases: the loop of `raw` with
// BoringSSL between two memory BIOs. What one read brings is decrypted, then
// encrypted and sent at once; in line mode, each line is a record of its own.
//
//   raw_tls_echo_server --port=N --tls_cert=FILE --tls_key=FILE
//                       [--mode=echo|line] [--cork] [--host=127.0.0.1]
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/flags/flag.h"
#include "streams/benchmark/peers/raw_listener.h"

ABSL_FLAG(std::string, tls_cert, "", "file of the certificate chain, PEM");
ABSL_FLAG(std::string, tls_key, "", "file of its private key, PEM");
ABSL_FLAG(bool, cork, false, "lines that arrive together leave together");

namespace {

constexpr size_t kReadSize = 65536;

class Connection {
 public:
  Connection(int fd, SSL_CTX* context)
      : fd_(fd),
        ssl_(SSL_new(context)),
        incoming_(BIO_new(BIO_s_mem())),
        outgoing_(BIO_new(BIO_s_mem())) {
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    SSL_set_accept_state(ssl_.get());
  }

  int fd() const { return fd_; }
  SSL* ssl() const { return ssl_.get(); }
  std::string& partial_line() { return partial_line_; }

  void Feed(const char* data, size_t size) {
    BIO_write(incoming_, data, static_cast<int>(size));
  }

  bool Encrypt(const char* data, size_t size) {
    return SSL_write(ssl_.get(), data, static_cast<int>(size)) ==
           static_cast<int>(size);
  }

  // Sends what was encrypted. False: the connection is broken.
  bool Flush(int epoll) {
    const uint8_t* data = nullptr;
    size_t size = 0;
    if (unsent_.empty() && BIO_mem_contents(outgoing_, &data, &size) &&
        size > 0) {
      const ssize_t count = send(fd_, data, size, MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return false;
      const size_t sent = count < 0 ? 0 : static_cast<size_t>(count);
      if (sent < size) {
        unsent_.assign(reinterpret_cast<const char*>(data) + sent, size - sent);
        raw::Control(epoll, EPOLL_CTL_MOD, fd_, EPOLLIN | EPOLLOUT);
      }
    } else if (BIO_mem_contents(outgoing_, &data, &size) && size > 0) {
      unsent_.append(reinterpret_cast<const char*>(data), size);
    }
    if (size > 0) BIO_reset(outgoing_);
    return true;
  }

  bool FlushUnsent(int epoll) {
    const ssize_t count =
        send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN;
    unsent_.erase(0, static_cast<size_t>(count));
    if (unsent_.empty()) raw::Control(epoll, EPOLL_CTL_MOD, fd_, EPOLLIN);
    return true;
  }

 private:
  const int fd_;
  const bssl::UniquePtr<SSL> ssl_;
  BIO* const incoming_;  // The SSL's.
  BIO* const outgoing_;
  std::string unsent_;
  std::string partial_line_;
};

class Server {
 public:
  Server(int listener, SSL_CTX* context, bool lines, bool cork)
      : epoll_(epoll_create1(0)),
        listener_(listener),
        context_(context),
        lines_(lines),
        cork_(cork) {
    raw::Control(epoll_, EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[noreturn]] void Run() {
    epoll_event events[256];
    for (;;) {
      const int count = epoll_wait(epoll_, events, 256, -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[i].data.fd;
        if (fd == listener_) {
          Accept();
          continue;
        }
        Connection& connection = *connections_[fd];
        bool alive = true;
        if (events[i].events & EPOLLOUT) alive = connection.FlushUnsent(epoll_);
        if (alive && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
          alive = Read(connection);
        }
        if (!alive) Close(connection);
      }
    }
  }

 private:
  void Accept() {
    for (;;) {
      const int fd = raw::Accept(listener_);
      if (fd < 0) return;
      connections_[fd] = std::make_unique<Connection>(fd, context_);
      raw::Control(epoll_, EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void Close(Connection& connection) {
    const int fd = connection.fd();
    SSL_shutdown(connection.ssl());
    connection.Flush(epoll_);
    connections_.erase(fd);
    close(fd);
  }

  // False: the connection is over.
  bool Read(Connection& connection) {
    for (;;) {
      const ssize_t count = recv(connection.fd(), encrypted_, kReadSize, 0);
      if (count == 0) return false;
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      connection.Feed(encrypted_, static_cast<size_t>(count));
      const bool alive = Answer(connection);
      if (!connection.Flush(epoll_) || !alive) return false;
      if (static_cast<size_t>(count) < kReadSize) return true;
    }
  }

  // Decrypts all there is (the first time, shakes hands), and answers it.
  bool Answer(Connection& connection) {
    for (;;) {
      int error = SSL_ERROR_NONE;
      size_t size = 0;
      while (size < sizeof plain_) {
        const int count = SSL_read(connection.ssl(), plain_ + size,
                                   static_cast<int>(sizeof plain_ - size));
        if (count <= 0) {
          error = SSL_get_error(connection.ssl(), count);
          break;
        }
        size += static_cast<size_t>(count);
      }
      const bool sent =
          size == 0 || (lines_ ? SendLines(connection, plain_, size)
                               : connection.Encrypt(plain_, size));
      if (!sent) return false;
      if (error == SSL_ERROR_WANT_READ) return true;
      if (error != SSL_ERROR_NONE) {
        ERR_clear_error();
        return false;
      }
    }
  }

  bool SendLines(Connection& connection, const char* data, size_t size) {
    std::string& partial_line = connection.partial_line();
    while (size > 0) {
      // All lines there are, or the first.
      const void* newline =
          cork_ ? memrchr(data, '\n', size) : memchr(data, '\n', size);
      if (newline == nullptr) {
        partial_line.append(data, size);
        return true;
      }
      const size_t length =
          static_cast<size_t>(static_cast<const char*>(newline) - data) + 1;
      bool sent;
      if (partial_line.empty()) {
        sent = connection.Encrypt(data, length);
      } else {
        partial_line.append(data, length);
        sent = connection.Encrypt(partial_line.data(), partial_line.size());
        partial_line.clear();
      }
      // At once, as `raw` does.
      if (!sent || !connection.Flush(epoll_)) return false;
      data += length;
      size -= length;
    }
    return true;
  }

  const int epoll_;
  const int listener_;
  SSL_CTX* const context_;
  const bool lines_;
  const bool cork_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  char encrypted_[kReadSize];
  char plain_[kReadSize];
};

bssl::UniquePtr<SSL_CTX> MakeContext() {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  const std::string cert = absl::GetFlag(FLAGS_tls_cert);
  const std::string key = absl::GetFlag(FLAGS_tls_key);
  if (SSL_CTX_use_certificate_chain_file(context.get(), cert.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(),
                                  SSL_FILETYPE_PEM) != 1) {
    fprintf(stderr, "--tls_cert=%s --tls_key=%s: cannot be used\n",
            cert.c_str(), key.c_str());
    exit(2);
  }
  return context;
}

}  // namespace

int main(int argc, char** argv) {
  const int listener = raw::ParseFlagsAndListen(argc, argv);
  const bssl::UniquePtr<SSL_CTX> context = MakeContext();
  const auto server = std::make_unique<Server>(
      listener, context.get(), raw::IsLineMode(), absl::GetFlag(FLAGS_cork));
  server->Run();
}
