# SPDX-License-Identifier: Apache-2.0
"""Every file is formatted: what `tools/format` writes is what is there."""

import subprocess
import sys
import unittest

from tools.tidy import formatters
from tools.tidy import source_tree


class FormatTest(unittest.TestCase):
    """Run with the name of a formatter, as the BUILD file does."""

    formatter = None

    def test_nothing_is_left_to_format(self):
        root = source_tree.root()
        command = self.formatter.command(root)
        self.assertIsNotNone(command, self.formatter.how_to_install)
        paths = [
            file.path
            for file in source_tree.read_tree(root)
            if self.formatter.formats(file)
        ]
        self.assertTrue(paths)
        result = subprocess.run(
            [*command, *self.formatter.check_options, *paths],
            cwd=root,
            capture_output=True,
            text=True,
        )
        said = (result.stdout + result.stderr)[-4000:]
        self.assertEqual(result.returncode, 0, f"{said}\nRun tools/format.")


if __name__ == "__main__":
    FormatTest.formatter = formatters.FORMATTERS[sys.argv.pop(1)]
    unittest.main()
