// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/start_tls.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "streams/coro/task_handle.h"
#include "streams/os/error.h"
#include "streams/testing/ssl_protocol_fixture.h"
#include "streams/testing/tls_contexts.h"

namespace streams::internal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Upgraded = absl::StatusOr<std::shared_ptr<Transport>>;

// A plain connection that stands; the peer's engine is ready to be asked.
class StartTlsTest : public SslProtocolFixture {
 protected:
  void StartPlain(bool server_side) {
    auto sockets = StreamSocket::CreatePair().value();
    peer_.emplace(std::move(sockets.second),
                  SslEngine::Create(
                      server_side ? TestClientContext() : TestServerContext(),
                      !server_side,
                      server_side ? std::optional<std::string>("localhost")
                                  : std::nullopt,
                      nullptr)
                      .value());
    lower_ = SocketTransport::Start(*loop_, std::move(sockets.first), protocol_,
                                    SocketTransport::Options());
    Settle();
    EXPECT_THAT(log_, ElementsAre("made"));
    log_.clear();
  }
  static TlsOptions ServerOptions() {
    return TlsOptions(TestServerContext()).set_server_side(true);
  }
  void Upgrade(const TlsOptions& options) {
    task_.emplace(Spawn(*loop_, StartTls(*loop_, lower_, protocol_, options)));
  }
  Upgraded TakeUpgraded() {
    EXPECT_TRUE(task_->done());
    return task_->TakeResult();
  }

  std::optional<TaskHandle<Upgraded>> task_;
};

TEST_F(StartTlsTest, OfAClient) {
  StartPlain(false);
  peer_->SendBytes("220 go ahead\r\n");
  Settle();
  EXPECT_THAT(log_, ElementsAre("220 go ahead\r\n"));
  Upgrade(ClientOptions());
  Handshake();
  Upgraded upgraded = TakeUpgraded();
  ASSERT_TRUE(upgraded.ok()) << upgraded.status().message();
  // There is one connection, and it was made already.
  EXPECT_THAT(log_, ElementsAre("220 go ahead\r\n"));
  EXPECT_TRUE((*upgraded)->Write("hello").ok());
  EXPECT_EQ(peer_->ReceiveText(), "hello");
  peer_->SendText("there");
  Settle();
  EXPECT_THAT(log_, ElementsAre("220 go ahead\r\n", "there"));
  (*upgraded)->Close();
  Settle();
  peer_->SendCloseNotify();
  Settle();
  EXPECT_THAT(log_, ElementsAre("220 go ahead\r\n", "there", "eof", "lost"));
}

// The ClientHello came with the last line of plaintext: CPython gh-142352.
TEST_F(StartTlsTest, WhatWasBufferedIsTheHandshakesBeginning) {
  StartPlain(true);
  peer_->engine().Handshake();
  protocol_->unread = std::string(peer_->engine().TakeOutgoing().bytes());
  Upgrade(ServerOptions());
  Handshake();
  Upgraded upgraded = TakeUpgraded();
  ASSERT_TRUE(upgraded.ok()) << upgraded.status().message();
  peer_->SendText("hello");
  Settle();
  EXPECT_THAT(log_, ElementsAre("hello"));
}

TEST_F(StartTlsTest, TheFirstPartOfTheClientHelloWasBuffered) {
  StartPlain(true);
  peer_->engine().Handshake();
  const std::string hello(peer_->engine().TakeOutgoing().bytes());
  protocol_->unread = hello.substr(0, 7);
  Upgrade(ServerOptions());
  peer_->SendBytes(hello.substr(7));
  Handshake();
  EXPECT_TRUE(TakeUpgraded().ok());
}

