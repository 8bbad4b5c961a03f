# SPDX-License-Identifier: Apache-2.0
"""What tools/bench makes of what it measured, and what it says of misuse."""

import contextlib
import io
import os
import resource
import tempfile
import unittest
from unittest import mock

from streams.benchmark import bench
from streams.benchmark import comparison
from streams.benchmark import measurement
from streams.benchmark import parse
from streams.benchmark import peers
from streams.benchmark import report


def rounds(*pairs, client_cpu=0.5, server_cpu=0.8):
    return [
        measurement.Round(rate, cost / 1e6, server_cpu, client_cpu)
        for rate, cost in pairs
    ]


def figures(**changes):
    summary = comparison.summarize(
        {"raw": rounds((100, 10)), "streams": rounds((90, 12), **changes)}
    )
    return summary["streams"]


class ComparisonTest(unittest.TestCase):
    def test_ratios_are_formed_within_a_round(self):
        # The machine was twice as fast in the second round, for both.
        summary = comparison.summarize(
            {
                "raw": rounds((100, 10), (200, 5), (100, 10)),
                "streams": rounds((90, 20), (180, 10), (50, 40)),
            }
        )
        rate = summary["streams"]["requests_per_second"]
        cost = summary["streams"]["cpu_microseconds"]
        self.assertAlmostEqual(rate["ratio"], 0.9)
        self.assertEqual(rate["spread"], [0.5, 0.9])
        self.assertAlmostEqual(rate["median"], 90)
        # Less time is better, and more than 1.
        self.assertAlmostEqual(cost["ratio"], 0.5)
        self.assertAlmostEqual(cost["spread"][0], 0.25)
        self.assertAlmostEqual(summary["raw"]["cpu_microseconds"]["ratio"], 1)

    def test_our_lead_is_formed_within_a_round_too(self):
        summary = comparison.summarize(
            {
                "raw": rounds((100, 10), (100, 10), (100, 10)),
                "streams": rounds((90, 20), (180, 10), (90, 20)),
                "go": rounds((45, 40), (90, 15), (180, 40)),
            }
        )
        self.assertNotIn("our_lead", summary["streams"])
        lead = summary["go"]["our_lead"]
        self.assertAlmostEqual(lead["requests_per_second"]["ratio"], 2)
        self.assertAlmostEqual(lead["cpu_microseconds"]["ratio"], 2)
        raw = summary["raw"]["our_lead"]["cpu_microseconds"]["ratio"]
        self.assertAlmostEqual(raw, summary["streams"]["cpu_microseconds"]["ratio"])
        self.assertFalse(lead["requests_per_second"]["client_is_the_limit"])
        without_us = comparison.summarize({"raw": rounds((1, 1)), "go": rounds((1, 1))})
        self.assertNotIn("our_lead", without_us["go"])

    def test_a_full_client_says_nothing_of_a_rate(self):
        for limit, client_cpu in ((True, 0.99), (False, 0.5)):
            summary = comparison.summarize(
                {
                    "raw": rounds((100, 10)),
                    "streams": rounds((90, 20), client_cpu=client_cpu),
                }
            )
            lead = summary["raw"]["our_lead"]
            self.assertEqual(lead["requests_per_second"]["client_is_the_limit"], limit)
            self.assertNotIn("client_is_the_limit", lead["cpu_microseconds"])

    def test_memory(self):
        summary = comparison.summarize_idle({"raw": [100, 100], "streams": [250, 250]})
        self.assertAlmostEqual(summary["streams"]["bytes"]["ratio"], 0.4)


class OtherLoadTest(unittest.TestCase):
    def share(self, own, total=1000, busy=500):
        """Of both cores; own seconds are those of this process, of its children."""
        ticks = os.sysconf("SC_CLK_TCK")
        times = iter([(0, 0), (busy * ticks, total * ticks)])
        of_who = {
            resource.RUSAGE_SELF: iter([1, 1 + own[0]]),
            resource.RUSAGE_CHILDREN: iter([2, 2 + own[1]]),
        }

        def usage(who):
            return mock.Mock(ru_utime=next(of_who[who]), ru_stime=0.25)

        with mock.patch.object(
            measurement.OtherLoad, "_ticks", lambda _: next(times)
        ), mock.patch("resource.getrusage", usage):
            return measurement.OtherLoad((0, 1)).share()

    def test_all_that_was_started_is_no_others(self):
        # Rounds or what comes between them: it was the tool's.
        self.assertAlmostEqual(self.share((0, 0)), 0.5)
        self.assertAlmostEqual(self.share((100, 300)), 0.1)
        self.assertEqual(self.share((100, 500)), 0)
        self.assertEqual(self.share((0, 0), total=0, busy=0), 0)


