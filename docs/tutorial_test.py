# SPDX-License-Identifier: Apache-2.0
"""The programs of the tutorial print the same in both languages."""

import collections
import os
import subprocess
import sys
import unittest

from docs import extract_code

PAGE = "docs/tutorial.md"
# Where the programs find their certificates.
FOLDER = "conformance/certificates"


def _names():
    found = collections.defaultdict(set)
    for block in extract_code.blocks(PAGE):
        if block.kind == "program":
            found[block.argument].add(block.language)
    return found


def _run(command):
    result = subprocess.run(
        command, cwd=FOLDER, capture_output=True, text=True, timeout=60
    )
    return result.stdout, result.stderr, result.returncode


class TutorialTest(unittest.TestCase):
    maxDiff = None

    def test_every_program_is_there_in_both_languages(self):
        names = _names()
        self.assertGreater(len(names), 3)
        for name, languages in names.items():
            self.assertEqual(languages, {"cpp", "python"}, name)

    def test_both_print_the_same(self):
        for name in sorted(_names()):
            with self.subTest(program=name):
                path = os.path.abspath(f"docs/tutorial/{name}")
                python = _run([sys.executable, "-W", "error", f"{path}.py"])
                self.assertEqual(python[1:], ("", 0))
                self.assertNotEqual(python[0], "")
                self.assertEqual(_run([path]), python)


if __name__ == "__main__":
    unittest.main()
