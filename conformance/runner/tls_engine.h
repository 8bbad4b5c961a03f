// SPDX-License-Identifier: Apache-2.0
#ifndef CONFORMANCE_RUNNER_TLS_ENGINE_H_
#define CONFORMANCE_RUNNER_TLS_ENGINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"
#include "openssl/base.h"

namespace conformance {

// What one end of a TLS connection is to do.
struct TlsSettings {
  bool server_side = false;
  std::string certificate;  // PEM: private key and certificates; may be empty.
  // PEM. Whom the other side's certificate must come from; empty: anybody will
  // do, and a server asks for none.
  std::string authority;
  // Of TLS, as 0x0303 for 1.2; 0: as BoringSSL has it.
  std::uint16_t minimum_version = 0;
  std::uint16_t maximum_version = 0;
  std::vector<std::string> alpn;  // A server chooses the first that is offered.
  std::string server_hostname;    // Sent by a client; empty: none.
  std::string ciphers;            // Of TLS 1.2; empty: as BoringSSL has them.
};

// One end of a TLS connection that moves no bytes by itself: what arrives is
// fed, what is to be sent is taken. It offers what a hostile peer needs and an
// application does not: pieces of the handshake, alerts at any time.
//
// BoringSSL over memory. Used from one thread.
class TlsEngine {
 public:
  enum class Progress {
    kDone,
    kWantsInput,
    kFailed,  // See error(); nothing but TakeOutput() makes sense now.
  };

  // kInvalidArgument: the settings make no sense.
  static absl::StatusOr<std::unique_ptr<TlsEngine>> Make(
      const TlsSettings& settings);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  void Feed(absl::string_view bytes);
  // The other side ends without another word.
  void FeedEof();
  // What is to be sent, in order; empty: nothing.
  std::string TakeOutput();

  // Goes on with the handshake. kDone: it is over, now or since long.
  Progress Handshake();
  bool is_established() const { return established_; }

  // Appends what can be decrypted. kDone: nothing follows, the other side has
  // sent close_notify or EOF.
  Progress Read(std::string& data);
  bool received_close_notify() const;

  // These make output. False: see error().
  bool Write(absl::string_view data);
  bool CloseNotify();
  bool FatalAlert(std::uint8_t description);
  // TLS 1.3: new keys, and the other side is asked for some, too.
  bool KeyUpdate();

  // An SSLError; its message is BoringSSL's word for what is wrong.
  const ErrorValue& error() const { return error_; }

  // The description of the fatal alert that the other side has sent. Absent:
  // it sent none.
  std::optional<std::uint8_t> received_alert() const { return received_alert_; }

  // Of the established connection: "TLSv1.3", the name of the cipher.
  std::string version() const;
  std::string cipher() const;
  // What the client asked for, and was given. Absent: none.
  std::optional<std::string> alpn_protocol() const;
  std::optional<std::string> server_hostname() const;
  // The common name of the other side's certificate. Absent: it sent none.
  std::optional<std::string> peer_common_name() const;

 private:
  TlsEngine() = default;

  static void OnInfo(const SSL* ssl, int type, int value);
  absl::Status Configure(const TlsSettings& settings);
  Progress ProgressOf(int result);
  bool Check(int result);

  std::vector<std::uint8_t> alpn_wire_;
  bssl::UniquePtr<SSL_CTX> context_;
  bssl::UniquePtr<SSL> ssl_;
  BIO* incoming_ = nullptr;  // Both belong to ssl_.
  BIO* outgoing_ = nullptr;
  bool established_ = false;
  ErrorValue error_;
  std::optional<std::uint8_t> received_alert_;
};

}  // namespace conformance

#endif  // CONFORMANCE_RUNNER_TLS_ENGINE_H_
