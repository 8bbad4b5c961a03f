# SPDX-License-Identifier: Apache-2.0
"""Each law finds what it forbids, and leaves alone what it allows."""

import unittest

from tools.tidy import build_laws
from tools.tidy import cpp_laws
from tools.tidy import layers
from tools.tidy import tidy_test
from tools.tidy import tree_laws
from tools.tidy.source_tree import SourceFile


def _build(attributes, kind="cc_library"):
    return f'{kind}(name = "x", {attributes})'


def _lines(count, line="int x;\n"):
    return "// SPDX-License-Identifier: Apache-2.0\n" + line * (count - 1)


def _function(lines):
    return "int F(int a) {\n" + "  ++a;\n" * (lines - 2) + "}\n"


# law -> files that it objects to, each on its own.
FORBIDDEN = {
    build_laws.check_one_header: [
        ("streams/BUILD", _build('hdrs = ["a.h", "b.h"]')),
        ("streams/BUILD", _build('hdrs = ["a.h"], srcs = ["hidden.h"]')),
    ],
    build_laws.check_no_cpp_globs: [
        ("streams/BUILD", _build('srcs = glob(["*.cc"])')),
        ("streams/BUILD", _build('hdrs = ["a.h"] + glob(["**/*.h"])')),
    ],
    build_laws.check_every_cpp_file_is_built: [("streams/forgotten_test.cc", "")],
    cpp_laws.check_coroutine_handle: [
        ("streams/loop/event_loop.cc", "std::coroutine_handle<> handle;\n"),
        ("conformance/runner/x.cc", "std::coroutine_handle<> handle;\n"),
    ],
    cpp_laws.check_system_calls: [
        ("streams/loop/event_loop.cc", "#include <unistd.h>\n"),
        ("streams/transport/a.h", "#  include <sys/socket.h>\n"),
    ],
    cpp_laws.check_header_guard: [
        ("streams/reader.h", "#ifndef READER_H\n#define READER_H\n"),
        ("streams/reader.h", "#pragma once\n"),
    ],
    cpp_laws.check_header_comment: [
        (
            "streams/reader.h",
            "// SPDX-License-Identifier: Apache-2.0\n"
            "#ifndef STREAMS_READER_H_\nclass Reader;\n#endif  // X\n",
        ),
        ("streams/os/fd.h", "class Fd;\n#endif  // X\n"),
        ("streams/streams.h", '// One line.\n#include "streams/reader.h"\n'),
    ],
    layers.check_includes: [
        ("streams/os/fd.h", '#include "streams/coro/task.h"\n'),
        ("streams/loop/loop.h", '#include "streams/transport/transport.h"\n'),
        ("streams/coro/task.h", '#include "streams/loop/loop.h"\n'),
        ("streams/transport/a.cc", '#include "streams/tls/ssl_context.h"\n'),
        ("streams/tls/a.cc", '#include "streams/reader.h"\n'),
        ("streams/testee/main.cc", '#include "streams/transport/transport.h"\n'),
        ("streams/examples/echo.cc", '#include "streams/os/fd.h"\n'),
        ("streams/reader.h", '#include "streams/testing/virtual_loop.h"\n'),
        ("streams/reader.cc", '#include "conformance/protocol/message.h"\n'),
        ("streams/new_room/a.cc", '#include "streams/reader.h"\n'),
        ("conformance/runner/a.cc", '#include "streams/reader.h"\n'),
        ("conformance/runner/a.cc", '#include "oracle/a.h"\n'),
    ],
    layers.check_deps: [
        ("streams/os/BUILD", _build('deps = ["//streams/loop:event_loop"]')),
        ("conformance/runner/BUILD", _build('deps = ["//streams"]')),
        ("conformance/runner/BUILD", _build('deps = ["@asyncio_streams//oracle:x"]')),
        ("streams/testee/BUILD", _build('deps = ["//streams/os:fd"]', "cc_binary")),
        ("streams/coro/BUILD", _build('deps = ["//streams/testing:x"]')),
        ("oracle/BUILD", _build('deps = ["//conformance/testees/tornado"]', "py_x")),
    ],
    layers.check_python_imports: [
        ("conformance/a.py", "from oracle import testee\n"),
        ("conformance/a_test.py", "import oracle.testee\n"),
        ("oracle/a.py", "from conformance.testees.uvloop import x\n"),
    ],
    tree_laws.check_links: [
        ("docs/a.md", "[b](b.md)\n"),
        ("docs/a.md", "[b](../streams)\n"),
    ],
    tree_laws.check_file_size: [
        ("streams/long.cc", _lines(400)),
        ("oracle/long.py", _lines(400, "pass\n")),
        ("tools/long", "#!/bin/bash\n" + "true\n" * 400),
    ],
    tree_laws.check_function_size: [
        ("streams/a.cc", _function(70)),
        ("streams/a.cc", "namespace streams {\nclass A {\n public:\n" + _function(70)),
        ("oracle/a.py", "def f():\n" + "    pass\n" * 69),
        ("oracle/a.py", "class A:\n async def f():\n" + "  pass\n" * 69),
    ],
    tree_laws.check_licence_line: [
        ("streams/a.h", "#ifndef STREAMS_A_H_\n"),
        ("oracle/a.py", "// SPDX-License-Identifier: Apache-2.0\n"),
        ("tools/certify", "#!/bin/bash\nset -e\n"),
    ],
    tree_laws.check_names: [
        ("streams/os/socket_utils.h", ""),
        ("streams/common/a.cc", ""),
        ("oracle/session-manager.py", ""),
        ("docs/helpers.md", ""),
    ],
    tree_laws.check_no_sleep: [
        ("streams/a_test.cc", "std::this_thread::sleep_for(1ms);\n"),
        ("streams/a_test.cc", "absl::SleepFor(absl::Seconds(1));\n"),
        ("streams/a_test.cc", "usleep(10);\n"),
        ("streams/testing/a.cc", "::sleep(1);\n"),
        ("oracle/a_test.py", "time.sleep(1)\n"),
        ("oracle/a_test.py", "await asyncio.sleep(0.1)\n"),
        ("tools/a_test.sh", "#!/bin/bash\nsleep 1\n"),
    ],
}