// CVE-2011-0411: a command in plaintext, sent by somebody in between behind
// STARTTLS, must not be taken for one that came over TLS.
TEST_F(StartTlsTest, InjectedPlaintextEndsTheHandshake) {
  for (const bool server_side : {true, false}) {
    StartPlain(server_side);
    protocol_->unread = "RSET\r\n";
    Upgrade(server_side ? ServerOptions() : ClientOptions());
    Handshake();
    const Upgraded upgraded = TakeUpgraded();
    EXPECT_EQ(GetErrorKind(upgraded.status()), ErrorKind::kSsl);
    EXPECT_EQ(upgraded.status().message(),
              "[SSL: WRONG_VERSION_NUMBER] wrong version number");
    EXPECT_EQ(protocol_->unread, "");
    EXPECT_EQ(protocol_->received, "");
    EXPECT_TRUE(lower_->IsClosing());
    log_.clear();
  }
}

TEST_F(StartTlsTest, WhatCannotBegin) {
  StartPlain(false);
  protocol_->unread = "unread";
  Upgrade(TlsOptions());
  Settle();
  Upgraded upgraded = TakeUpgraded();
  EXPECT_EQ(GetErrorKind(upgraded.status()), ErrorKind::kType);
  EXPECT_EQ(upgraded.status().message(),
            "sslcontext is expected to be an instance of ssl.SSLContext, got "
            "None");
  Upgrade(TlsOptions(TestClientContext()));
  Settle();
  upgraded = TakeUpgraded();
  EXPECT_EQ(GetErrorKind(upgraded.status()), ErrorKind::kValue);
  // Nothing has happened.
  EXPECT_EQ(protocol_->unread, "unread");
  EXPECT_EQ(lower_->GetProtocol(), protocol_);
  EXPECT_TRUE(lower_->IsReading());
  EXPECT_FALSE(lower_->IsClosing());
}

TEST_F(StartTlsTest, ATimeOut) {
  StartPlain(false);
  Upgrade(ClientOptions().set_handshake_timeout(absl::Seconds(2)));
  Settle();
  Advance(absl::Seconds(2));
  EXPECT_EQ(TakeUpgraded().status().message(),
            "SSL handshake is taking longer than 2 seconds: aborting the "
            "connection");
  EXPECT_TRUE(lower_->IsClosing());
}

TEST_F(StartTlsTest, AnErrorOfTheHandshakeReachesTheProtocolToo) {
  StartPlain(false);
  Upgrade(ClientOptions());
  Settle();
  peer_->ReceiveBytes();
  peer_->SendBytes("what?\r\n");
  Settle();
  EXPECT_EQ(GetErrorKind(TakeUpgraded().status()), ErrorKind::kSsl);
  EXPECT_THAT(log_, ElementsAre("lost: SSLError([SSL: WRONG_VERSION_NUMBER] "
                                "wrong version number)"));
}

TEST_F(StartTlsTest, Cancelled) {
  StartPlain(false);
  Upgrade(ClientOptions());
  Settle();
  task_->Cancel();
  Settle();
  EXPECT_TRUE(absl::IsCancelled(TakeUpgraded().status()));
  EXPECT_TRUE(lower_->IsClosing());
  peer_->ReceiveBytes();
  EXPECT_TRUE(peer_->saw_eof());
}

TEST_F(StartTlsTest, DroppedBeforeItHasBegun) {
  StartPlain(false);
  { auto upgrade = StartTls(*loop_, lower_, protocol_, ClientOptions()); }
  EXPECT_EQ(lower_->GetProtocol(), protocol_);
  Settle();
  EXPECT_FALSE(lower_->IsClosing());
}

