// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/testing/ssl_protocol_fixture.h"
#include "streams/testing/tls_contexts.h"
#include "streams/tls/ssl_protocol.h"

// Whatever both sides do, in whatever order: the protocol is told in the order
// that protocol.h promises, nothing is leaked, and nothing used that is gone
// (for a sanitizer to see). A failure's seed repeats it.
namespace streams::internal {
namespace {

class SslProtocolRandomTest : public SslProtocolFixture,
                              public testing::WithParamInterface<int> {
 protected:
  static constexpr int kSteps = 60;

  uint32_t Random(uint32_t below) { return random_() % below; }

  // Most of the time a decent peer.
  void PeerActs() {
    switch (Random(12)) {
      case 0:
        peer_->SendCloseNotify();
        break;
      case 1:
        peer_->socket().ShutdownWrite().IgnoreError();
        break;
      case 2: {
        std::string record = peer_->Record("changed");
        if (!record.empty()) {
          record[Random(static_cast<uint32_t>(record.size()))] ^= 1;
        }
        peer_->SendBytes(record);
        break;
      }
      case 3:
      case 4: {
        // In two pieces, with a turn in between.
        const std::string record =
            peer_->Record(std::string(Random(40000), 'x'));
        const size_t middle = record.size() / 2;
        peer_->SendBytes(absl::string_view(record).substr(0, middle));
        Turn();
        peer_->SendBytes(absl::string_view(record).substr(middle));
        break;
      }
      case 5:
      case 6:
        peer_->ReceiveText();
        break;
      default:
        peer_->SendText(std::string(1 + Random(100), 'y'));
    }
  }

  void ApplicationActs() {
    switch (Random(14)) {
      case 0:
        transport_->Close();
        break;
      case 1:
        if (Random(4) == 0) transport_->Abort();
        break;
      case 2:
        EXPECT_TRUE(transport_->PauseReading().ok());
        break;
      case 3:
      case 4:
      case 5:
        EXPECT_TRUE(transport_->ResumeReading().ok());
        break;
      case 6:
        EXPECT_TRUE(transport_->Write(std::string(Random(300000), 'z')).ok());
        break;
      case 7:
        EXPECT_TRUE(transport_->SetWriteBufferLimits(Random(1000), 0).ok());
        break;
      case 8:
        protocol_->on_data = [this] {
          is_in_turn_ = true;
          ApplicationActs();
          is_in_turn_ = false;
        };
        break;
      case 9:
        clock_.Advance(absl::Seconds(Random(12)));
        if (!is_in_turn_) Settle();  // What a loop runs can't run it.
        break;
      default:
        EXPECT_TRUE(transport_->Write("small").ok());
    }
  }

  // "made", what came, "eof" at most once, "lost" once and last.
  void CheckLog() {
    const std::string log = absl::StrJoin(log_, " | ");
    int made = 0;
    int eof = 0;
    int lost = 0;
    for (const std::string& entry : log_) {
      if (absl::StartsWith(entry, "asyncio: ")) continue;  // A warning.
      EXPECT_EQ(lost, 0) << log;
      if (entry == "made") {
        ++made;
        continue;
      }
      // Water marks may be set, and reached, before.
      if (entry == "pause" || entry == "resume") continue;
      EXPECT_EQ(made, 1) << log;
      if (entry == "eof") ++eof;
      if (absl::StartsWith(entry, "lost")) ++lost;
      const bool is_data = !absl::StartsWith(entry, "lost") && entry != "eof";
      if (is_data) {
        EXPECT_EQ(eof, 0) << log;
      }
    }
    EXPECT_LE(made, 1) << log;
    EXPECT_LE(eof, 1) << log;
    EXPECT_EQ(lost, made) << log;
  }

 private:
  bool is_in_turn_ = false;
  std::minstd_rand random_{static_cast<uint32_t>(GetParam()) + 1};
};

TEST_P(SslProtocolRandomTest, KeepsItsPromises) {
  if (Random(2) == 0) {
    Start();
  } else {
    Start(TlsOptions(TestServerContext()).set_server_side(true));
  }
  // Now and then the handshake is not finished.
  if (Random(8) != 0) Handshake();
  for (int step = 0; step < kSteps; ++step) {
    switch (Random(3)) {
      case 0:
        PeerActs();
        break;
      case 1:
        ApplicationActs();
        break;
      default:
        Turn();
    }
  }
  const std::weak_ptr<SslProtocol> weak = ssl_protocol_;
  ssl_protocol_.reset();
  if (Random(4) == 0) {
    // The loop goes first: then nobody is told.
    handshake_done_.reset();
    protocol_->on_data = nullptr;
    loop_.reset();
  } else {
    protocol_->on_data = nullptr;
    transport_->Abort();
    Settle();
    Advance(absl::Minutes(2));
    CheckLog();
  }
  lower_.reset();
  transport_.reset();
  protocol_->transport.reset();
  EXPECT_TRUE(weak.expired());
}

INSTANTIATE_TEST_SUITE_P(Seeds, SslProtocolRandomTest, testing::Range(0, 400));

}  // namespace
}  // namespace streams::internal