# law -> files that it has nothing against.
ALLOWED = {
    build_laws.check_one_header: [
        ("streams/BUILD", _build('hdrs = ["a.h"], srcs = ["a.cc"]')),
        ("streams/BUILD", _build('deps = [":a"]')),
        ("streams/BUILD", "# Each needs the other.\n" + _build('hdrs = ["a.h", "b.h"]')),
    ],
    build_laws.check_no_cpp_globs: [
        ("conformance/BUILD", _build('srcs = glob(["*.scenario"])', "filegroup")),
    ],
    cpp_laws.check_coroutine_handle: [
        ("streams/coro/task.h", "std::coroutine_handle<> handle;\n"),
        ("streams/reader.h", "// Not a coroutine_handle.\n"),
    ],
    cpp_laws.check_system_calls: [
        ("streams/os/fd.cc", "#include <unistd.h>\n"),
        ("streams/loop/a_test.cc", "#include <sys/socket.h>\n"),
        ("streams/reader.cc", "// #include <unistd.h>\n#include <string>\n"),
        ("conformance/runner/peer.cc", "#include <sys/socket.h>\n"),
        ("streams/transport/a.cc", "#include <sys/types.h>\n"),
    ],
    cpp_laws.check_header_guard: [
        ("streams/os/fd.h", "#ifndef STREAMS_OS_FD_H_\n#define STREAMS_OS_FD_H_\n"),
    ],
    cpp_laws.check_header_comment: [
        ("streams/a.h", "// What it is,\n// for whom, and\n// for how long.\n"),
        ("streams/os/fd.h", "// A descriptor.\nclass A;\n"),
    ],
    layers.check_includes: [
        ("streams/reader.cc", '#include "streams/transport/transport.h"\n'),
        ("streams/testee/a.cc", '#include "conformance/protocol/message.h"\n'),
        ("streams/reader_test.cc", '#include "streams/testing/virtual_loop.h"\n'),
        ("streams/reader.cc", '// #include "oracle/a.h"\n'),
        ("conformance/runner/a.cc", '#include "conformance/scenario/model.h"\n'),
    ],
    layers.check_deps: [
        ("streams/loop/BUILD", _build('deps = ["//streams/os:fd", ":timers"]')),
        ("streams/os/BUILD", _build('deps = ["@com_google_absl//absl/status"]')),
        ("streams/os/BUILD", _build('deps = ["//streams/testing:x"]', "cc_test")),
        ("conformance/scenarios/BUILD", _build('testee = "//streams/testee"', "t")),
    ],
    layers.check_python_imports: [
        ("oracle/a.py", "import asyncio\nfrom oracle import encoding\n"),
        ("tools/a.py", "from tools.tidy import layers\n"),
    ],
    tree_laws.check_links: [
        ("docs/a.md", "[x](https://example.org) [y](#here) [z](a.md#z) [d](../docs)\n"),
    ],
    tree_laws.check_file_size: [
        ("streams/long.cc", _lines(399)),
        ("docs/long.md", "line\n" * 1000),
        ("streams/BUILD", "\n" * 1000),
    ],
    tree_laws.check_function_size: [
        ("streams/a.cc", _function(69)),
        ("streams/a.cc", _function(40) + _function(40)),
        ("streams/a.cc", "class A {\n" + "  int a;\n" * 80 + "};\n"),
        ("streams/a.cc", "const int kA[] = {\n" + "  Int(1),\n" * 80 + "};\n"),
        ("oracle/a.py", "def f():\n" + "    pass\n" * 68),
    ],
    tree_laws.check_licence_line: [
        ("streams/a.h", _lines(2)),
        ("tools/a", "#!/bin/bash\n# SPDX-License-Identifier: Apache-2.0\n"),
        ("docs/a.md", "# Title\n"),
    ],
    tree_laws.check_names: [
        ("streams/os/socket.h", ""),
        ("streams/commonly.h", ""),
    ],
    tree_laws.check_no_sleep: [
        ("oracle/a_test.py", "await asyncio.sleep(0)\n# time.sleep(1)\n"),
        ("conformance/runner/testing/hanging_testee.py", "time.sleep(1000)\n"),
        ("streams/a_test.cc", '// usleep(1)\nconst char kS[] = "sleep(1)";\n'),
        ("oracle/testee.py", "await asyncio.sleep(0.1)\n"),
    ],
}


