// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/text_file.h"

#include <array>
#include <cstddef>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace conformance {

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text;
  std::array<char, 65536> buffer;
  // Not by a streambuf iterator, which throws where a read fails: a folder can
  // be opened, and not read.
  while (stream) {
    stream.read(buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.eof()) return text;
  return absl::NotFoundError(absl::StrCat("cannot read ", path));
}

absl::Status WriteTextFile(const std::string& path, absl::string_view text) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (stream) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat("cannot write ", path));
}

}  // namespace conformance
