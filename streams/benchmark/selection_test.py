# SPDX-License-Identifier: Apache-2.0
"""Which servers tools/bench runs in which cases, how long, by which command."""

import contextlib
import dataclasses
import io
import unittest
from unittest import mock

from streams.benchmark import bench
from streams.benchmark import cases
from streams.benchmark import command_line
from streams.benchmark import measurement
from streams.benchmark import peers


class SelectionTest(unittest.TestCase):
    def test_cases(self):
        selected, with_parse = bench.select_cases(["echo/64B/.*"])
        self.assertEqual(
            [case.name for case in selected],
            ["echo/64B/1", "echo/64B/50", "echo/64B/1000"],
        )
        self.assertFalse(with_parse)
        self.assertEqual(bench.select_cases(["parse"]), ([], True))
        with self.assertRaisesRegex(ValueError, "no case matches 'nonsense'"):
            bench.select_cases(["echo/64B/50", "nonsense"])

    def test_a_round_of_very_much_takes_its_time(self):
        asked = measurement.Setting("", "", 0.1, "0", "1")
        for name, seconds in (
            ("tls-echo/100KiB/1000", 1),
            ("echo/100KiB/50", 0.1),
            ("echo/10KiB/1000", 0.1),
        ):
            case = next(case for case in cases.CASES if case.name == name)
            self.assertEqual(bench.setting_for(case, asked).seconds, seconds)
        longer = dataclasses.replace(asked, seconds=2)
        self.assertEqual(bench.setting_for(cases.CASES[11], longer).seconds, 2)

    def test_names_of_cases_are_unique(self):
        names = [case.name for case in cases.CASES]
        self.assertEqual(len(names), len(set(names)))

    def test_peers(self):
        with self.assertRaisesRegex(ValueError, "no peer tokio"):
            peers.select(["tokio"])
        names = [peer.name for peer in peers.select(["asyncio"])]
        self.assertEqual(names, ["raw", "asyncio"])

    def test_a_peer_without_its_package_is_left_out_aloud(self):
        stderr = io.StringIO()
        with mock.patch("os.path.exists", return_value=False):
            with contextlib.redirect_stderr(stderr):
                names = [peer.name for peer in peers.select(["libuv"])]
        self.assertEqual(names, ["raw"])
        self.assertIn("without libuv: libuv1-dev is not installed", stderr.getvalue())

    def test_who_can_do_what(self):
        of_name = {peer.name: peer for peer in peers.PEERS}
        case = {case.name: case for case in cases.CASES}
        self.assertFalse(of_name["libuv"].can_run(case["tls-echo/64B/50"]))
        self.assertTrue(of_name["libuv"].can_run(case["line/64B/50"]))
        self.assertFalse(of_name["raw-uring"].can_run(case["line/64B/50"]))
        self.assertFalse(of_name["asyncio"].can_run(case["echo-busy-poll/1KiB/1"]))
        self.assertFalse(of_name["libuv"].can_run(case["tls-line-by-100-cork/64B/50"]))
        each_line = of_name["raw-each-line"]
        self.assertTrue(each_line.can_run(case["line-by-100-cork/64B/50"]))
        self.assertTrue(each_line.can_run(case["line-by-100-cork-zero-copy/64B/50"]))
        self.assertFalse(each_line.can_run(case["line-by-100/64B/50"]))
        self.assertFalse(each_line.can_run(case["echo-busy-poll/1KiB/1"]))
        self.assertFalse(each_line.can_run(case["tls-line-by-100-cork/64B/50"]))
        self.assertTrue(of_name["raw"].can_run(case["echo-busy-poll/1KiB/1"]))
        busy_polls = of_name["raw-busy-poll"]
        self.assertTrue(busy_polls.can_run(case["echo-busy-poll/1KiB/1"]))
        self.assertFalse(busy_polls.can_run(case["echo/1KiB/1"]))

    def test_only_who_can_cork_is_compared_by_it(self):
        case = {case.name: case for case in cases.CASES}

        def who(name):
            return {peer.name for peer in peers.PEERS if peer.can_run(case[name])}

        with_tls = {"raw", "streams", "streams-zero-copy", "asio", "go", "uvloop"}
        self.assertEqual(who("tls-line-by-100-cork/64B/50"), with_tls)
        everybody = with_tls | {"libuv", "raw-each-line"}
        self.assertEqual(who("line-by-100-cork/64B/50"), everybody)
        self.assertEqual(
            who("line-by-100-cork-zero-copy/64B/50"),
            {"raw", "raw-each-line", "streams"},
        )

    def test_command_lines(self):
        of_name = {peer.name: peer for peer in peers.PEERS}
        case = {case.name: case for case in cases.CASES}
        cork = case["tls-line-by-100-cork/64B/50"]
        self.assertEqual(
            peers.command(of_name["raw"], cork, "/bin", "/"),
            ["/bin/raw_tls_echo_server", "--mode=line", "--cork"],
        )
        self.assertEqual(
            peers.command(of_name["go"], cork, "/bin", "/"),
            ["/bin/go_echo_server_binary", "--mode=line", "--cork"],
        )
        self.assertEqual(
            peers.command(of_name["uvloop"], cork, "/bin", "")[1:],
            [peers.PYTHON_PROGRAM, "--uvloop", "--mode=line", "--cork"],
        )
        cork = case["line-by-100-cork/64B/50"]
        self.assertEqual(
            peers.command(of_name["raw-each-line"], cork, "/bin", "/"),
            ["/bin/raw_echo_server", "--each_line", "--mode=line", "--cork"],
        )
        busy_poll = case["echo-busy-poll/1KiB/1"]
        self.assertEqual(
            peers.command(of_name["raw-busy-poll"], busy_poll, "/bin", "/"),
            ["/bin/raw_echo_server", "--mode=echo", "--busy_poll"],
        )
        self.assertEqual(
            peers.command(of_name["raw"], busy_poll, "/bin", "/"),
            ["/bin/raw_echo_server", "--mode=echo"],
        )
        views = case["line-by-100-cork-zero-copy/64B/50"]
        self.assertEqual(
            peers.command(of_name["raw"], views, "/bin", "/"),
            ["/bin/raw_echo_server", "--mode=line", "--cork"],
        )
        self.assertEqual(
            peers.command(of_name["streams"], views, "/bin", "/"),
            ["/bin/echo_server", "--mode=line", "--cork", "--zero_copy"],
        )
        self.assertFalse(of_name["asyncio"].can_run(views))

    def test_options(self):
        for argv in (
            ["--rounds=0"],
            ["--seconds=61"],
            ["--load-core=0"],
            ["--json=/nowhere/x.json"],
            ["--plot=x.jpeg"],
        ):
            with contextlib.redirect_stderr(io.StringIO()):
                with self.assertRaises(SystemExit):
                    command_line.parse(argv)


if __name__ == "__main__":
    unittest.main()
