# SPDX-License-Identifier: Apache-2.0
"""The tags that the recorder writes are those that the runner would write."""

import itertools
import os
import subprocess
import unittest

from oracle import edition_tags

_PRINTER = os.path.join(os.path.dirname(__file__), "print_edition_tags")
_RECORDED = "3.8.18 3.9.18 3.11.2 3.11.7 3.11.9 3.12.1 3.13.0 3.15.0 3.15.2".split()


def subsets():
    for size in range(1, len(_RECORDED) + 1):
        yield from itertools.combinations(_RECORDED, size)


class EditionTagsTest(unittest.TestCase):
    def test_tags(self):
        def tag(*subset):
            return edition_tags.shortest_tag(_RECORDED, subset)

        self.assertEqual(tag(*_RECORDED), "")
        self.assertEqual(tag("3.8.18"), "3.8")
        self.assertEqual(tag("3.15.0", "3.15.2"), "3.15+")
        self.assertEqual(tag("3.15.2"), "3.15.2+")
        self.assertEqual(tag("3.8.18", "3.9.18", "3.11.2"), "3.8-3.11.2")
        self.assertEqual(tag("3.11.2", "3.11.7"), "3.11.2-3.11.7")
        self.assertEqual(tag("3.11.2", "3.11.7", "3.11.9"), "3.11")
        self.assertEqual(tag("3.8.18", "3.12.1", "3.13.0"), "3.8,3.12-3.13")

    def test_a_set_that_was_not_recorded_has_no_tag(self):
        for subset in ([], ["3.10.1"]):
            with self.assertRaises(ValueError):
                edition_tags.shortest_tag(_RECORDED, subset)

    def test_a_tag_names_exactly_its_subset(self):
        for subset in subsets():
            tag = edition_tags.shortest_tag(_RECORDED, subset)
            named = [v for v in _RECORDED if not tag or edition_tags.contains(tag, v)]
            self.assertEqual(named, list(subset), tag)

    def test_the_runner_would_write_the_same(self):
        question = "".join(
            "%s|%s\n" % (" ".join(_RECORDED), " ".join(subset)) for subset in subsets()
        )
        answer = subprocess.run(
            [_PRINTER], input=question.encode(), stdout=subprocess.PIPE, check=True
        )
        ours = [edition_tags.shortest_tag(_RECORDED, subset) for subset in subsets()]
        self.assertEqual(answer.stdout.decode().split("\n")[:-1], ours)


if __name__ == "__main__":
    unittest.main()
