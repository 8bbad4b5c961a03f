# SPDX-License-Identifier: Apache-2.0
"""No regression by accident: instructions and system calls are as recorded.

Times depend on the machine and on who else uses it; these counts do not. After a
change that is meant to change them: bazel run //streams/benchmark:record_counts
"""

import os
import unittest

from streams.benchmark import counts

_FOLDER = "streams/benchmark"
_HOW = (
    "\nIf that is meant: bazel run //streams/benchmark:record_counts, once as it is"
    " and once with --config=opt"
)


class DifferencesTest(unittest.TestCase):
    def differences(self, recorded, measured):
        return list(counts.differences(recorded, measured, 0.03))

    def test_within_tolerance(self):
        self.assertEqual(self.differences({"a": 100}, {"a": 103}), [])
        self.assertEqual(self.differences({"a": 100}, {"a": 97}), [])

    def test_more_and_less(self):
        self.assertEqual(
            self.differences({"a": 100, "b": 100}, {"a": 104, "b": 96}),
            ["a: 104, recorded 100 (+4.0%)", "b: 96, recorded 100 (-4.0%)"],
        )

    def test_what_is_only_on_one_side(self):
        self.assertEqual(
            self.differences({"a": 1}, {"b": 2}),
            [
                "a: is recorded, and does not happen any more",
                "b: 2, of which nothing is recorded",
            ],
        )

    def test_strace_table(self):
        text = (
            "% time     seconds  usecs/call     calls    errors syscall\n"
            "------ ----------- ----------- --------- --------- ----------------\n"
            " 50.00    0.000002           2       602           sendto\n"
            " 50.00    0.000002           2      1202       601 accept4\n"
            "------ ----------- ----------- --------- --------- ----------------\n"
            "100.00    0.000004           3     10908       603 total\n"
        )
        self.assertEqual(counts.parse_strace(text), {"sendto": 602, "accept4": 1202})

    def test_callgrind_file(self):
        text = (
            "positions: instr line\n"
            "ob=(1) /lib/library.so\n"
            "fn=(1) send\n"
            "0x10 0 5\n"
            "cob=(2) /bin/server\n"
            "cfn=(2) main\n"
            "calls=1 0x2000 0\n"
            "* 0 9\n"
            "ob=(2)\n"
            "fn=(2)\n"
            "0x2000 0 7\n"
            "+4 0 7\n"
            "cob=(1)\n"
            "cfn=(1)\n"
            "calls=7 0x10 0\n"
            "* * 35\n"
            "* 0 1\n"
            "+0x10 0 3\n"
            "-0x10 0 1\n"
            "-4 0 2\n"
            "ob=(1)\n"
            "fn=(1)\n"
            "0x14 0 5\n"
            "ob=(2)\n"
            "fn=(2)\n"
            "0x3000 0 1\n"
        )
        self.assertEqual(
            counts.parse_callgrind(text.splitlines(), "/bin/server"),
            {0x2000: 9, 0x2004: 9, 0x2014: 3, 0x3000: 1},
        )


@unittest.skipIf(
    counts.missing_tools(),
    f"not installed: {', '.join(counts.missing_tools())} (tools/setup has them)",
)
class CountsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.programs = counts.Programs(_FOLDER)
        cls.recorded = counts.load(os.path.join(_FOLDER, "counts.json"))

    def assert_as_recorded(self, recorded, measured):
        found = counts.differences(recorded, measured, self.recorded["tolerance"])
        text = "\n".join(found)
        self.assertFalse(text, f"\n{text}{_HOW}")

    def test_instructions(self):
        build = self.programs.build()
        recorded = self.recorded["instructions"].get(build)
        if recorded is None:
            self.skipTest(f"no instructions are recorded for {build}")
        measured = {
            **counts.parse_instructions(self.programs),
            **counts.request_instructions(self.programs),
        }
        self.assert_as_recorded(recorded, measured)

    def test_what_each_message_runs_through_lies_together(self):
        """What ABSL_ATTRIBUTE_HOT is for; without it they are 13 pages."""
        build = self.programs.build()
        if not build.endswith("-opt"):
            self.skipTest("functions are put together in optimised builds")
        for case in ("echo/64B", "echo/32KiB", "line/64B"):
            with self.subTest(case):
                pages = counts.code_pages(self.programs, case)
                # Of these, one is the handler's and one of calls to libraries.
                self.assertIn(pages, range(2, 8))

    def test_system_calls(self):
        if self.programs.build().endswith("-sanitizer"):
            self.skipTest("a sanitizer makes system calls of its own")
        self.assert_as_recorded(
            counts.flatten(self.recorded["system_calls"]),
            counts.flatten(counts.system_calls(self.programs)),
        )


if __name__ == "__main__":
    unittest.main()
