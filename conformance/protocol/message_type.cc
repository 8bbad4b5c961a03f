// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/message_type.h"

#include <variant>

#include "absl/strings/string_view.h"

namespace conformance {
namespace {

struct TypeOf {
  absl::string_view operator()(const HelloRequest&) const { return "hello"; }
  absl::string_view operator()(const Reset&) const { return "reset"; }
  absl::string_view operator()(const Op&) const { return "op"; }
  absl::string_view operator()(const Batch&) const { return "batch"; }
  absl::string_view operator()(const Settle&) const { return "settle"; }
  absl::string_view operator()(const Cancel&) const { return "cancel"; }
  absl::string_view operator()(const Drop&) const { return "drop"; }
  absl::string_view operator()(const Advance&) const { return "advance"; }
  absl::string_view operator()(const StatsRequest&) const { return "stats"; }
  absl::string_view operator()(const Bye&) const { return "bye"; }

  absl::string_view operator()(const Hello&) const { return "hello"; }
  absl::string_view operator()(const Ready&) const { return "ready"; }
  absl::string_view operator()(const Ack&) const { return "ack"; }
  absl::string_view operator()(const Done&) const { return "done"; }
  absl::string_view operator()(const Settled&) const { return "settled"; }
  absl::string_view operator()(const Stats&) const { return "stats"; }
  absl::string_view operator()(const Event&) const { return "event"; }
};

}  // namespace

absl::string_view MessageType(const RunnerMessage& message) {
  return std::visit(TypeOf(), message);
}

absl::string_view MessageType(const TesteeMessage& message) {
  return std::visit(TypeOf(), message);
}

}  // namespace conformance
