# SPDX-License-Identifier: Apache-2.0
"""ErrorKindOfErrno() chooses the subclass of OSError that Python chooses."""

import subprocess
import unittest

PROGRAM = "streams/os/print_error_kinds"


class ErrorKindsTest(unittest.TestCase):

    def test_every_errno_has_the_class_that_python_gives_it(self):
        output = subprocess.run(
            [PROGRAM], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        ours = dict(line.split() for line in output.splitlines())
        self.assertGreater(len(ours), 133)
        pythons = {number: type(OSError(int(number), "")).__name__ for number in ours}
        self.assertEqual(ours, pythons)
        # Were they all the same, the comparison would say nothing.
        self.assertEqual(ours["104"], "ConnectionResetError")


if __name__ == "__main__":
    unittest.main()
