// SPDX-License-Identifier: Apache-2.0

#include "streams/tls/engine_pair.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace streams::internal {
namespace {

std::unique_ptr<SslEngine> MakeEngine(
    std::shared_ptr<SslContext> context, bool server_side,
    const std::optional<std::string>& server_hostname,
    const SslSession* session) {
  // In a test there is nothing to recover for.
  return SslEngine::Create(std::move(context), server_side, server_hostname,
                           session)
      .value();
}

}  // namespace

void Deliver(SslEngine& from, SslEngine& to) {
  to.Keep(from.TakeOutgoing().bytes());
}

std::string ReadText(SslEngine& engine) {
  std::string text;
  char buffer[SslEngine::kMaxRecordText];
  size_t count = 0;
  while (engine.Read(buffer, sizeof buffer, count) ==
         SslEngine::Outcome::kDone) {
    text.append(buffer, count);
  }
  return text;
}

EnginePair::EnginePair(std::shared_ptr<SslContext> client_context,
                       std::shared_ptr<SslContext> server_context,
                       const std::optional<std::string>& server_hostname,
                       const SslSession* session)
    : client_(MakeEngine(std::move(client_context), /*server_side=*/false,
                         server_hostname, session)),
      server_(MakeEngine(std::move(server_context), /*server_side=*/true,
                         std::nullopt, nullptr)) {}

bool EnginePair::Handshake() {
  using Outcome = SslEngine::Outcome;
  Outcome client = Outcome::kWantRead;
  Outcome server = Outcome::kWantRead;
  // A handshake takes three flights at most, and an alert one more.
  for (int i = 0; i < 4; ++i) {
    if (client == Outcome::kWantRead) client = client_->Handshake();
    Deliver(*client_, *server_);
    if (server == Outcome::kWantRead) server = server_->Handshake();
    Deliver(*server_, *client_);
  }
  return client == Outcome::kDone && server == Outcome::kDone;
}

}  // namespace streams::internal
