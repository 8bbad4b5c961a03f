// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "streams/streams.h"
#include "streams/testee/objects.h"
#include "streams/testee/operation.h"
#include "streams/testee/python_error.h"

namespace streams::testee {
namespace {

using ReaderPtr = std::shared_ptr<ReaderObject>;

Item BytesItem(std::string bytes) {
  return Item(conformance::Bytes{std::move(bytes)});
}

Pending AwaitRead(ReaderPtr self, int64_t count) {
  STREAMS_CO_ASSIGN_OR_RETURN(std::string bytes,
                              co_await self->reader->Read(count));
  co_return BytesItem(std::move(bytes));
}

absl::StatusOr<Answer> Read(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"n"}));
  STREAMS_ASSIGN_OR_RETURN(const int64_t count, call.IntegerOr("n", -1));
  return AwaitRead(call.self<ReaderObject>(), count);
}

Pending AwaitReadLine(ReaderPtr self) {
  STREAMS_CO_ASSIGN_OR_RETURN(std::string line,
                              co_await self->reader->ReadLine());
  co_return BytesItem(std::move(line));
}

absl::StatusOr<Answer> ReadLine(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return AwaitReadLine(call.self<ReaderObject>());
}

Pending AwaitReadExactly(ReaderPtr self, int64_t count) {
  STREAMS_CO_ASSIGN_OR_RETURN(std::string bytes,
                              co_await self->reader->ReadExactly(count));
  co_return BytesItem(std::move(bytes));
}

absl::StatusOr<Answer> ReadExactly(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"n"}, 1));
  STREAMS_ASSIGN_OR_RETURN(const auto count, call.Integer("n"));
  if (!count.has_value()) return call.WrongType("n");
  return AwaitReadExactly(call.self<ReaderObject>(), *count);
}

Pending AwaitReadUntil(ReaderPtr self, std::vector<std::string> separators) {
  STREAMS_CO_ASSIGN_OR_RETURN(
      std::string bytes,
      co_await self->reader->ReadUntil(std::move(separators)));
  co_return BytesItem(std::move(bytes));
}

absl::StatusOr<Answer> ReadUntil(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"separator"}));
  std::vector<std::string> separators;
  const Item* const item = call.FindItem("separator");
  if (item == nullptr) {
    separators.push_back("\n");
  } else if (const conformance::Value value = item->ToValue();
             const auto* tuple = value.get_if<conformance::Tuple>()) {
    for (const conformance::Value& part : tuple->items) {
      const auto* const bytes = part.get_if<conformance::Bytes>();
      if (bytes == nullptr) return call.WrongType("separator");
      separators.push_back(bytes->data);
    }
  } else {
    STREAMS_ASSIGN_OR_RETURN(std::string separator, call.Bytes("separator"));
    separators.push_back(std::move(separator));
  }
  return AwaitReadUntil(call.self<ReaderObject>(), std::move(separators));
}

absl::StatusOr<Answer> FeedData(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"data"}, 1));
  StreamReader& reader = *call.self<ReaderObject>()->reader;
  // After EOF not even the type matters; what is false is no data.
  STREAMS_RETURN_IF_ERROR(reader.FeedData(""));
  const Item* const item = call.FindItem("data");
  if (item != nullptr && IsFalse(item->ToValue())) return Item();
  STREAMS_ASSIGN_OR_RETURN(const std::string data, call.Bytes("data"));
  STREAMS_RETURN_IF_ERROR(reader.FeedData(data));
  return Item();
}

absl::StatusOr<Answer> FeedEof(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  call.self<ReaderObject>()->reader->FeedEof();
  return Item();
}

absl::StatusOr<Answer> AtEof(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  return Item(conformance::Value(call.self<ReaderObject>()->reader->AtEof()));
}

absl::StatusOr<Answer> Exception(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({}));
  const absl::Status& error = call.self<ReaderObject>()->reader->error();
  if (error.ok()) return Item();
  return Item(conformance::Value(ErrorToValue(error)));
}

absl::StatusOr<Answer> SetException(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"exc"}, 1));
  const Item* const item = call.FindItem("exc");
  if (item == nullptr) return call.WrongType("exc");
  if (item->is_none()) {
    call.self<ReaderObject>()->reader->SetError(absl::OkStatus());
    return Item();
  }
  const conformance::Value value = item->ToValue();
  const auto* const error = value.get_if<conformance::ErrorValue>();
  if (error == nullptr) return call.WrongType("exc");
  call.self<ReaderObject>()->reader->SetError(ErrorFromValue(*error));
  return Item();
}

absl::StatusOr<Answer> SetTransport(Call& call) {
  STREAMS_RETURN_IF_ERROR(call.Bind({"transport"}, 1));
  StreamReader& reader = *call.self<ReaderObject>()->reader;
  const auto object = call.ObjectOf<TransportObject>("transport");
  // To asyncio, anything is a transport.
  STREAMS_RETURN_IF_ERROR(reader.SetTransport(
      object.ok() ? (*object)->transport
                  : std::make_shared<RecordingTransport>(true)));
  return Item();
}

constexpr Operation kOperations[] = {
    {"at_eof", AtEof},
    {"exception", Exception},
    {"feed_data", FeedData},
    {"feed_eof", FeedEof},
    {"read", Read, Operation::Form::kCoroutine},
    {"readexactly", ReadExactly, Operation::Form::kCoroutine},
    {"readline", ReadLine, Operation::Form::kCoroutine},
    {"readuntil", ReadUntil, Operation::Form::kCoroutine},
    {"set_exception", SetException},
    {"set_transport", SetTransport},
};

}  // namespace

absl::Span<const Operation> ReaderOperations() { return kOperations; }

}  // namespace streams::testee
