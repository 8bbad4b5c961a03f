# SPDX-License-Identifier: Apache-2.0
"""Tests of the reading of C++ that the laws rely on."""

import unittest

from tools.tidy import cpp_source

CODE = r"""// A comment with { and #include "commented.h"
#include <unistd.h>
#include "streams/reader.h"

#define MACRO(x) \
  do {           \
  } while (0)

namespace streams {
namespace {

constexpr int kValues[] = {Int(1), Int(2)};

/* F() {
*/
template <typename T = int>
std::vector<T> F(const char* text = "{", char brace = '{') {
  auto lambda = [](int x) { return x; };
  if (text) {
    lambda(1'000'000);
  }
  return {};
}

}  // namespace

class ABSL_MUST_USE_RESULT A final : public B<int> {
 public:
  explicit A(int x) : x_(x), y_{2} {}
  bool operator==(const A& other) const {
    return true;
  }

 private:
  struct Inner {
    int z = 0;
  };
  int x_;
  const char* raw_ = R"(
}}}
)";
};

struct stat G() {
  return {};
}

}  // namespace streams
"""


class CppSourceTest(unittest.TestCase):
    def test_includes_are_found_outside_of_comments(self):
        found = [
            (include.line, include.path, include.is_system)
            for include in cpp_source.includes(CODE)
        ]
        self.assertEqual(
            found, [(2, "unistd.h", True), (3, "streams/reader.h", False)]
        )

    def test_blanking_keeps_lines_and_drops_literals(self):
        code = cpp_source.without_comments_and_literals(CODE)
        self.assertEqual(code.count("\n"), CODE.count("\n"))
        self.assertNotIn("commented", code)
        self.assertNotIn("}}}", code)
        self.assertIn("1'000'000", code)

    def test_functions_are_found_with_their_lines(self):
        lines = {
            function.head.split("(")[0]: function.lines
            for function in cpp_source.functions(CODE)
        }
        self.assertEqual(lines.pop("template <typename T = int> std::vector<T> F"), 8)
        self.assertEqual(lines.pop("struct stat G"), 3)
        self.assertIn("public: explicit A", lines)
        self.assertEqual(lines.pop("bool operator=="), 3)
        self.assertNotIn("constexpr int kValues[] = {Int", lines)
        self.assertFalse([head for head in lines if "lambda" in head])


if __name__ == "__main__":
    unittest.main()
