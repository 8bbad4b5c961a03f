# SPDX-License-Identifier: Apache-2.0
"""Servers and loads that die, hang or say nothing: named, and never waited for."""

import os
import tempfile
import unittest
from unittest import mock

from streams.benchmark import cases
from streams.benchmark import measurement

_CASE = cases.Case("echo/64B/1", "", size=64, connections=1)
_SILENT = "exec tail -f /dev/null"
_SERVES = f"echo listening on 127.0.0.1:1; {_SILENT}"
_ANSWERS = """
echo ready
read line || exit 0
echo '{"requests": 100, "seconds": 1, "cpu_seconds": 0.5}'
read line
"""


class MeasurementTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self._folder = folder.name
        core = str(min(os.sched_getaffinity(0)))
        self._setting = measurement.Setting(
            load=self.program("load", _ANSWERS),
            certificate="",
            seconds=0.01,
            server_core=core,
            load_core=core,
        )

    def program(self, name, text):
        path = os.path.join(self._folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(f"#!/bin/bash\n{text}\n")
        os.chmod(path, 0o700)
        return path

    def server(self, name, text):
        server = measurement.Server([self.program(name, text)], _CASE, self._setting)
        self.addCleanup(server.stop)
        return server

    def serving(self):
        """One that goes on, whatever happens to the load."""
        patch = mock.patch.object(measurement, "END_SECONDS", 0.01)
        patch.start()
        self.addCleanup(patch.stop)
        return self.server("serves", _SERVES)

    def failure(self, regex):
        return self.assertRaisesRegex(measurement.MeasurementError, regex)

    def run_round(self, server):
        return measurement.run_round(server, _CASE, self._setting)

    def test_a_round(self):
        server = self.serving()
        self.assertEqual(server.port, 1)
        one = self.run_round(server)
        self.assertEqual((one.requests_per_second, one.client_cpu), (100, 0.5))

    def test_a_server_that_says_nothing(self):
        with mock.patch.object(measurement, "START_SECONDS", 0.01):
            with self.failure("/silent --port=0 said nothing for 0.01 seconds"):
                self.server("silent", _SILENT)
            with self.failure("/half --port=0 said nothing"):
                self.server("half", f"echo -n listening; {_SILENT}")

    def test_a_server_that_says_something_else_or_ends(self):
        with self.failure("/other --port=0 said 'hello.n' and not where it listens"):
            self.server("other", f"echo hello; {_SILENT}")
        with self.failure("/ends --port=0 said '' and not where it listens"):
            self.server("ends", "exit 3")

    def test_a_load_that_says_nothing(self):
        server = self.serving()
        with mock.patch.object(measurement, "TIMEOUT_SECONDS", 0.01):
            for text in (_SILENT, f"echo ready; {_SILENT}"):
                self.program("load", text)
                with self.failure("/load --port=1 .* said nothing for 0.0"):
                    self.run_round(server)

    def test_a_load_that_fails(self):
        server = self.serving()
        for text in ("exit 1", "echo ready; exit 1", "echo ready; read x; exit 1"):
            self.program("load", text)
            with self.failure("/load --port=1 .* failed"):
                self.run_round(server)

    def test_a_server_that_dies_is_named_and_not_the_load(self):
        pid = os.path.join(self._folder, "pid")
        kill = f'kill -KILL "$(cat {pid})"; exit 1'
        for text in (kill, f"echo ready; {kill}", f"echo ready; read x; {kill}"):
            server = self.server("dies", f"echo $$ > {pid}; {_SERVES}")
            self.program("load", text)
            with self.failure("/dies --port=0 has died of SIGKILL"):
                self.run_round(server)

    def test_who_is_interrupted_waits_for_no_load(self):
        # Before it listens to the load, which is already running.
        self.program("load", _SILENT)
        expect = [None, KeyboardInterrupt]
        with mock.patch.object(measurement.Load, "_expect", side_effect=expect):
            load = measurement.Load(self.serving(), _CASE, self._setting, 1)
            with self.assertRaises(KeyboardInterrupt):
                load.run()
        self.assertIn("has died of SIGKILL", load.why_it_ended() or "it runs")
        load.stop()

    def test_a_server_that_is_gone_cannot_be_looked_at(self):
        server = self.serving()
        with mock.patch("builtins.open", side_effect=ProcessLookupError("No process")):
            for look in (server.thread_cpu_seconds, server.private_bytes):
                with self.failure("/serves --port=0 cannot be looked at: No process"):
                    look()


if __name__ == "__main__":
    unittest.main()
