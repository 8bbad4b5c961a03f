# SPDX-License-Identifier: Apache-2.0
"""The tables of the pages are what the recorded figures give, and add up."""

import pathlib
import unittest

from streams.benchmark import capacity
from streams.benchmark import figures

# The clone itself, in which write_figures writes; Bazel's runfiles link to it.
_ROOT = pathlib.Path(__file__).resolve().parents[2]


class CapacityTest(unittest.TestCase):
    def test_bits_on_the_wire(self):
        # A frame of 64 bytes of data, and one and a bit of 1,448.
        self.assertEqual(capacity.bits_on_the_wire(64), 8 * (64 + 90))
        self.assertEqual(capacity.bits_on_the_wire(1448), 8 * (1448 + 90))
        self.assertEqual(capacity.bits_on_the_wire(1449), 8 * (1449 + 180))

    def test_cores(self):
        self.assertAlmostEqual(capacity.rate_of_a_core(5), 200_000)
        # 1 Gbit/s carries 811,688 messages of 64 B; a core does 200,000.
        self.assertAlmostEqual(capacity.cores_to_fill(1e9, 64, 5), 4.058, places=3)


class PagesTest(unittest.TestCase):
    maxDiff = None

    def test_tables_are_those_of_the_recorded_figures(self):
        recorded = figures.load(_ROOT)
        for page in figures.PAGES:
            with self.subTest(page=page):
                text = (_ROOT / page).read_text(encoding="utf-8")
                self.assertIn("<!-- figures: ", text)
                self.assertEqual(
                    text,
                    figures.rewrite(text, recorded),
                    "bazel run //streams/benchmark:write_figures",
                )

    def test_every_table_is_on_a_page(self):
        pages = [(_ROOT / page).read_text(encoding="utf-8") for page in figures.PAGES]
        text = "".join(pages)
        for name in figures.TABLES:
            self.assertTrue(f"<!-- figures: {name} -->" in text, name)

    def test_the_picture_is_there(self):
        self.assertTrue((_ROOT / "docs/performance.svg").exists())


class LeadsTest(unittest.TestCase):
    def recorded(self):
        def lead(rate, cpu):
            names = ("requests_per_second", "cpu_microseconds")
            return {
                "our_lead": {
                    name: {"ratio": sum(both) / 2, "interval": list(both)}
                    for name, both in zip(names, (rate, cpu))
                }
            }

        servers = {
            "raw": lead((0.7, 0.9), (0.7, 0.9)),
            "streams": {},
            "libuv": lead((1.1, 1.3), (0.9, 1.1)),
            "uvloop": lead((0.7, 0.9), (1.1, 1.3)),
        }
        closest = {"rounds": 9, "seconds": 0.5, "cases": {"a/1": {"servers": servers}}}
        return {"closest": closest, "bench": closest}

    def test_tables(self):
        head = "| case | libuv: rate | libuv: CPU | uvloop: rate | uvloop: CPU |\n"
        head += "|---|---:|---:|---:|---:|\n"
        self.assertEqual(
            figures.beside_closest(self.recorded()),
            head + "| a/1 | 1.20 (1.10–1.30) | 1.00 (0.90–1.10) ="
            " | 0.80 (0.70–0.90) − | 1.20 (1.10–1.30) |\n",
        )
        self.assertEqual(
            figures.beside_all(self.recorded()),
            head + "| a/1 | 1.20 | 1.00 = | 0.80 − | 1.20 |\n",
        )

    def test_verdicts(self):
        self.assertEqual(
            figures.verdicts_closest(self.recorded()),
            "Of 4 comparisons (a case, a peer, a figure), in 9 rounds of 0.5 s: ahead"
            " in 2, level in 1, behind in 1; in 0 the rate was the client's.\nBehind: a/1 beside uvloop (rate).\n",
        )


class RewriteTest(unittest.TestCase):
    def test_what_stands_there_is_replaced(self):
        parse = {"machine": {"cpu": "Z80"}, "parse": {"read_line": 20}}
        text = "a\n<!-- figures: parse -->\nold\n<!-- end -->\nb\n"
        self.assertEqual(
            figures.rewrite(text, {"parse": parse}),
            "a\n<!-- figures: parse -->\n| lines of 64 B in memory, on Z80 | ns each |\n"
            "|---|---:|\n| `read_line` | 20.0 |\n<!-- end -->\nb\n",
        )

    def test_misuse(self):
        for text in (
            "<!-- figures: parse -->\nno end\n",
            "<!-- figures: nonsense -->\n<!-- end -->\n",
        ):
            with self.assertRaises(figures.FiguresError):
                figures.rewrite(text, {})


if __name__ == "__main__":
    unittest.main()
