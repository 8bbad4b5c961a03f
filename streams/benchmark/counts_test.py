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

    def test_system_calls(self):
        if self.programs.build().endswith("-sanitizer"):
            self.skipTest("a sanitizer makes system calls of its own")
        self.assert_as_recorded(
            counts.flatten(self.recorded["system_calls"]),
            counts.flatten(counts.system_calls(self.programs)),
        )


if __name__ == "__main__":
    unittest.main()
