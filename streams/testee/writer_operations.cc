// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/streams.h"
#include "streams/testee/objects.h"
#include "streams/testee/operation.h"
#include "streams/testee/tls_calls.h"
#include "streams/testee/transport_calls.h"

namespace streams::testee {
namespace {

using WriterPtr = std::shared_ptr<WriterObject>;

StreamWriter& Self(Call& call) { return *call.self<WriterObject>()->writer; }

absl::StatusOr<Answer> WriteBytes(Call& call) {
  return Write(call, [&](absl::string_view data) {
    return Self(call).Write(data).status();
  });
}

absl::StatusOr<Answer> WriteSeveral(Call& call) {
  return WriteLines(call, [&](absl::Span<const absl::string_view> lines) {
    return Self(call).WriteLines(lines).status();
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

absl::StatusOr<Answer> IsClosing(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(conformance::Value(Self(call).IsClosing()));
}

Pending AwaitWaitClosed(WriterPtr self) {
  STREAMS_CO_RETURN_IF_ERROR(co_await self->writer->WaitClosed());
  co_return Item();
}

absl::StatusOr<Answer> WaitClosed(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return AwaitWaitClosed(call.self<WriterObject>());
}

Pending AwaitDrain(WriterPtr self) {
  STREAMS_CO_RETURN_IF_ERROR(co_await self->writer->Drain());
  co_return Item();
}

absl::StatusOr<Answer> Drain(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return AwaitDrain(call.self<WriterObject>());
}

Pending AwaitStartTls(WriterPtr self, TlsOptions options) {
  STREAMS_CO_RETURN_IF_ERROR(
      co_await self->writer->StartTls(std::move(options)));
  co_return Item();
}

absl::StatusOr<Answer> StartTlsCall(Call& call) {
  STREAMS_RETURN_IF_ERROR(
      call.Bind({"sslcontext", "server_hostname", "ssl_handshake_timeout",
                 "ssl_shutdown_timeout"},
                1));
  STREAMS_ASSIGN_OR_RETURN(
      TlsOptions options, TlsOptionsOf(call, "sslcontext", /*is_server=*/true));
  return AwaitStartTls(call.self<WriterObject>(), std::move(options));
}

absl::StatusOr<Answer> ExtraInfo(Call& call) {
  return GetExtraInfo(call, Self(call).transport());
}

absl::StatusOr<Answer> GetTransport(Call& call) {
  return Item(std::make_shared<TransportObject>(Self(call).transport()));
}

constexpr Operation kOperations[] = {
    {"can_write_eof", CanWriteEof},
    {"close", Close},
    {"drain", Drain, Operation::Form::kCoroutine},
    {"get_extra_info", ExtraInfo},
    {"is_closing", IsClosing},
    {"start_tls", StartTlsCall, Operation::Form::kCoroutine},
    {"transport", GetTransport, Operation::Form::kGet},
    {"wait_closed", WaitClosed, Operation::Form::kCoroutine},
    {"write", WriteBytes},
    {"write_eof", WriteEof},
    {"writelines", WriteSeveral},
};

}  // namespace

absl::Span<const Operation> WriterOperations() { return kOperations; }

}  // namespace streams::testee