class LawsTest(unittest.TestCase):
    def test_every_law_has_an_example_that_breaks_it(self):
        self.assertEqual(set(FORBIDDEN), set(tidy_test.LAWS))

    def test_what_is_forbidden_is_found(self):
        for law, examples in FORBIDDEN.items():
            for path, text in examples:
                with self.subTest(law=law.__name__, path=path, text=text[:200]):
                    violations = list(law([SourceFile(path, text)]))
                    self.assertEqual([v.path for v in violations], [path])

    def test_what_is_allowed_is_left_alone(self):
        for law, examples in ALLOWED.items():
            for path, text in examples:
                with self.subTest(law=law.__name__, path=path, text=text[:200]):
                    self.assertEqual(list(law([SourceFile(path, text)])), [])

    def test_a_header_that_the_umbrella_brings_along_needs_a_block(self):
        files = [
            SourceFile(
                "streams/streams.h", '// A,\n// B,\n// C.\n#include "streams/reader.h"\n'
            ),
            SourceFile("streams/reader.h", "// One line.\nclass Reader;\n"),
            SourceFile("streams/internal.h", "// One line.\nclass Internal;\n"),
        ]
        violations = list(cpp_laws.check_header_comment(files))
        self.assertEqual([v.path for v in violations], ["streams/reader.h"])

    def test_a_file_that_its_build_file_names_is_built(self):
        files = [
            SourceFile("streams/BUILD", _build('srcs = ["a.cc", "sub/b.cc"]')),
            SourceFile("streams/a.cc", ""),
            SourceFile("streams/sub/b.cc", ""),
        ]
        self.assertEqual(list(build_laws.check_every_cpp_file_is_built(files)), [])


if __name__ == "__main__":
    unittest.main()
