# SPDX-License-Identifier: Apache-2.0
"""Cycles are counted where they are spent, of servers that can be counted."""

import contextlib
import ctypes
import errno
import functools
import io
import os
import unittest
from unittest import mock

from streams.benchmark import bench
from streams.benchmark import cases
from streams.benchmark import command_line
from streams.benchmark import counts
from streams.benchmark import cycles
from streams.benchmark import measurement
from streams.benchmark import peers
from streams.benchmark import report

_FOLDER = "streams/benchmark"
_LIBRARY = os.path.abspath(f"{_FOLDER}/{cycles.TARGET}")
_TWO_LOOPS = "streams/examples/reuse_port_echo_server"
_ONE_CONNECTION = cases.Case("echo/64B/1", "", size=64, connections=1)

# How counts.json, which is strace's, calls what the servers here use.
_NAMES = {"receive": "recvfrom", "send": "sendto", "wait": "epoll_wait"}

_IS_SANITIZER = counts.Programs(_FOLDER).build().endswith("-sanitizer")


_CORES = sorted(os.sched_getaffinity(0))
_SETTING = measurement.Setting(
    load=f"{_FOLDER}/load_generator",
    certificate="",
    seconds=60,  # It ends by the number of requests.
    server_core=str(_CORES[0]),
    load_core=str(_CORES[-1]),
    requests=500,
)


@contextlib.contextmanager
def serving(*argv, library=_LIBRARY):
    server = cycles.CountedServer(argv, _ONE_CONNECTION, _SETTING, library)
    try:
        yield server
    finally:
        server.stop()


def run(server):
    return cycles.run_round(server, _ONE_CONNECTION, _SETTING)


@unittest.skipIf(_IS_SANITIZER, "a sanitizer's library wants to be the first one")
class CountedServerTest(unittest.TestCase):
    def test_each_call_is_counted_once(self):
        recorded = counts.load(f"{_FOLDER}/counts.json")
        of_a_request = recorded["system_calls"]["echo/64B"]
        self.assertEqual(set(of_a_request), set(_NAMES.values()))
        for program in ("echo_server", "raw_echo_server"):
            with self.subTest(program), serving(f"{_FOLDER}/{program}") as server:
                one = run(server)
                for kind, name in _NAMES.items():
                    # The last request may be answered when nobody counts it any
                    # more, and its answer be there before it is counted.
                    expected = one.requests * of_a_request[name]
                    self.assertAlmostEqual(one.calls[kind], expected, delta=2)
                self.assertEqual(one.calls["other"], 0)
                self.assertEqual(one.cycles["other"], 0)

    def test_cycles_add_up(self):
        with serving(f"{_FOLDER}/echo_server") as server:
            start = server.counts()
            before = server.cycles_since(start)
            one = run(server)
            elapsed = server.cycles_since(start) - before
        for part in (cycles.OWN, "receive", "send", "wait"):
            self.assertGreater(one.cycles[part], 0, part)
        self.assertLessEqual(sum(one.cycles.values()), elapsed)

    def test_connections_that_come_and_go_take_other_calls(self):
        case = cases.Case("", "", mode="line", connections=1, reconnect=True)
        with serving(f"{_FOLDER}/echo_server", "--mode=line") as server:
            one = cycles.run_round(server, case, _SETTING)
        recorded = counts.load(f"{_FOLDER}/counts.json")["system_calls"]["accept"]
        other = set(recorded) - set(_NAMES.values())
        self.assertEqual(other, {"accept4", "close", "epoll_ctl", "poll"})
        expected = one.requests * sum(recorded[name] for name in other)
        self.assertAlmostEqual(one.calls["other"], expected, delta=2 * len(other))
        self.assertGreater(one.cycles["other"], 0)

    def test_a_server_without_the_library_is_told_of(self):
        command = ["env", "--unset=LD_PRELOAD", f"{_FOLDER}/raw_echo_server"]
        with serving(*command) as server:
            with self.assertRaisesRegex(
                measurement.MeasurementError, "no system calls .* linked statically"
            ):
                run(server)

    def test_a_server_of_several_threads_is_told_of(self):
        with serving(_TWO_LOOPS, "--loops=2") as server:
            with self.assertRaisesRegex(
                measurement.MeasurementError, "has [23] threads"
            ):
                run(server)

    def test_a_server_that_has_died_is_told_of(self):
        with serving(f"{_FOLDER}/raw_echo_server") as server:
            measurement.Server.stop(server)
            with self.assertRaisesRegex(measurement.MeasurementError, "has died"):
                server.await_idle()

    def test_nowhere_to_count_to(self):
        command = ["env", "CYCLE_COUNTS=/nowhere/cycles", f"{_FOLDER}/echo_server"]
        with self.assertRaisesRegex(
            measurement.MeasurementError, "/nowhere/cycles.* said '' and not where"
        ):
            with serving(*command):
                pass


