# SPDX-License-Identifier: Apache-2.0
"""Python is free of pyflakes' findings, and as old as it has to be."""

import ast
import subprocess
import sys
import unittest

from tools.tidy import source_tree

# These run on the interpreter that is being looked at, CPython 3.8 and later.
_RUN_ON_OLD_INTERPRETERS = ("oracle/", "conformance/testees/")


def _python_files():
    files = source_tree.read_tree(source_tree.root())
    return [file for file in files if file.is_python]


class PythonTest(unittest.TestCase):
    def test_pyflakes_finds_nothing(self):
        paths = [file.path for file in _python_files()]
        self.assertTrue(paths)
        result = subprocess.run(
            [sys.executable, "-m", "pyflakes", *paths],
            cwd=source_tree.root(),
            capture_output=True,
            text=True,
        )
        self.assertEqual(result.stdout + result.stderr, "")

    def test_the_syntax_is_that_of_python_3_8(self):
        for file in _python_files():
            if file.path.startswith(_RUN_ON_OLD_INTERPRETERS):
                with self.subTest(path=file.path):
                    ast.parse(file.text, file.path, feature_version=(3, 8))


if __name__ == "__main__":
    unittest.main()
