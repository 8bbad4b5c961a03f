// SPDX-License-Identifier: Apache-2.0
#ifndef STREAMS_TLS_FILL_STRING_H_
#define STREAMS_TLS_FILL_STRING_H_

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"

namespace streams::internal {

// Lets `fill` write into the memory of `string`, without its being initialised
// first: it is given room for `size` bytes, the first of which are the string's
// (as many as there are, at most `size`), and returns how many the string has
// then.
void FillString(std::string& string, size_t size,
                absl::FunctionRef<size_t(char* data, size_t size)> fill);

}  // namespace streams::internal

#endif  // STREAMS_TLS_FILL_STRING_H_
