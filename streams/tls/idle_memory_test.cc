// SPDX-License-Identifier: Apache-2.0

#include <malloc.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "streams/os/socket.h"
#include "streams/testing/ssl_protocol_fixture.h"
#include "streams/testing/tls_contexts.h"
#include "streams/tls/ssl_protocol.h"
#include "streams/tls/tls_peer.h"
#include "streams/transport/socket_transport.h"

namespace streams::internal {
namespace {

// Sanitizers have an allocator of their own.
#if !defined(ABSL_HAVE_ADDRESS_SANITIZER) && \
    !defined(ABSL_HAVE_THREAD_SANITIZER) &&  \
    !defined(ABSL_HAVE_MEMORY_SANITIZER)

class IdleMemoryTest : public SslProtocolFixture {
 protected:
  // A server's connection that has echoed a message, with its socket's
  // transport, and nothing of the client's.
  void AddConnection(const TlsOptions& options,
                     const std::shared_ptr<SslContext>& client_context) {
    auto sockets = StreamSocket::CreatePair().value();
    TlsPeer peer(
        std::move(sockets.second),
        SslEngine::Create(client_context, false, "localhost", nullptr).value());
    auto protocol = std::make_shared<RecordingProtocol>(log_);
    auto ssl_protocol =
        SslProtocol::Create(*loop_, protocol, options, nullptr).value();
    SocketTransport::Start(*loop_, std::move(sockets.first), ssl_protocol,
                           SocketTransport::Options());
    for (int i = 0; i < 4; ++i) {
      Settle();
      peer.Handshake();
    }
    peer.SendText("hello");
    Settle();
    ASSERT_EQ(protocol->received, "hello");
    ASSERT_TRUE(protocol->transport->Write("there").ok());
    ASSERT_EQ(peer.ReceiveText(), "there");
    log_.clear();
    peer_sockets_.push_back(std::move(peer.socket()));
  }

  std::vector<StreamSocket> peer_sockets_;
};

TEST_F(IdleMemoryTest, AConnectionThatIsIdleIsSmall) {
  constexpr size_t kConnections = 200;
  constexpr size_t kMostBytes = 6 * 1024;
  const auto client_context = TestClientContext();
  const TlsOptions options =
      TlsOptions(TestServerContext()).set_server_side(true);
  peer_sockets_.reserve(kConnections + 1);
  // What the first needs for all.
  AddConnection(options, client_context);
  const size_t before = ::mallinfo2().uordblks;
  for (size_t i = 0; i < kConnections; ++i) {
    AddConnection(options, client_context);
  }
  const size_t each = (::mallinfo2().uordblks - before) / kConnections;
  RecordProperty("bytes", static_cast<int>(each));
  EXPECT_LE(each, kMostBytes);
}

#endif

}  // namespace
}  // namespace streams::internal