TEST_F(StartTlsTest, TheLoopGoesFirst) {
  StartPlain(false);
  Upgrade(ClientOptions());
  Settle();
  task_.reset();
  handshake_done_.reset();
  loop_.reset();
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(StartTlsTest, AfterTheConnectionIsLost) {
  StartPlain(false);
  lower_->Abort();
  Settle();
  log_.clear();
  Upgrade(ClientOptions());
  Settle();
  EXPECT_EQ(GetErrorKind(TakeUpgraded().status()), ErrorKind::kConnectionReset);
}

TEST_F(StartTlsTest, OnAConnectionThatIsClosing) {
  StartPlain(false);
  Upgrade(ClientOptions());
  lower_->Close();
  Settle();
  // It must not look as if it were encrypted now.
  EXPECT_FALSE(TakeUpgraded().ok());
}

TEST_F(StartTlsTest, AbortedDuringTheHandshake) {
  StartPlain(false);
  Upgrade(ClientOptions());
  Settle();
  lower_->Abort();
  Settle();
  EXPECT_EQ(GetErrorKind(TakeUpgraded().status()),
            ErrorKind::kConnectionAborted);
}

// --- TLS inside TLS ---

// The peer's inner engine speaks through its outer one.
class TlsInTlsTest : public StartTlsTest {
 protected:
  void StartBoth() {
    StartPlain(false);
    Upgrade(ClientOptions());
    Handshake();
    outer_ = TakeUpgraded().value();
    inner_peer_ =
        SslEngine::Create(TestServerContext(), true, std::nullopt, nullptr)
            .value();
    task_.emplace(
        Spawn(*loop_, StartTls(*loop_, outer_, protocol_, ClientOptions())));
    for (int i = 0; i < 4; ++i) {
      Settle();
      inner_peer_->Keep(peer_->ReceiveText());
      inner_peer_->Handshake();
      SendInner();
    }
    Settle();
    Upgraded upgraded = TakeUpgraded();
    ASSERT_TRUE(upgraded.ok()) << upgraded.status().message();
    inner_ = *std::move(upgraded);
  }
  void SendInner() {
    const std::string records(inner_peer_->TakeOutgoing().bytes());
    if (!records.empty()) peer_->SendText(records);
  }
  std::string ReceiveInner() {
    inner_peer_->Keep(peer_->ReceiveText());
    std::string text(1 << 20, '\0');
    size_t filled = 0;
    size_t count = 0;
    while (inner_peer_->Read(text.data() + filled, text.size() - filled,
                             count) == SslEngine::Outcome::kDone) {
      filled += count;
    }
    text.resize(filled);
    return text;
  }

  std::shared_ptr<Transport> outer_;
  std::shared_ptr<Transport> inner_;
  std::unique_ptr<SslEngine> inner_peer_;
};

TEST_F(TlsInTlsTest, BothWays) {
  StartBoth();
  const std::string large(100000, 'x');
  EXPECT_TRUE(inner_->Write("hello ").ok());
  EXPECT_TRUE(inner_->Write(large).ok());
  Settle();
  EXPECT_EQ(ReceiveInner(), "hello " + large);
  inner_peer_->Write("there");
  inner_peer_->Write(large);
  SendInner();
  Settle();
  EXPECT_EQ(protocol_->received, "there" + large);
  EXPECT_NE(inner_->GetSslObject(), outer_->GetSslObject());
  EXPECT_NE(inner_->GetSocket(), nullptr);
}

TEST_F(TlsInTlsTest, ClosesFromTheInside) {
  StartBoth();
  inner_->Close();
  Settle();
  ReceiveInner();
  inner_peer_->Shutdown();
  SendInner();
  Settle();
  // Then the outer one says goodbye.
  peer_->ReceiveText();
  EXPECT_TRUE(peer_->saw_close_notify());
  peer_->SendCloseNotify();
  Settle();
  EXPECT_THAT(log_, ElementsAre("eof", "lost"));
  EXPECT_TRUE(outer_->IsClosing());
}

TEST_F(TlsInTlsTest, TheLoopGoesFirst) {
  StartBoth();
  const std::weak_ptr<Transport> outer = outer_;
  const std::weak_ptr<Transport> inner = inner_;
  outer_.reset();
  inner_.reset();
  handshake_done_.reset();
  task_.reset();
  loop_.reset();
  EXPECT_TRUE(outer.expired());
  EXPECT_TRUE(inner.expired());
}

}  // namespace
}  // namespace streams::internal
