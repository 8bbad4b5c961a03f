// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_OPERATION_H_
#define STREAMS_TESTEE_OPERATION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "streams/testee/call.h"
#include "streams/testee/item.h"

namespace streams::testee {

// Something that the runner can ask for: a row of one of the tables below. To
// add one, write its function next to its neighbours, and add the row to the
// table at the end of the same file; nothing else has to be touched.
struct Operation {
  // kCoroutine: an `async def` of Python, which checks the types of its
  // arguments when it is awaited; called, like kCall.
  enum class Form { kCall, kCoroutine, kGet };

  const char* name;
  absl::StatusOr<Answer> (*perform)(Call& call);
  Form form = Form::kCall;
};

// One table for each kind of object; null is for functions.
absl::Span<const Operation> FunctionOperations();   // function_operations.cc
absl::Span<const Operation> ReaderOperations();     // reader_operations.cc
absl::Span<const Operation> WriterOperations();     // writer_operations.cc
absl::Span<const Operation> TransportOperations();  // transport_operations.cc
absl::Span<const Operation> RecordingOperations();  // transport_operations.cc
absl::Span<const Operation> ServerOperations();     // server_operations.cc
absl::Span<const Operation> SocketOperations();     // socket_operations.cc
absl::Span<const Operation> SslObjectOperations();  // ssl_object_operations.cc
absl::Span<const Operation> TransportSocketOperations();  // …

// Null if `object` (null: the module) has no such method or attribute. `form`
// is kCall or kGet.
const Operation* FindOperation(const Object* object, absl::string_view name,
                               Operation::Form form);

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_OPERATION_H_
