// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/testee_dialogue.h"

#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "conformance/protocol/message_codec.h"

namespace conformance {
namespace {

// In one scenario. A testee that sends events without end must not keep the
// runner busy for ever.
constexpr std::size_t kMaximumMessages = 100'000;
constexpr std::size_t kMaximumLogged = 2'000;
constexpr std::size_t kMaximumLoggedLine = 2'000;

}  // namespace

std::unique_ptr<TesteeDialogue> TesteeDialogue::Start(
    const CommandLine& command, std::chrono::milliseconds deadline) {
  auto dialogue = std::unique_ptr<TesteeDialogue>(
      new TesteeDialogue(TesteeProcess::Start(command, deadline)));
  if (!dialogue->failure().has_value()) dialogue->SayHello();
  return dialogue;
}

bool TesteeDialogue::SayHello() {
  awaits_hello_ = true;
  if (!Send(HelloRequest())) return false;
  while (awaits_hello_) {
    if (!ReceiveOne()) return false;
  }
  if (hello_.protocol != kProtocolVersion) {
    process_->Fail(TesteeFailureKind::kProtocolError,
                   absl::StrCat("speaks version ", hello_.protocol,
                                " of the testee protocol; this runner speaks ",
                                kProtocolVersion));
    return false;
  }
  return true;
}

bool TesteeDialogue::Reset(absl::string_view scenario) {
  conformance::Reset reset;
  reset.scenario = std::string(scenario);
  awaits_ready_ = true;
  message_count_ = 0;
  if (!Send(reset)) return false;
  while (awaits_ready_) {
    if (!ReceiveOne()) return false;
  }
  ops_.clear();
  unacknowledged_ = 0;
  last_id_ = 0;
  events_.clear();
  return true;
}

void TesteeDialogue::Remember(std::int64_t id, bool is_op) {
  ops_[id].is_op = is_op;
  ++unacknowledged_;
}

bool TesteeDialogue::Send(const RunnerMessage& message) {
  struct {
    TesteeDialogue* self;
    void operator()(const Op& m) { self->Remember(m.id, true); }
    void operator()(const Cancel& m) { self->Remember(m.id, false); }
    void operator()(const Drop& m) { self->Remember(m.id, false); }
    void operator()(const Advance& m) { self->Remember(m.id, false); }
    void operator()(const Batch& m) {
      for (const Batch::Item& item : m.ops) std::visit(*this, item);
    }
    void operator()(const HelloRequest&) {}
    void operator()(const conformance::Reset&) {}
    void operator()(const conformance::Settle&) {}
    void operator()(const StatsRequest&) {}
    void operator()(const Bye&) {}
  } remember{this};
  std::visit(remember, message);
  const std::string line = EncodeLine(message);
  Log("-> ", line);
  return process_->SendLine(line);
}

bool TesteeDialogue::AwaitAcknowledgements() {
  while (unacknowledged_ > 0) {
    if (!ReceiveOne()) return false;
  }
  return true;
}

bool TesteeDialogue::Settle() {
  awaits_settled_ = true;
  if (!Send(conformance::Settle())) return false;
  while (awaits_settled_ || unacknowledged_ > 0) {
    if (!ReceiveOne()) return false;
  }
  return true;
}

bool TesteeDialogue::AwaitDone(std::int64_t id) {
  while (FindDone(id) == nullptr) {
    if (!ReceiveOne()) return false;
  }
  return true;
}

std::optional<Stats> TesteeDialogue::GetStats() {
  awaits_stats_ = true;
  if (!Send(StatsRequest())) return std::nullopt;
  while (awaits_stats_) {
    if (!ReceiveOne()) return std::nullopt;
  }
  return stats_;
}

const Done* TesteeDialogue::FindDone(std::int64_t id) const {
  const auto found = ops_.find(id);
  if (found == ops_.end() || !found->second.done.has_value()) return nullptr;
  return &*found->second.done;
}

std::vector<std::string> TesteeDialogue::TakeEvents() {
  return std::exchange(events_, {});
}

std::vector<std::string> TesteeDialogue::TakeWireLog() {
  return std::exchange(log_, {});
}

bool TesteeDialogue::ReceiveOne() {
  // Events win no time, nor do late answers to what was before a reset: a
  // testee that sends nothing else hangs.
  const Deadline deadline = process_->NewDeadline();
  for (;;) {
    const std::optional<std::string> line = process_->ReceiveLine(deadline);
    if (!line.has_value()) return false;
    Log("<- ", *line);
    if (++message_count_ > kMaximumMessages) {
      return Nonsense("sends messages without end", *line);
    }
    absl::StatusOr<TesteeMessage> message = DecodeTesteeLine(*line);
    if (!message.ok()) {
      process_->Fail(TesteeFailureKind::kProtocolError,
                     absl::StrCat("printed ", QuoteLine(*line), ": ",
                                  message.status().message()));
      return false;
    }
    const bool is_answer = !std::holds_alternative<Event>(*message);
    if (!File(*std::move(message), *line)) return false;
    if (is_answer && !awaits_ready_) return true;
  }
}

bool TesteeDialogue::File(TesteeMessage message, absl::string_view line) {
  if (auto* hello = std::get_if<Hello>(&message)) {
    if (!awaits_hello_) return Nonsense("says hello twice", line);
    awaits_hello_ = false;
    hello_ = std::move(*hello);
    return true;
  }
  if (awaits_hello_) return Nonsense("does not begin with hello", line);
  if (std::holds_alternative<Ready>(message)) {
    if (!awaits_ready_) return Nonsense("is ready without a reset", line);
    awaits_ready_ = false;
    return true;
  }
  if (std::holds_alternative<Settled>(message)) {
    if (!awaits_settled_) return Nonsense("settled unasked", line);
    // The barrier is one only if what came before it is known by now.
    if (unacknowledged_ > 0) {
      return Nonsense("settled before it acknowledged all ops", line);
    }
    awaits_settled_ = false;
    return true;
  }
  if (auto* stats = std::get_if<Stats>(&message)) {
    if (!awaits_stats_) return Nonsense("sends stats unasked", line);
    awaits_stats_ = false;
    stats_ = std::move(*stats);
    return true;
  }
  if (auto* event = std::get_if<Event>(&message)) {
    events_.push_back(std::move(event->name));
    return true;
  }
  bool filed = false;
  if (auto* ack = std::get_if<Ack>(&message)) {
    filed = FileAnswer(*ack);
  } else if (auto* done = std::get_if<Done>(&message)) {
    filed = FileAnswer(std::move(*done));
  }
  // What was under way when the runner sent `reset` may still be answered.
  if (filed || awaits_ready_) return true;
  return Nonsense(
      "answers what was not asked, twice, or before acknowledging it", line);
}

bool TesteeDialogue::FileAnswer(const Ack& ack) {
  const auto found = ops_.find(ack.id);
  if (found == ops_.end() || found->second.acknowledged) return false;
  found->second.acknowledged = true;
  --unacknowledged_;
  return true;
}

bool TesteeDialogue::FileAnswer(Done done) {
  const auto found = ops_.find(done.id);
  if (found == ops_.end()) return false;
  OpState& op = found->second;
  if (!op.is_op || !op.acknowledged || op.done.has_value()) return false;
  op.done = std::move(done);
  return true;
}

bool TesteeDialogue::Nonsense(absl::string_view what, absl::string_view line) {
  process_->Fail(TesteeFailureKind::kProtocolError,
                 absl::StrCat(what, ": ", QuoteLine(line)));
  return false;
}

void TesteeDialogue::Log(absl::string_view direction, absl::string_view line) {
  if (log_.size() >= kMaximumLogged) return;
  const bool cut = line.size() > kMaximumLoggedLine;
  log_.push_back(absl::StrCat(direction, line.substr(0, kMaximumLoggedLine),
                              cut ? "…" : ""));
}

}  // namespace conformance
