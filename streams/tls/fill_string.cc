// SPDX-License-Identifier: Apache-2.0
//
// Compiled as C++23, where the library has it, for the one thing that C++20
// can't: a string's memory that is not set to zeros before it is written.
#include "streams/tls/fill_string.h"

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"

namespace streams::internal {

void FillString(std::string& string, size_t size,
                absl::FunctionRef<size_t(char* data, size_t size)> fill) {
#ifdef __cpp_lib_string_resize_and_overwrite
  string.resize_and_overwrite(size, fill);
#else
  string.resize(size);
  string.resize(fill(&string[0], size));
#endif
}

}  // namespace streams::internal
