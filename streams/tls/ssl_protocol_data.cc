// SPDX-License-Identifier: Apache-2.0

// Reading, writing and back pressure: sslproto's incoming and outgoing flow.

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/coro/prefetch.h"
#include "streams/coro/status_macros.h"
#include "streams/tls/fill_string.h"
#include "streams/tls/ssl_protocol.h"
#include "streams/transport/hand_over.h"
#include "streams/transport/io_block.h"
#include "streams/transport/string_pool.h"

namespace streams::internal {
namespace {

// asyncio: constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES.
constexpr uint8_t kWritesInVain = 5;

constexpr char kFatalError[] = "Fatal error on SSL protocol";

}  // namespace

// --- Incoming ---

absl::Status SslProtocol::DataReceived(absl::string_view bytes) {
  // What it leads to may make the lower transport let go of this object.
  const auto self = shared_from_this();
  engine_->Feed(bytes);
  Proceed();
  engine_->Settle();
  return absl::OkStatus();
}

void SslProtocol::Prefetch(int step) const {
  if (app_protocol_ == nullptr) return;
  if (step == 0) {
    PrefetchBytes(&limits_, sizeof limits_);  // The end of what is needed.
    PrefetchBytes(engine_.get(), sizeof(SslEngine));
    PrefetchBytes(app_protocol_.get(), kPrefetchedBytes);
    return;
  }
  if (step == 1) engine_->Prefetch();
  app_protocol_->Prefetch(step - 1);
  // The last step, which without TLS is a step of its own.
  if (step == 2) app_protocol_->Prefetch(step);
}

void SslProtocol::Proceed() {
  switch (state_) {
    case State::kUnwrapped:
      break;
    case State::kDoHandshake:
      DoHandshake();
      break;
    case State::kWrapped:
      DoRead();
      break;
    case State::kFlushing:
      DoFlush();
      break;
    case State::kShutdown:
      DoShutdown();
      break;
  }
}

void SslProtocol::DoRead() {
  if (ReadForApp()) WriteForApp();
}

bool SslProtocol::ReadForApp() {
  if (state_ != State::kWrapped && state_ != State::kFlushing) return false;
  if (is_app_reading_paused_) return true;
  absl::Status status = ReadAll();
  if (status.ok()) return true;
  FatalError(std::move(status), kFatalError);
  return false;
}

void SslProtocol::WriteForApp() {
  if (backlog_.empty()) {
    ProcessOutgoing();
  } else {
    DoWrite();
  }
  ControlLowerReading();
}

// One call of the protocol for all that can be decrypted now. As in asyncio,
// what came before a record that is not valid is lost with it.
absl::Status SslProtocol::ReadAll() {
  const size_t incoming = engine_->incoming_size();
  if (incoming == 0) return absl::OkStatus();
  auto outcome = SslEngine::Outcome::kDone;
  STREAMS_RETURN_IF_ERROR(incoming < kHandedOverBytes
                              ? ReadShown(outcome)
                              : ReadHandedOver(outcome));
  if (outcome == SslEngine::Outcome::kClosed) {
    CallEofReceived();
    StartShutdown();
  }
  return absl::OkStatus();
}

// As much as can be decrypted and finds room, behind what is `filled` already.
void SslProtocol::Decrypt(absl::Span<char> text, size_t& filled,
                          SslEngine::Outcome& outcome) {
  while (outcome == SslEngine::Outcome::kDone && filled < text.size() &&
         engine_->HasMore()) {
    size_t count = 0;
    outcome = engine_->Read(text.data() + filled, text.size() - filled, count);
    filled += count;
  }
}

// The protocol sees the text, and takes a copy of what it keeps.
absl::Status SslProtocol::ReadShown(SslEngine::Outcome& outcome) {
  // The text is shorter than its records; but part of the first may be in
  // BoringSSL already.
  IoBlock block(engine_->incoming_size() + SslEngine::kMaxRecordText);
  size_t filled = 0;
  Decrypt({block.data(), block.capacity()}, filled, outcome);
  assert(outcome != SslEngine::Outcome::kDone || !engine_->HasMore());
  if (outcome == SslEngine::Outcome::kFailed) return engine_->error();
  if (filled == 0 || app_protocol_ == nullptr) return absl::OkStatus();
  return app_protocol_->DataReceived({block.data(), filled});
}

// The protocol may keep the string that the text is decrypted into.
absl::Status SslProtocol::ReadHandedOver(SslEngine::Outcome& outcome) {
  // As above; but a single record is likely to have come as a whole.
  size_t room = engine_->incoming_size();
  if (room > SslEngine::kMaxRecordText) room += SslEngine::kMaxRecordText;
  std::string text = StringPool::Take(room);
  for (;;) {
    size_t filled = text.size();
    FillString(text, room, [&](char* data, size_t size) {
      Decrypt({data, size}, filled, outcome);
      return filled;
    });
    if (outcome != SslEngine::Outcome::kDone || !engine_->HasMore()) break;
    room += SslEngine::kMaxRecordText;
    StringPool::Reserve(text, room);
  }
  const bool has_failed = outcome == SslEngine::Outcome::kFailed;
  if (!has_failed && !text.empty() && app_protocol_ != nullptr) {
    return HandOver(*app_protocol_, text);
  }
  StringPool::Give(text);
  return has_failed ? engine_->error() : absl::OkStatus();
}

void SslProtocol::ResumeReading() {
  if (!is_app_reading_paused_) return;
  is_app_reading_paused_ = false;
  if (loop_ != nullptr && !resumed_callback_.linked()) {
    loop_->CallSoon(resumed_callback_);
  }
}

void SslProtocol::Resumed() {
  // What an EOF has left for the reader isn't to be dropped because it has
  // paused again; asyncio drops it.
  if (state_ == State::kFlushing && is_app_reading_paused_) return;
  const auto self = shared_from_this();
  Proceed();
}

void SslProtocol::ControlLowerReading() {
  if (lower_ == nullptr) return;
  const size_t size = engine_->incoming_size();
  if (size >= kReadHighWater && !is_lower_reading_paused_) {
    is_lower_reading_paused_ = true;
    lower_->PauseReading().IgnoreError();
  } else if (size <= kReadHighWater / 4 && is_lower_reading_paused_) {
    is_lower_reading_paused_ = false;
    lower_->ResumeReading().IgnoreError();
  }
}

// --- Outgoing ---

void SslProtocol::WriteAppData(absl::Span<const absl::string_view> pieces) {
  if (state_ != State::kWrapped && state_ != State::kDoHandshake) {
    CountWriteInVain();
    return;
  }
  const bool goes_at_once = state_ == State::kWrapped && backlog_.empty();
  for (const absl::string_view piece : pieces) {
    if (piece.empty()) continue;
    if (!goes_at_once) {
      backlog_.Append(piece);
    } else if (engine_->Write(piece) != SslEngine::Outcome::kDone) {
      FatalError(engine_->error(), kFatalError);
      return;
    }
  }
  if (goes_at_once) {
    ProcessOutgoing();
  } else if (state_ == State::kWrapped) {
    DoWrite();
  }
}

void SslProtocol::CountWriteInVain() {
  if (writes_in_vain_ < kWritesInVain) {
    ++writes_in_vain_;
  } else if (loop_ != nullptr) {
    loop_->ReportWarning(kLoggerName, "SSL connection is closed");
  }
}

// What was written during the handshake.
void SslProtocol::DoWrite() {
  while (!backlog_.empty()) {
    std::array<absl::string_view, 1> pieces;
    backlog_.Front(absl::MakeSpan(pieces));
    if (engine_->Write(pieces[0]) != SslEngine::Outcome::kDone) {
      FatalError(engine_->error(), kFatalError);
      return;
    }
    backlog_.Consume(pieces[0].size());
  }
  ProcessOutgoing();
}

void SslProtocol::ProcessOutgoing() {
  const bool has_more = engine_->outgoing_size() > held_back_;
  if (has_more || state_ != State::kWrapped) {
    if (!SendOutgoing()) return;
  }
  ControlAppWriting();
}

bool SslProtocol::SendOutgoing() {
  held_back_ = 0;
  if (is_lower_paused_ || lower_ == nullptr || engine_->outgoing_size() == 0) {
    return true;
  }
  const RecordBuffer records = engine_->TakeOutgoing();
  absl::Status status = lower_->Write(records.bytes());
  if (status.ok()) return true;
  FatalError(std::move(status), kFatalError);
  return false;
}

void SslProtocol::ForgetOutgoing() {
  backlog_.Clear();
  engine_->ClearOutgoing();
  held_back_ = 0;
}

void SslProtocol::ResumeWriting() {
  const auto self = shared_from_this();
  is_lower_paused_ = false;
  ProcessOutgoing();
}

// Unlike a socket's transport, it pauses at the mark, not over it.
void SslProtocol::ControlAppWriting() {
  if (app_protocol_ == nullptr) return;
  const size_t size = WriteBufferSize();
  if (size >= limits_.high && !is_app_writing_paused_) {
    is_app_writing_paused_ = true;
    app_protocol_->PauseWriting();
  } else if (size <= limits_.low && is_app_writing_paused_) {
    is_app_writing_paused_ = false;
    app_protocol_->ResumeWriting();
  }
}

}  // namespace streams::internal
