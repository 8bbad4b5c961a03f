# SPDX-License-Identifier: Apache-2.0
"""How sure a comparison is."""

import fractions
import itertools
import unittest

from streams.benchmark import leads


class IntervalTest(unittest.TestCase):
    def test_of_few_there_is_none(self):
        # All five on one side happen by chance once in sixteen times.
        self.assertIsNone(leads.interval([1, 2, 3, 4, 5]))
        self.assertIsNone(leads.interval([]))
        self.assertEqual(leads.interval([6, 2, 3, 4, 5, 1]), [1, 6])

    def test_of_more_it_leaves_out_what_chance_allows(self):
        # As the tables of the sign test have it: the 2nd and the 8th of 9, the
        # 6th and the 15th of 20.
        self.assertEqual(leads.interval(range(1, 10)), [2, 8])
        self.assertEqual(leads.interval(range(1, 21)), [6, 15])

    def test_it_misses_the_median_as_rarely_as_it_says(self):
        # Of each count, all ways to lie on either side of a median of 0: the
        # interval is on one side of it in at most 5 % of them, and one that is
        # narrower by one on each side would be in more.
        for count in range(6, 14):
            missed = narrower_missed = 0
            for signs in itertools.product((-1, 1), repeat=count):
                values = sorted(s * (i + 1) for i, s in enumerate(signs))
                low, high = leads.interval(values)
                missed += low > 0 or high < 0
                first, last = values.index(low) + 1, values.index(high) - 1
                narrower_missed += values[first] > 0 or values[last] < 0
            total = 2**count
            self.assertLessEqual(fractions.Fraction(missed, total), 1 / 20, count)
            self.assertGreater(narrower_missed / total, 1 / 20, count)


class VerdictTest(unittest.TestCase):
    def verdict(self, ours, others, higher_is_better=True):
        return leads.verdict(leads.compare(ours, others, higher_is_better))

    def test_verdicts(self):
        self.assertEqual(self.verdict([2] * 6, [1] * 6), leads.AHEAD)
        self.assertEqual(self.verdict([1] * 6, [2] * 6), leads.BEHIND)
        self.assertEqual(self.verdict([1] * 6, [2] * 6, False), leads.AHEAD)
        self.assertEqual(self.verdict([2] * 5, [1] * 5), leads.UNKNOWN)
        self.assertEqual(self.verdict([2, 2, 2, 2, 2, 1], [1] * 5 + [2]), leads.LEVEL)

    def test_what_the_client_limits_is_no_lead(self):
        for limit, verdict in ((True, leads.CLIENT_IS_THE_LIMIT), (False, leads.AHEAD)):
            compared = leads.compare([2] * 6, [1] * 6, True)
            compared["client_is_the_limit"] = limit
            self.assertEqual(leads.verdict(compared), verdict)

    def test_what_is_equal_is_level(self):
        self.assertEqual(self.verdict([1] * 6, [1] * 6), leads.LEVEL)


if __name__ == "__main__":
    unittest.main()
