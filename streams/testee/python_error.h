// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_TESTEE_PYTHON_ERROR_H_
#define STREAMS_TESTEE_PYTHON_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "conformance/protocol/value.h"

namespace streams::testee {

// An error of a Python class that the library has no kind for: NameError,
// AttributeError, StopAsyncIteration …
absl::Status PythonError(absl::string_view class_name,
                         absl::string_view message);

// As the protocol reports it, and as it gives it as an argument.
conformance::ErrorValue ErrorToValue(const absl::Status& status);
absl::Status ErrorFromValue(const conformance::ErrorValue& error);

}  // namespace streams::testee

#endif  // STREAMS_TESTEE_PYTHON_ERROR_H_
