# SPDX-License-Identifier: Apache-2.0
"""Who has which round, in which process, and what becomes of who fails."""

import contextlib
import io
import unittest
from unittest import mock

from streams.benchmark import cases
from streams.benchmark import comparison
from streams.benchmark import cycles
from streams.benchmark import measurement

_CASE = cases.Case("echo/64B/1", "", size=64, connections=1)
_ROUND = measurement.Round(100, 1e-5, 0.8, 0.5)


class FakeServer:
    """Does what its command line says: fails as it starts, or in a later round."""

    started = []

    def __init__(self, argv, *_):
        self.name, self._fails_at = argv
        self._rounds = 0
        if self._fails_at == 0:
            raise measurement.MeasurementError(f"{self.name} is broken")
        FakeServer.started.append(self)
        self.runs = True

    def run_round(self, *_):
        assert self.runs
        self._rounds += 1
        if self._rounds == self._fails_at:
            raise measurement.MeasurementError(f"{self.name} has died")
        return _ROUND

    def stop(self):
        self.runs = False


class InterleavingTest(unittest.TestCase):
    def setUp(self):
        FakeServer.started = []
        self.order = []  # Of the rounds: the name, and which of all processes.
        self.stderr = io.StringIO()

    def run_round(self, server, *_):
        self.order.append((server.name, FakeServer.started.index(server)))
        return server.run_round()

    def measure(self, count, module=measurement, **fails_at):
        commands = {name: (name, fails_at.get(name)) for name in ("raw", "a", "b")}
        kind = "Server" if module is measurement else "CountedServer"
        shown = mock.Mock()
        with mock.patch.object(module, kind, FakeServer), mock.patch.object(
            module, "run_round", self.run_round
        ), mock.patch.object(
            cycles, "summarize", comparison.summarize
        ), contextlib.redirect_stderr(self.stderr):
            try:
                if module is measurement:
                    return comparison.measure_load(_CASE, commands, None, count, shown)
                return cycles.measure(_CASE, commands, None, "", count, shown)
            finally:
                self.assertFalse([s for s in FakeServer.started if s.runs])

    def test_there_and_back(self):
        for module in (measurement, cycles):
            with self.subTest(module.__name__):
                self.setUp()
                self.measure(3, module)
                names = "".join(name[0] for name, _ in self.order)
                self.assertEqual(names, "bar" + "rab" + "bar" + "rab")

    def test_each_process_has_a_few_rounds(self):
        for module in (measurement, cycles):
            with self.subTest(module.__name__):
                self.setUp()
                self.measure(12, module)
                # Each has one round more, which warms up.
                rounds = [0] * 9
                for _, process in self.order:
                    rounds[process] += 1
                self.assertEqual(rounds, [6] * 6 + [3] * 3)
                # Those that were started first are not always the same.
                first = [FakeServer.started[process].name for process in (0, 3, 6)]
                self.assertEqual(first, ["raw", "b", "raw"])

    def test_who_fails_is_left_out_aloud(self):
        for module in (measurement, cycles):
            for at, why in ((0, "broken"), (1, "died"), (4, "died")):
                with self.subTest(module.__name__, at=at):
                    self.setUp()
                    record = self.measure(7, module, a=at)
                    self.assertEqual(list(record["servers"]), ["raw", "b"])
                    self.assertRegex(record["left_out"]["a"], f"a .* {why}")
                    self.assertIn("echo/64B/1 without a: a", self.stderr.getvalue())
                    # The others had all their rounds, and it none any more.
                    names = [name for name, _ in self.order]
                    self.assertEqual(
                        [names.count(name) for name in ("raw", "a", "b")], [9, at, 9]
                    )

    def test_nobody_was_left_out(self):
        self.assertNotIn("left_out", self.measure(1))

    def test_without_the_yardstick_there_is_nothing(self):
        for module in (measurement, cycles):
            for at in (0, 1, 4):
                with self.subTest(module.__name__, at=at):
                    with self.assertRaisesRegex(
                        measurement.MeasurementError, "raw: raw (is|has) .*"
                    ):
                        self.measure(7, module, raw=at)

    def test_memory(self):
        def idle_bytes(argv, *_):
            if argv == "broken" and self.order.count("broken"):
                raise measurement.MeasurementError("it is broken")
            self.order.append(argv)
            return 100

        commands = {"raw": "raw", "a": "broken", "b": "b"}
        with mock.patch.object(
            measurement, "idle_bytes", idle_bytes
        ), contextlib.redirect_stderr(self.stderr):
            record = comparison.measure_idle(_CASE, commands, None, 1, mock.Mock())
        self.assertEqual(self.order, ["raw", "broken", "b", "b", "raw"])
        self.assertEqual(list(record["servers"]), ["raw", "b"])
        self.assertEqual(record["left_out"], {"a": "it is broken"})


if __name__ == "__main__":
    unittest.main()
