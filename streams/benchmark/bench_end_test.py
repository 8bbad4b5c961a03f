# SPDX-License-Identifier: Apache-2.0
"""However tools/bench ends, what it has started ends with it."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

from streams.benchmark import bench

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(bench.__file__)))
_TIMEOUT_SECONDS = 60

_PAUSE = f"exec {sys.executable} -c 'import signal; signal.pause()'"
_SERVER = f"echo listening on 127.0.0.1:1; {_PAUSE}"
_LOAD = f"echo ready; read line; echo loading >&2; {_PAUSE}"

# tools/bench with servers that nobody has to build.
_BENCH = """
import os
import signal
import sys
from streams.benchmark import bench, peers

# Who runs this test may ignore some of them.
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
folder = sys.argv[1]
core = min(os.sched_getaffinity(0))
os.sched_getaffinity = lambda _: {core, core + 1}
peers.build = lambda *_: folder
peers.command = lambda *_: [os.path.join(folder, "server")]
sys.exit(bench.main(sys.argv[2:]))
"""


class EndTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self._folder = folder.name

    def end(self, number):
        """(its status, what was said on stderr since) once nobody has stderr open."""
        # One core is enough for servers and a load that do nothing.
        for name, text in (
            ("load_generator", _LOAD),
            ("server", _SERVER),
            ("taskset", 'shift 2; exec "$@"'),
        ):
            path = os.path.join(self._folder, name)
            with open(path, "w", encoding="ascii") as file:
                file.write(f"#!/bin/bash\n{text}\n")
            os.chmod(path, 0o700)
        path = f"{self._folder}:{os.environ['PATH']}"
        with subprocess.Popen(
            [sys.executable, "-B", "-c", _BENCH, self._folder]
            + ["--case=echo/64B/1", "--peers=streams"],
            env={**os.environ, "PATH": path, "PYTHONPATH": _ROOT},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            self.assertEqual(process.stderr.readline(), "loading\n")
            process.send_signal(number)
            stdout, stderr = process.communicate(timeout=_TIMEOUT_SECONDS)
            self.assertEqual(stdout, "")
            return process.returncode, stderr

    def test_signals(self):
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            with self.subTest(name):
                number = getattr(signal, name)
                said = f"tools/bench: ended by {name}\n"
                self.assertEqual(self.end(number), (128 + number, said))

    def test_without_a_chance_to_stop_them(self):
        self.assertEqual(self.end(signal.SIGKILL), (-signal.SIGKILL, ""))


if __name__ == "__main__":
    unittest.main()