@unittest.skipIf(_IS_SANITIZER, "a sanitizer's library wants to be the first one")
class LibraryTest(unittest.TestCase):
    def test_results_and_errno_are_those_of_the_call(self):
        library = ctypes.CDLL(_LIBRARY, use_errno=True)
        calls = {
            "recv": (None, 0, 0),
            "recvmsg": (None, 0),
            "read": (None, 0),
            "readv": (None, 0),
            "send": (None, 0, 0),
            "sendmsg": (None, 0),
            "write": (None, 0),
            "writev": (None, 0),
            "epoll_wait": (None, 1, 0),
            "epoll_pwait": (None, 1, 0, None),
            "accept": (None, None),
            "accept4": (None, None, 0),
            "close": (),
            "ioctl": (0, None),
            "epoll_ctl": (2, 0, None),  # EPOLL_CTL_DEL
            "shutdown": (0,),
            "getsockopt": (0, 0, None, None),
            "setsockopt": (0, 0, None, 0),
            "getsockname": (None, None),
            "getpeername": (None, None),
        }
        for name, arguments in calls.items():
            with self.subTest(name):
                ctypes.set_errno(0)
                self.assertEqual(getattr(library, name)(-1, *arguments), -1)
                self.assertEqual(ctypes.get_errno(), errno.EBADF)
        self.assertEqual(library.poll(None, 1, 0), -1)
        self.assertEqual(ctypes.get_errno(), errno.EFAULT)
        self.assertEqual(library.syscall(-1), -1)
        self.assertEqual(ctypes.get_errno(), errno.ENOSYS)

    def test_data_goes_through(self):
        library = ctypes.CDLL(_LIBRARY, use_errno=True)
        reading, writing = os.pipe()
        try:
            self.assertEqual(library.write(writing, b"abc", 3), 3)
            buffer = ctypes.create_string_buffer(8)
            self.assertEqual(library.read(reading, buffer, 8), 3)
            self.assertEqual(buffer.value, b"abc")
        finally:
            os.close(reading)
            os.close(writing)


class RoundTest(unittest.TestCase):
    def run_round(self, elapsed, **after):
        """Starts 1,000 cycles after the last call; each kind has 20 in 2 calls."""
        none = dict.fromkeys(cycles.KINDS, 0)
        spent = dict.fromkeys(cycles.KINDS, 20) | {cycles.OWN: 20, "wait": 1020}
        calls = dict.fromkeys(cycles.KINDS, 2) | after
        server = mock.create_autospec(cycles.CountedServer, instance=True)
        server.counts.side_effect = [
            cycles.Counts(0, none | {cycles.OWN: 0}, none),
            cycles.Counts(2000, spent, calls),
        ]
        server.cycles_since.side_effect = [1000, 1000 + elapsed]
        server.fail = functools.partial(cycles.CountedServer.fail, server)
        with mock.patch.object(measurement, "Load") as load:
            load.return_value.run.return_value = {"requests": 2}
            return cycles.run_round(server, _ONE_CONNECTION, _SETTING)

    def test_the_wait_for_the_load_is_not_counted(self):
        self.assertEqual(self.run_round(elapsed=100).cycles["wait"], 20)

    def test_more_cycles_than_went_by(self):
        with self.assertRaisesRegex(
            measurement.MeasurementError, "took 100 cycles of 99 that went by"
        ):
            self.run_round(elapsed=99)

    def test_calls_that_nobody_sees(self):
        with self.assertRaisesRegex(measurement.MeasurementError, "no system calls"):
            self.run_round(elapsed=100, send=0)


class SummaryTest(unittest.TestCase):
    def summary(self, *own):
        rounds = []
        for number in own:
            spent = {part: 20 for part in cycles.KINDS} | {cycles.OWN: number}
            calls = {kind: 10 for kind in cycles.KINDS} | {"wait": 5}
            rounds.append(cycles.Round(requests=10, cycles=spent, calls=calls))
        return cycles.summarize({"raw": rounds})

    def test_medians_and_quartiles_of_a_request(self):
        figures = self.summary(5000, 1000, 2000, 3000, 4000)["raw"]
        self.assertEqual(
            figures["cycles"][cycles.OWN], {"median": 300, "quartiles": [200, 400]}
        )
        self.assertEqual(figures["cycles"]["send"]["median"], 2)
        self.assertEqual(figures["calls"]["wait"]["median"], 0.5)

    def test_a_single_round(self):
        figures = self.summary(20000)["raw"]["cycles"][cycles.OWN]
        self.assertEqual(figures, {"median": 2000, "quartiles": [2000, 2000]})

    def test_table(self):
        recorded = {"echo/64B/1": {"servers": self.summary(10000, 20000, 30000)}}
        text = report.markdown({"cases": {}, "cycles": recorded})
        self.assertIn(
            "| echo/64B/1 | raw | 2,000 (1,500–2,500) | 2 (2–2) | 2 (2–2) | 2 (2–2)"
            " | 2 (2–2) | 0.50 |",
            text,
        )


class SelectionTest(unittest.TestCase):
    def test_who_cannot_be_counted_is_left_out_and_an_error_if_named(self):
        selected = peers.countable(list(peers.PEERS), [])
        names = [peer.name for peer in selected]
        self.assertEqual(set(names) & {"go", "asyncio", "uvloop", "raw-uring"}, set())
        for counted in ("raw", "streams", "streams-zero-copy", "asio", "libuv"):
            self.assertIn(counted, names)
        with self.assertRaisesRegex(ValueError, "the cycles of go cannot be counted"):
            peers.countable(list(peers.PEERS), ["go", "libuv"])

    def test_cases_that_are_not_under_load(self):
        options = command_line.parse(["--cycles", "--case=parse", "--case=idle/.*"])
        with self.assertRaisesRegex(ValueError, "cases under load"):
            bench.select(options)

    def test_there_is_no_picture(self):
        with contextlib.redirect_stderr(io.StringIO()):
            with self.assertRaises(SystemExit):
                command_line.parse(["--cycles", "--plot=x.svg"])


if __name__ == "__main__":
    unittest.main()
