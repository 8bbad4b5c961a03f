// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/operation.h"

#include "streams/testee/objects.h"

namespace streams::testee {
namespace {

absl::Span<const Operation> TableOf(const Object* object) {
  if (object == nullptr) return FunctionOperations();
  if (dynamic_cast<const ReaderObject*>(object)) return ReaderOperations();
  if (dynamic_cast<const WriterObject*>(object)) return WriterOperations();
  if (dynamic_cast<const RecordingTransportObject*>(object)) {
    return RecordingOperations();
  }
  if (dynamic_cast<const TransportObject*>(object)) {
    return TransportOperations();
  }
  if (dynamic_cast<const ServerObject*>(object)) return ServerOperations();
  if (dynamic_cast<const SocketObject*>(object)) return SocketOperations();
  if (dynamic_cast<const SslObjectObject*>(object)) {
    return SslObjectOperations();
  }
  if (dynamic_cast<const TransportSocketObject*>(object)) {
    return TransportSocketOperations();
  }
  return {};
}

}  // namespace

const Operation* FindOperation(const Object* object, absl::string_view name,
                               Operation::Form form) {
  for (const Operation& operation : TableOf(object)) {
    const bool is_attribute = operation.form == Operation::Form::kGet;
    if (is_attribute == (form == Operation::Form::kGet) &&
        name == operation.name) {
      return &operation;
    }
  }
  return nullptr;
}

}  // namespace streams::testee
