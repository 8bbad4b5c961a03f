// SPDX-License-Identifier: Apache-2.0

// Echoes over TLS on a socket that it inherits, until the connection is lost:
// see
// streams/tls/openssl_interoperation_test.py.
//
//   tls_echo FD server|client
//
// First it prints certificates to trust: an authority's; then, for a client's
// peer, a server's with its key; then an empty line.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "streams/coro/completion.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/os/fd.h"
#include "streams/os/socket.h"
#include "streams/testing/test_certificate.h"
#include "streams/tls/ssl_protocol.h"
#include "streams/transport/protocol.h"
#include "streams/transport/socket_transport.h"

namespace streams {
namespace {

class EchoProtocol final : public Protocol {
 public:
  explicit EchoProtocol(EventLoop& loop) : loop_(loop) {}

  void ConnectionMade(std::shared_ptr<Transport> transport) override {
    transport_ = std::move(transport);
  }
  absl::Status DataReceived(absl::string_view bytes) override {
    return transport_->Write(bytes);
  }
  void ConnectionLost(const absl::Status& error) override {
    if (!error.ok()) {
      std::fprintf(stderr, "%s\n", std::string(error.message()).c_str());
      std::exit(1);
    }
    transport_ = nullptr;
    loop_.Stop();
  }

 private:
  EventLoop& loop_;
  std::shared_ptr<Transport> transport_;
};

// A handshake that fails is all that happens.
class HandshakeListener final : public Completion::Listener {
 public:
  explicit HandshakeListener(EventLoop& loop) : loop_(loop) {}

 private:
  void Run() override {
    if (!TakeStatus().ok()) loop_.Stop();
  }

  EventLoop& loop_;
};

int Run(int fd, bool is_server) {
  const TestAuthority authority("Test authority");
  const TestCertificate certificate = authority.Issue(TestCertificateOptions());
  std::printf("%s%s%s\n", authority.certificate().c_str(),
              is_server ? "" : certificate.certificate.c_str(),
              is_server ? "" : certificate.key.c_str());
  std::fflush(stdout);
  TlsOptions options;
  if (is_server) {
    const auto context = SslContext::Server();
    const absl::Status status =
        context->LoadCertChainPem(certificate.certificate, certificate.key, "");
    if (!status.ok()) return 1;
    options.set_context(context).set_server_side(true);
  } else {
    options
        .set_context(SslContext::CreateDefault(
                         Purpose::kServerAuth,
                         VerifyLocations().set_cadata(authority.certificate()))
                         .value())
        .set_server_hostname("localhost");
  }
  EventLoop loop;
  HandshakeListener handshake(loop);
  Waiter handshake_done(loop);
  handshake_done.Listen(handshake);
  SocketTransport::Start(
      loop, StreamSocket::Adopt(Fd(fd)).value(),
      internal::SslProtocol::Create(loop, std::make_shared<EchoProtocol>(loop),
                                    options, &handshake_done)
          .value(),
      SocketTransport::Options());
  loop.RunForever();
  if (handshake_done.status().ok()) return 0;
  std::fprintf(stderr, "%s\n",
               std::string(handshake_done.status().message()).c_str());
  return 1;
}

}  // namespace
}  // namespace streams

int main(int argc, char** argv) {
  int fd = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[1], &fd)) return 2;
  return streams::Run(fd, std::string(argv[2]) == "server");
}
