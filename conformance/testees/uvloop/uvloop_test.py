# SPDX-License-Identifier: Apache-2.0
"""Certifies Debian's uvloop: what differs is what expected_failures.txt says."""

import importlib.util
import os
import subprocess
import sys
import unittest

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.normpath(os.path.join(_FOLDER, "../../.."))


@unittest.skipUnless(
    importlib.util.find_spec("uvloop"),
    "the package python3-uvloop is not installed (tools/setup does it)",
)
class UvloopTest(unittest.TestCase):
    def test_differs_from_cpython_only_as_listed(self):
        testee = os.path.join(_ROOT, "oracle/testee.py")
        command = [
            os.path.join(_ROOT, "conformance/runner/certify"),
            "--testee",
            "'%s' '%s' --loop uvloop" % (sys.executable, testee),
            # The very interpreter that uvloop runs in is what it replaces.
            "--oracle",
            "live:" + sys.executable,
            "--oracle-program",
            testee,
            "--scenarios",
            os.path.join(_ROOT, "conformance/scenarios"),
            "--expected-failures",
            os.path.join(_FOLDER, "expected_failures.txt"),
            "--jobs",
            "2",
        ]
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output = result.stdout.decode(errors="replace")
        self.assertEqual(result.returncode, 0, output)
        # A list that hides everything would pass, too.
        self.assertIn("fail as expected", output.splitlines()[-1])


if __name__ == "__main__":
    unittest.main()
