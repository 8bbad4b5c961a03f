// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/tls_peer.h"

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace streams::internal {

TlsPeer::TlsPeer(StreamSocket socket, std::unique_ptr<SslEngine> engine)
    : socket_(std::move(socket)), engine_(std::move(engine)) {}

bool TlsPeer::Handshake() {
  engine_->Keep(ReceiveBytes());
  const bool done = engine_->Handshake() == SslEngine::Outcome::kDone;
  Flush();
  return done;
}

void TlsPeer::SendText(absl::string_view text) { SendBytes(Record(text)); }

void TlsPeer::SendBytes(absl::string_view bytes) {
  // A test that sends more than the kernel takes would not see it arrive.
  os::Send(socket_.fd(), bytes.data(), bytes.size());
}

std::string TlsPeer::Record(absl::string_view text) {
  engine_->Write(text);
  return std::string(engine_->TakeOutgoing().bytes());
}

void TlsPeer::SendCloseNotify() {
  engine_->Shutdown();
  Flush();
}

std::string TlsPeer::ReceiveText() {
  engine_->Keep(ReceiveBytes());
  std::string text;
  std::vector<char> buffer(SslEngine::kMaxRecordText);
  while (engine_->HasMore()) {
    size_t count = 0;
    const auto outcome = engine_->Read(buffer.data(), buffer.size(), count);
    if (outcome == SslEngine::Outcome::kClosed) saw_close_notify_ = true;
    if (outcome != SslEngine::Outcome::kDone) break;
    text.append(buffer.data(), count);
  }
  return text;
}

std::string TlsPeer::ReceiveBytes() {
  std::string bytes;
  std::vector<char> buffer(256 * 1024);
  for (;;) {
    const ssize_t count =
        os::Receive(socket_.fd(), buffer.data(), buffer.size());
    if (count == 0) saw_eof_ = true;
    if (count <= 0) return bytes;
    bytes.append(buffer.data(), static_cast<size_t>(count));
  }
}

void TlsPeer::Flush() {
  if (engine_->outgoing_size() > 0) {
    SendBytes(engine_->TakeOutgoing().bytes());
  }
}

}  // namespace streams::internal
