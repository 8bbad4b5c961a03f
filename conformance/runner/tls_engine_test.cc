// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/tls_engine.h"

#include <string>
#include <utility>

#include "conformance/certificates/certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

using Progress = TlsEngine::Progress;
using ::testing::Optional;

// A client and a server, and the bytes between them.
class TlsEngineTest : public ::testing::Test {
 protected:
  TlsEngineTest() {
    server_.server_side = true;
    server_.certificate = std::string(FindCertificate("server"));
    client_.authority = std::string(FindCertificate("ca"));
  }

  void Make() {
    auto client = TlsEngine::Make(client_);
    auto server = TlsEngine::Make(server_);
    ASSERT_TRUE(client.ok()) << client.status();
    ASSERT_TRUE(server.ok()) << server.status();
    c_ = *std::move(client);
    s_ = *std::move(server);
  }

  // Until neither has anything to say. True: both are through.
  bool ShakeHands() {
    for (;;) {
      c_->Handshake();
      const std::string from_client = c_->TakeOutput();
      s_->Feed(from_client);
      s_->Handshake();
      const std::string from_server = s_->TakeOutput();
      c_->Feed(from_server);
      if (from_client.empty() && from_server.empty()) break;
    }
    return c_->is_established() && s_->is_established();
  }

  std::string ReadAtServer(Progress expected) {
    std::string data;
    EXPECT_EQ(s_->Read(data), expected) << s_->error().message;
    return data;
  }

  TlsSettings client_;
  TlsSettings server_;
  std::unique_ptr<TlsEngine> c_;
  std::unique_ptr<TlsEngine> s_;
};

TEST_F(TlsEngineTest, ExchangesDataAndCloseNotify) {
  Make();
  ASSERT_TRUE(ShakeHands());
  EXPECT_EQ(c_->version(), "TLSv1.3");
  ASSERT_TRUE(c_->Write("hello"));
  const std::string record = c_->TakeOutput();
  EXPECT_THAT(record, ::testing::Not(::testing::HasSubstr("hello")));
  s_->Feed(record);
  EXPECT_EQ(ReadAtServer(Progress::kWantsInput), "hello");
  EXPECT_FALSE(s_->received_close_notify());
  ASSERT_TRUE(c_->CloseNotify());
  s_->Feed(c_->TakeOutput());
  EXPECT_EQ(ReadAtServer(Progress::kDone), "");
  EXPECT_TRUE(s_->received_close_notify());
}

TEST_F(TlsEngineTest, TellsARaggedEofFromCloseNotify) {
  Make();
  ASSERT_TRUE(ShakeHands());
  s_->FeedEof();
  EXPECT_EQ(ReadAtServer(Progress::kDone), "");
  EXPECT_FALSE(s_->received_close_notify());
}

TEST_F(TlsEngineTest, NegotiatesWhatTheSettingsSay) {
  client_.maximum_version = 0x0303;
  client_.alpn = {"h2", "http/1.1"};
  client_.server_hostname = "localhost";
  client_.certificate = std::string(FindCertificate("client"));
  server_.alpn = {"http/1.1"};
  server_.authority = std::string(FindCertificate("ca"));
  Make();
  ASSERT_TRUE(ShakeHands());
  EXPECT_EQ(s_->version(), "TLSv1.2");
  EXPECT_THAT(c_->alpn_protocol(), Optional(std::string("http/1.1")));
  EXPECT_THAT(s_->server_hostname(), Optional(std::string("localhost")));
  EXPECT_THAT(s_->peer_common_name(), Optional(std::string("Test client")));
}

TEST_F(TlsEngineTest, RefusesAnUnknownAuthority) {
  client_.authority = std::string(FindCertificate("other_ca"));
  Make();
  EXPECT_FALSE(ShakeHands());
  EXPECT_EQ(c_->error().message, "CERTIFICATE_VERIFY_FAILED");
  EXPECT_EQ(s_->error().message, "TLSV1_ALERT_UNKNOWN_CA");
  EXPECT_THAT(s_->received_alert(), Optional(48));
  EXPECT_FALSE(c_->received_alert().has_value());
}

TEST_F(TlsEngineTest, SendsAnAlertAtAnyTime) {
  Make();
  ASSERT_TRUE(ShakeHands());
  ASSERT_TRUE(c_->FatalAlert(80));
  s_->Feed(c_->TakeOutput());
  EXPECT_EQ(ReadAtServer(Progress::kFailed), "");
  EXPECT_EQ(s_->error().message, "TLSV1_ALERT_INTERNAL_ERROR");
}

TEST_F(TlsEngineTest, ChangesItsKeys) {
  Make();
  ASSERT_TRUE(ShakeHands());
  ASSERT_TRUE(c_->KeyUpdate());
  ASSERT_TRUE(c_->Write("new"));
  s_->Feed(c_->TakeOutput());
  EXPECT_EQ(ReadAtServer(Progress::kWantsInput), "new");
}

TEST_F(TlsEngineTest, RefusesSettingsThatMakeNoSense) {
  TlsSettings settings;
  settings.certificate = std::string(FindCertificate("wrong_key"));
  EXPECT_FALSE(TlsEngine::Make(settings).ok());
  settings = TlsSettings();
  settings.minimum_version = 7;
  EXPECT_FALSE(TlsEngine::Make(settings).ok());
  settings = TlsSettings();
  settings.ciphers = "NOTHING";
  EXPECT_FALSE(TlsEngine::Make(settings).ok());
}

}  // namespace
}  // namespace conformance