class ReportTest(unittest.TestCase):
    def markdown(self, **changes):
        record = {"servers": {"streams": figures(**changes)}, "other_load": 0.01}
        return report.markdown({"cases": {"echo/64B/50": record}})

    def test_table(self):
        self.assertIn(
            "| echo/64B/50 | streams | 90 | 0.90 | 0.90–0.90 | 12.00 | 0.83 | 0.83–0.83"
            " | 80%, 50% |",
            self.markdown(),
        )
        self.assertNotIn("†", self.markdown())

    def test_leads(self):
        def markdown(count):
            summary = comparison.summarize(
                {
                    "raw": rounds(*[(100, 10)] * count),
                    "streams": rounds(*[(90, 5)] * count),
                }
            )
            record = {"servers": summary, "other_load": 0.01}
            return report.markdown({"cases": {"echo/64B/50": record}})

        self.assertIn(
            "| echo/64B/50 | raw | 0.90 | 0.90–0.90 | behind | 2.00 | 2.00–2.00 | ahead |",
            markdown(6),
        )
        self.assertIn("| raw | 0.90 | – | too few rounds |", markdown(5))
        self.assertNotIn("beside", self.markdown())

    def test_a_client_that_was_the_limit_is_told_of(self):
        self.assertIn("0.90 †", self.markdown(client_cpu=0.99))
        self.assertNotIn("†", self.markdown(client_cpu=0.99, server_cpu=0.99))

    def test_a_busy_machine_is_told_of(self):
        record = {"servers": {"streams": figures()}, "other_load": 0.4}
        text = report.markdown({"cases": {"echo/64B/50": record}})
        self.assertIn("up to 40% of the two cores", text)

    def test_memory_and_parsing(self):
        summary = comparison.summarize_idle({"raw": [100], "streams": [250]})
        text = report.markdown(
            {
                "cases": {"idle/10000": {"idle": True, "servers": summary}},
                "parse": {"read_line": 20.25},
            }
        )
        self.assertIn("| idle/10000 | streams | 250 | 2.50 |", text)
        self.assertIn("| read_line | 20.2 |", text)

    def test_who_was_left_out_and_what_failed(self):
        idle = {"idle": True, "servers": {}, "left_out": {"go": "it is broken"}}
        counted = {"servers": {}, "left_out": {"asio": "has ended"}}
        text = report.markdown(
            {
                "cases": {"idle/10000": idle},
                "cycles": {"echo/64B/1": counted},
                "failed": {"accept/50": "raw: has ended"},
            }
        )
        self.assertTrue(
            text.endswith(
                "\n\nidle/10000 without go: it is broken\n"
                "echo/64B/1 without asio: has ended\n"
                "accept/50 failed: raw: has ended"
            ),
            text,
        )


class MainTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self._path = os.path.join(folder.name, "figures.json")

    def write(self, text):
        with open(self._path, "w", encoding="utf-8") as file:
            file.write(text)

    def main(self, *argv, cores=(0, 1)):
        """The exit status, and what was said on stdout and stderr."""
        stdout, stderr = io.StringIO(), io.StringIO()
        with mock.patch("os.sched_getaffinity", return_value=set(cores)), mock.patch(
            "signal.signal"
        ), contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            try:
                status = bench.main(argv)
            except SystemExit as error:
                status = error.code
        return status, stdout.getvalue(), stderr.getvalue()

    def test_what_is_not_a_file_of_figures(self):
        for text, why in (
            ("", "is not JSON"),
            ("\xff", "is not JSON"),
            ("{}", "is not a file of --json"),
            ("[]", "is not a file of --json"),
            ('{"machine": {}, "cases": {}}', "is not a file of --json"),
            ('{"format": 2, "cases": {}, "failed": {}}', "has format 2; format 1 is"),
            ('{"format": 1, "cases": {}}', "has format 1, and not what belongs to it"),
            ('{"format": 1, "failed": {}}', "and not what belongs to it"),
            ('{"format": 1, "failed": {}, "cases": {"a": {}}}', "not what belongs"),
        ):
            with self.subTest(text):
                self.write(text)
                status, stdout, stderr = self.main(f"--from={self._path}")
                self.assertEqual((status, stdout), (2, ""))
                self.assertTrue(stderr.startswith(f"tools/bench: error: {self._path}"))
                self.assertIn(why, stderr)
        status, _, stderr = self.main("--from=/nowhere/figures.json")
        self.assertEqual(status, 2)
        self.assertIn("tools/bench: error: [Errno 2]", stderr)

    def test_cases_that_there_are_not(self):
        for case, why in (
            ("[", "--case=[: unterminated character set"),
            ("nonsense", "no case matches 'nonsense'"),
        ):
            status, _, stderr = self.main(f"--case={case}")
            self.assertEqual(status, 2)
            self.assertTrue(stderr.startswith(f"tools/bench: error: {why}"), stderr)

    def test_one_core_is_enough_to_measure_nothing(self):
        self.write('{"format": 1, "cases": {}, "failed": {}, "parse": {"line": 1}}')
        for argument, text in (
            ("--list", "Servers:"),
            (f"--from={self._path}", "| line | 1.0 |"),
        ):
            status, stdout, _ = self.main(argument, cores=[3])
            self.assertEqual(status, 0)
            self.assertIn(text, stdout)
        status, _, stderr = self.main("--case=parse", cores=[3])
        self.assertEqual(status, 2)
        self.assertIn("error: needs two cores", stderr)

    def test_recorded_figures_are_of_all_servers(self):
        status, _, stderr = self.main(f"--from={self._path}", "--peers=nonsense")
        self.assertEqual(status, 2)
        self.assertIn("error: --from is of all servers in the file", stderr)

    def test_who_was_left_out_is_in_the_file_and_below_the_tables(self):
        record = {"servers": {}, "left_out": {"streams": "it is broken"}}
        with mock.patch.object(peers, "build", return_value=""), mock.patch.object(
            comparison, "measure_load", return_value=record
        ):
            argv = ["--case=echo/64B/1", "--peers=streams", f"--json={self._path}"]
            status, stdout, _ = self.main(*argv)
        said = "echo/64B/1 without streams: it is broken\n"
        self.assertEqual(status, 0)
        self.assertTrue(stdout.endswith(said))
        status, stdout, _ = self.main(f"--from={self._path}")
        self.assertEqual(status, 0)
        self.assertTrue(stdout.endswith(said))

    def test_of_selected_cases_only_their_failures_count(self):
        failed = '{"accept/50": "raw: it is broken"}'
        self.write(f'{{"format": 1, "cases": {{}}, "failed": {failed}}}')
        status, stdout, _ = self.main(f"--from={self._path}")
        self.assertEqual((status, stdout), (1, "accept/50 failed: raw: it is broken\n"))
        status, _, _ = self.main(f"--from={self._path}", "--case=echo/.*")
        self.assertEqual(status, 0)

    def test_the_exit_status_is_documented(self):
        self.assertIn("exit status:\n  0    every case", self.main("--help")[1])


class ParseTest(unittest.TestCase):
    def test_median_of_google_benchmark(self):
        runs = [
            {"run_name": "b", "aggregate_name": "median", "family_index": 1},
            {"run_name": "a", "aggregate_name": "median", "family_index": 0},
            {"run_name": "a", "aggregate_name": "mean", "family_index": 0},
        ]
        for run, rate in zip(runs, (5e7, 1e8, 1)):
            run["items_per_second"] = rate
        self.assertEqual(
            list(parse.nanoseconds({"benchmarks": runs}).items()),
            [("a", 10.0), ("b", 20.0)],
        )


if __name__ == "__main__":
    unittest.main()
