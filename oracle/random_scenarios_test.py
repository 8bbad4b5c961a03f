# SPDX-License-Identifier: Apache-2.0
"""Random programs, on CPython and on the C++ implementation: the same outcomes.

The programs are those of the first seeds of random_scenarios.py, so a failure
can be seen again, alone: the report says how. Judged by the newest CPython of
the machine, and made of what that one does as the newest edition does.
"""

import os
import subprocess
import sys
import tempfile
import unittest

from oracle import interpreters, observation, random_scenarios

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_TESTEE = os.path.join(_ROOT, "streams/testee/testee")
_ORACLE = os.path.join(_ROOT, "oracle/testee.py")
_FAULTY = os.path.join(_ROOT, "oracle/faulty_testee.py")

# Since when CPython does what the implementation does, which is 3.15.
_SINCE = {"server": (3, 14), "drain": (3, 14), "tls": (3, 15)}

# How many of each kind: some 15 seconds, CPython's included, on two cores.
_COUNTS = {
    "reader": 600,
    "connection": 300,
    "server": 150,
    "odd": 150,
    "drain": 20,
    "tls": 80,
}


def certify(testee, kind, count, interpreter):
    """Returns the runner's exit status and what it says."""
    edition = interpreters.version_key(interpreter.version)[:2]
    text = random_scenarios.scenarios(kind, 1, count, edition)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "random.scenario")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        command = [observation.certify_path(), "--testee", testee]
        command += ["--oracle", "live:" + interpreter.path]
        command += ["--oracle-program", _ORACLE, "--edition", interpreter.version]
        command += ["--scenarios", path, "--jobs", str(os.cpu_count() or 1)]
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    return result.returncode, result.stdout.decode(errors="replace")


class RandomScenariosTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.interpreter = interpreters.find()[-1]
        print("random scenarios on CPython %s: %s" % cls.interpreter, file=sys.stderr)

    def assert_same(self, kind):
        count = _COUNTS[kind]
        version = interpreters.version_key(self.interpreter.version)[:2]
        if version < _SINCE.get(kind, version):
            self.skipTest("needs CPython %d.%d" % _SINCE[kind])
        status, output = certify(_TESTEE, kind, count, self.interpreter)
        self.assertEqual(status, 0, output)
        self.assertIn("certified: %d of %d scenarios pass" % (count, count), output)

    def test_reader(self):
        self.assert_same("reader")

    def test_connection(self):
        self.assert_same("connection")

    def test_server(self):
        self.assert_same("server")

    def test_odd_arguments(self):
        self.assert_same("odd")

    def test_tls(self):
        self.assert_same("tls")

    def test_drain(self):
        self.assert_same("drain")

    def test_a_fault_is_found(self):
        """Had the implementation a fault, few programs would do to show it."""
        faulty = "'%s' '%s' " % (sys.executable, _FAULTY)
        # The faults are in this interpreter's asyncio, so it is the oracle too.
        oracle = interpreters.examine(sys.executable)
        for fault, kind in (
            ("loses-data-when-cancelled", "reader"),
            ("has-a-limit-that-is-one-too-small", "reader"),
            ("forgets-the-fin", "connection"),
        ):
            with self.subTest(fault=fault):
                status, output = certify(faulty + fault, kind, 80, oracle)
                self.assertEqual(status, 1, output)
                self.assertIn("FAIL random-%s/" % kind, output)


class GeneratorTest(unittest.TestCase):
    def test_a_seed_gives_the_same_whenever(self):
        for kind in random_scenarios.KINDS:
            first = random_scenarios.scenario(kind, 7, (3, 15))
            self.assertEqual(first, random_scenarios.scenario(kind, 7, (3, 15)))
            self.assertNotEqual(first, random_scenarios.scenario(kind, 8, (3, 15)))

    def test_has_every_call(self):
        for kind, calls in (
            ("reader", ["read(", "readline(", "readexactly(", "readuntil((", "anext("]),
            ("reader", ["feed_eof", "set_exception", ".cancel()", "wait_for("]),
            ("connection", ["write(", "writelines(", "write_eof(", "close()", "reset("]),
            ("connection", ["half_close", "accepted(", "abort()", "pause_reading", "del "]),
            ("tls", ["close_notify", "ssl=context", "server_context", "start_tls"]),
            ("drain", ["drain()", "receive(", "set_write_buffer_limits("]),
        ):
            text = random_scenarios.scenarios(kind, 1, 200, (3, 15))
            for call in calls:
                self.assertIn(call, text)


if __name__ == "__main__":
    unittest.main()
