# SPDX-License-Identifier: Apache-2.0
"""docs/errors.md says what Python and C++ do, row by row."""

import asyncio
import builtins
import errno
import os
import pathlib
import re
import socket
import ssl
import subprocess
import unittest

from docs import markdown_table
from tools.tidy import source_tree

PROGRAM = "docs/print_errors"
PAGE = pathlib.Path("docs/errors.md")
ENUMERATION = source_tree.root() / "streams/os/error.h"
ACCESSORS = [
    source_tree.root() / "streams/os/error.h",
    source_tree.root() / "streams/os/exception_group.h",
    source_tree.root() / "streams/os/ssl_error.h",
]

_MODULES = {"asyncio": asyncio, "socket": socket, "ssl": ssl}


def _python_class(name):
    module, _, attribute = name.rpartition(".")
    return getattr(_MODULES.get(module, builtins), attribute)


def _enumerators():
    body = re.search(r"enum class ErrorKind[^{]*{(.*?)};", ENUMERATION.read_text(), re.S)
    return re.findall(r"^\s*(k\w+),", body[1], re.M)


def _printed(count):
    output = subprocess.run(
        [PROGRAM, str(count)], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    lines = [line.split("\t") for line in output.splitlines()]
    kinds = [line[1:] for line in lines if line[0] == "kind"]
    return kinds, [line[1:] for line in lines if line[0] == "error"]


class ErrorsTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.rows = markdown_table.rows(PAGE.read_text(), "## The table")
        cls.kinds, cls.errors = _printed(len(_enumerators()))

    def test_every_kind_has_its_row_in_order(self):
        self.assertGreater(len(self.rows), 30)
        self.assertEqual([f"`{name}`" for name in _enumerators()],
                         [row[2] for row in self.rows])

    def test_names_and_codes_are_those_of_the_library(self):
        for row, (name, status_code, kept) in zip(self.rows, self.kinds):
            with self.subTest(row=row):
                python = markdown_table.code(row[0])
                expected = python[0].rpartition(".")[2] if python else ""
                self.assertEqual(name, expected)
                self.assertEqual(markdown_table.code(row[3]), [status_code])
                self.assertEqual(kept, "kept")

    def test_classes_are_those_of_python(self):
        for row in self.rows[1:]:
            with self.subTest(row=row):
                python = _python_class(markdown_table.code(row[0])[0])
                base = markdown_table.code(row[1])
                if python is not Exception:
                    self.assertEqual(len(base), 1, "Python's base class is missing")
                    self.assertIn(_python_class(base[0]), python.__bases__)

    def test_accessors_exist(self):
        declared = "".join(path.read_text() for path in ACCESSORS)
        for row in self.rows:
            for accessor in markdown_table.code(row[4]):
                self.assertRegex(declared, rf"\b{accessor}\(const absl::Status&")
            # Whatever is an OSError has its errno.
            python = markdown_table.code(row[0])
            if python and issubclass(_python_class(python[0]), OSError):
                self.assertIn("`GetErrno`", row[4])
            if python and issubclass(_python_class(python[0]), ssl.SSLError):
                self.assertIn("`GetSslError`", row[4])

    def test_attributes_and_messages_are_those_of_python(self):
        def described(error, attributes):
            return [type(error).__name__, attributes, str(error)]

        partial = asyncio.IncompleteReadError(b"ab", 4)
        nothing = asyncio.IncompleteReadError(b"", None)
        overrun = asyncio.LimitOverrunError("too long", 7)
        expected = [
            described(
                partial, f"partial={partial.partial.decode()} expected={partial.expected}"
            ),
            described(nothing, f"partial= expected={nothing.expected}"),
            described(overrun, f"consumed={overrun.consumed}"),
        ]
        for number in range(1, 134):
            error = OSError(number, os.strerror(number))
            expected.append(described(error, f"errno={error.errno}"))
        self.assertEqual(self.errors, expected)
        self.assertIn(errno.ECONNRESET, range(1, 134))

    def test_every_class_of_an_errno_is_in_the_table(self):
        names = {name for row in self.rows for name in markdown_table.code(row[0])}
        for number in errno.errorcode:
            self.assertIn(type(OSError(number, "")).__name__, names)


if __name__ == "__main__":
    unittest.main()
