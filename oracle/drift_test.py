# SPDX-License-Identifier: Apache-2.0
"""Replays the whole specification on every CPython of the machine.

What is written in the scenario files was recorded on some interpreter, some
day. This test fails as soon as an interpreter of this machine does anything
else, in the edition of its exact version (or, if that was not recorded, of the
nearest lower release of the same minor version).
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

from oracle import interpreters, observation

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_SCENARIOS = os.path.join(_ROOT, "conformance/scenarios")
# What a run may contain beside passes: a scenario of other editions has no
# verdict at all, and asyncio lacks nothing.
_NO_DRIFT = {"pass"}


class DriftTest(unittest.TestCase):
    interpreter = None

    def test_does_what_was_recorded(self):
        version = self.interpreter.version
        with tempfile.TemporaryDirectory() as folder:
            report_path = os.path.join(folder, "report.json")
            command = [observation.certify_path()]
            command += ["--testee", observation.testee_command(self.interpreter)]
            command += ["--edition", version, "--oracle", "recorded"]
            command += ["--scenarios", _SCENARIOS, "--json", report_path]
            command += ["--jobs", str(os.cpu_count() or 1)]
            result = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            output = result.stdout.decode(errors="replace")
            self.assertTrue(os.path.exists(report_path), output)
            with open(report_path, encoding="utf-8") as file:
                report = json.load(file)
        drifted = [
            "%s: %s" % (each["id"], each["verdict"])
            for each in report["scenarios"]
            if each["verdict"] not in _NO_DRIFT
        ]
        self.assertEqual(drifted, [], output)
        self.assertGreater(report["summary"]["pass"], 100, output)
        self.assertEqual(result.returncode, 0, output)


def load_tests(loader, standard_tests, pattern):
    suite = unittest.TestSuite()
    for interpreter in interpreters.find():
        print("drift test on CPython %s: %s" % interpreter, file=sys.stderr)
        attributes = {"interpreter": interpreter}
        case = type("DriftTest_" + interpreter.version, (DriftTest,), attributes)
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()
