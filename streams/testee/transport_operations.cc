// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/streams.h"
#include "streams/testee/objects.h"
#include "streams/testee/operation.h"
#include "streams/testee/transport_calls.h"

namespace streams::testee {
namespace {

Transport& Self(Call& call) { return *call.self<TransportObject>()->transport; }

absl::StatusOr<Answer> WriteBytes(Call& call) {
  return Write(call,
               [&](absl::string_view data) { return Self(call).Write(data); });
}

absl::StatusOr<Answer> WriteSeveral(Call& call) {
  return WriteLines(call, [&](absl::Span<const absl::string_view> lines) {
    return Self(call).WriteLines(lines);
  });
}

absl::StatusOr<Answer> WriteEof(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  STREAMS_RETURN_IF_ERROR(Self(call).WriteEof());
  return Item();
}

absl::StatusOr<Answer> CanWriteEof(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(conformance::Value(Self(call).CanWriteEof()));
}

absl::StatusOr<Answer> Close(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  Self(call).Close();
  return Item();
}

absl::StatusOr<Answer> Abort(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  Self(call).Abort();
  return Item();
}

absl::StatusOr<Answer> IsClosing(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(conformance::Value(Self(call).IsClosing()));
}

absl::StatusOr<Answer> IsReading(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(conformance::Value(Self(call).IsReading()));
}

absl::StatusOr<Answer> PauseReading(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  STREAMS_RETURN_IF_ERROR(Self(call).PauseReading());
  return Item();
}

absl::StatusOr<Answer> ResumeReading(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  STREAMS_RETURN_IF_ERROR(Self(call).ResumeReading());
  return Item();
}

absl::StatusOr<Answer> SetWriteBufferLimits(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"high", "low"}));
  STREAMS_ASSIGN_OR_RETURN(const auto high, call.Integer("high"));
  STREAMS_ASSIGN_OR_RETURN(const auto low, call.Integer("low"));
  STREAMS_RETURN_IF_ERROR(Self(call).SetWriteBufferLimits(high, low));
  return Item();
}

absl::StatusOr<Answer> GetWriteBufferLimits(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  const WriteBufferLimits limits = Self(call).GetWriteBufferLimits();
  conformance::Tuple tuple;
  tuple.items = {static_cast<int64_t>(limits.low),
                 static_cast<int64_t>(limits.high)};
  return Item(conformance::Value(tuple));
}

absl::StatusOr<Answer> GetWriteBufferSize(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(conformance::Value(
      static_cast<int64_t>(Self(call).GetWriteBufferSize())));
}

absl::StatusOr<Answer> ExtraInfo(Call& call) {
  return GetExtraInfo(call, call.self<TransportObject>()->transport);
}

absl::StatusOr<Answer> GetProtocol(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  if (Self(call).GetProtocol() == nullptr) return Item();
  return Item(std::make_shared<OpaqueObject>("StreamReaderProtocol"));
}

absl::StatusOr<Answer> TakeCalls(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  conformance::List list;
  for (std::string& name :
       call.self<RecordingTransportObject>()->recording->TakeCalls()) {
    list.items.push_back(std::move(name));
  }
  return Item(conformance::Value(list));
}

constexpr Operation kOperations[] = {
    {"abort", Abort},
    {"can_write_eof", CanWriteEof},
    {"close", Close},
    {"get_extra_info", ExtraInfo},
    {"get_protocol", GetProtocol},
    {"get_write_buffer_limits", GetWriteBufferLimits},
    {"get_write_buffer_size", GetWriteBufferSize},
    {"is_closing", IsClosing},
    {"is_reading", IsReading},
    {"pause_reading", PauseReading},
    {"resume_reading", ResumeReading},
    {"set_write_buffer_limits", SetWriteBufferLimits},
    {"write", WriteBytes},
    {"write_eof", WriteEof},
    {"writelines", WriteSeveral},
};

// What the protocol's own Transport can do.
constexpr Operation kRecordingOperations[] = {
    {"abort", Abort},
    {"calls", TakeCalls},
    {"can_write_eof", CanWriteEof},
    {"close", Close},
    {"get_extra_info", ExtraInfo},
    {"get_write_buffer_size", GetWriteBufferSize},
    {"is_closing", IsClosing},
    {"pause_reading", PauseReading},
    {"resume_reading", ResumeReading},
    {"write", WriteBytes},
    {"write_eof", WriteEof},
    {"writelines", WriteSeveral},
};

}  // namespace

absl::Span<const Operation> TransportOperations() { return kOperations; }
absl::Span<const Operation> RecordingOperations() {
  return kRecordingOperations;
}

}  // namespace streams::testee
